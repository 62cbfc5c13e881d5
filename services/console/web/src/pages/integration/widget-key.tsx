// A new key for web pages, shown once: the key, the secret that users are signed with, and a first try of both.
import { ExportOutlined } from "@ant-design/icons";
import { Alert, Button, Flex, Input, Modal, Typography } from "antd";
import { useEffect, useState } from "react";
import { Copyable } from "../../frame/once";
import { useText } from "../../frame/text";
import type { Created } from "./keys";
import { sign } from "./signing";
import { demoLink } from "./tag";

export function WidgetKey({ of: key, onClose }: { of: Created | undefined; onClose: () => void }) {
  const t = useText();
  const secret = key?.signing_secret;
  return (
    <Modal
      title={t("新的网页密钥", "The new key for web pages")}
      open={key !== undefined}
      closable={false}
      keyboard={false}
      maskClosable={false}
      width={680}
      destroyOnHidden
      footer={
        <Button type="primary" onClick={onClose}>
          {t("我已保存，关闭", "I have kept it, close")}
        </Button>
      }
    >
      <Flex vertical gap={12}>
        <Alert
          type="warning"
          showIcon
          message={t(
            "只显示这一次，关闭后无法再次查看",
            "This is shown only now; once closed, nobody can see it again",
          )}
        />
        <Typography.Text strong>{t("密钥：写进网页", "The key: for the page")}</Typography.Text>
        <Copyable text={key?.key ?? ""} label={t("密钥", "Key")} />
        {secret ? (
          <>
            <Typography.Text strong>
              {t("签名密钥：只放在您的服务器上", "The signing secret: for your server only")}
            </Typography.Text>
            <Copyable text={secret} label={t("签名密钥", "Signing secret")} />
            <Typography.Text type="secondary">
              {t(
                "您的服务器用它为已登录用户的编号签名，助手才认得他们；代码见本页“嵌入网页”。没有签名的访客也能对话，但都是匿名的。",
                "Your server signs the ids of its users with it, so that the assistant knows them; the code is under “Put it into a page”. Visitors without a signature can talk, too, and stay anonymous.",
              )}
            </Typography.Text>
          </>
        ) : (
          <Alert
            type="info"
            showIcon
            message={t(
              "没有签名密钥：服务器未设置 secret_keys。匿名访客可以对话，不能以登录用户的身份对话。",
              "There is no signing secret, since the server has no secret_keys. Anonymous visitors can talk; nobody can as a signed-in user.",
            )}
          />
        )}
        {key && <Tries apiKey={key.key} secret={secret ?? undefined} />}
      </Flex>
    </Modal>
  );
}

/** Links to the demo page, as a visitor and as a user whose id is signed here. */
function Tries({ apiKey, secret }: { apiKey: string; secret: string | undefined }) {
  const t = useText();
  const [user, setUser] = useState("E1001");
  const [signature, setSignature] = useState<string>();
  useEffect(() => {
    let isCurrent = true;
    setSignature(undefined);
    if (secret && user)
      void sign(secret, user).then((made) => {
        if (isCurrent) setSignature(made);
      });
    return () => {
      isCurrent = false;
    };
  }, [secret, user]);
  return (
    <>
      <Typography.Text strong>{t("现在试一试", "Try it now")}</Typography.Text>
      <Flex gap={8} wrap align="center">
        <Button icon={<ExportOutlined />} href={demoLink({ key: apiKey })} target="_blank" rel="noreferrer">
          {t("以访客身份打开演示页", "Open the demo as a visitor")}
        </Button>
        {secret && "subtle" in crypto && (
          <>
            <Input
              value={user}
              onChange={({ target }) => setUser(target.value.trim())}
              maxLength={200}
              aria-label={t("用户编号", "User id")}
              style={{ width: 120 }}
            />
            <Button
              icon={<ExportOutlined />}
              disabled={!signature}
              {...(signature ? { href: demoLink({ key: apiKey, user, signature }) } : {})}
              target="_blank"
              rel="noreferrer"
            >
              {t("以此用户身份打开", "Open it as this user")}
            </Button>
          </>
        )}
      </Flex>
    </>
  );
}
