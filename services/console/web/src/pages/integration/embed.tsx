// The chat in a web page: the script tag with its options, and how a site's backend says who its user is.
import { ExportOutlined } from "@ant-design/icons";
import { Button, Card, ColorPicker, Flex, Form, Input, Segmented, Select, Typography } from "antd";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { Copyable } from "../../frame/once";
import { useGet, usePlace } from "../../frame/session";
import { useText } from "../../frame/text";
import { BACKENDS, type Backend, signingCode } from "./signing";
import { demoLink, scriptTag } from "./tag";

const BLUE = "#1554d1";

interface Options {
  language: "" | "zh" | "en";
  title: string;
  greeting: string;
  color: string;
  position: "" | "left";
}

export function Embed({ apiKey, setApiKey }: { apiKey: string; setApiKey: (key: string) => void }) {
  const t = useText();
  const [options, setOptions] = useState<Options>({ language: "", title: "", greeting: "", color: BLUE, position: "" });
  const set = (change: Partial<Options>) => setOptions({ ...options, ...change });
  const isSecret = useIsSecret(apiKey);
  const key = isSecret ? "" : apiKey;
  const shown = { ...options, color: options.color === BLUE ? "" : options.color };
  return (
    <Card
      title={<h2 style={{ fontSize: 16, fontWeight: 600, margin: 0 }}>{t("嵌入网页", "Put it into a page")}</h2>}
      extra={
        <Button
          icon={<ExportOutlined />}
          disabled={key === ""}
          {...(key === "" ? {} : { href: demoLink({ ...shown, key }) })}
          target="_blank"
          rel="noreferrer"
        >
          {t("在演示页预览", "Preview on the demo page")}
        </Button>
      }
    >
      <Typography.Paragraph type="secondary">
        {t(
          "把这一段放进您网站的每个页面，右下角就有聊天按钮。不依赖任何框架，与页面的样式互不影响。",
          "Put this into every page of your site, and there is a chat button in the corner. It needs no framework, and its styles and the page’s leave each other alone.",
        )}
      </Typography.Paragraph>
      <Flex gap={24} wrap align="start">
        <Form layout="vertical" style={{ flex: "1 1 330px", minWidth: 0 }}>
          <Form.Item
            label={t("网页密钥", "Key for web pages")}
            htmlFor="embed-key"
            {...(isSecret
              ? {
                  validateStatus: "error" as const,
                  help: t(
                    "这是服务器的密钥，不能放进网页：谁看到它，谁就能以任何用户的身份办事",
                    "This key is for a server, never for a page: whoever sees it there can act as any user",
                  ),
                }
              : { extra: t("新建时选“网页”，会自动填在这里", "Make one for “a web page”; it is filled in here") })}
          >
            <Input
              id="embed-key"
              value={apiKey}
              onChange={({ target }) => setApiKey(target.value.trim())}
              placeholder="pg_…"
              autoComplete="off"
              spellCheck={false}
            />
          </Form.Item>
          <Form.Item label={t("标题", "Title")} htmlFor="embed-title">
            <Input
              id="embed-title"
              value={options.title}
              onChange={({ target }) => set({ title: target.value })}
              placeholder={t("在线助手", "Assistant")}
              maxLength={40}
            />
          </Form.Item>
          <Form.Item label={t("问候语", "Greeting")} htmlFor="embed-greeting">
            <Input
              id="embed-greeting"
              value={options.greeting}
              onChange={({ target }) => set({ greeting: target.value })}
              placeholder={t("您好，有什么可以帮您办的？", "Hello! What can I do for you?")}
              maxLength={200}
            />
          </Form.Item>
          <Flex gap="0 12px" wrap>
            <Form.Item label={t("语言", "Language")} htmlFor="embed-language">
              <Select
                id="embed-language"
                value={options.language}
                onChange={(language) => set({ language })}
                style={{ width: 132 }}
                options={[
                  { value: "", label: t("随浏览器", "Automatic") },
                  { value: "zh", label: "中文" },
                  { value: "en", label: "English" },
                ]}
              />
            </Form.Item>
            <Form.Item label={t("位置", "Position")} htmlFor="embed-position">
              <Select
                id="embed-position"
                value={options.position}
                onChange={(position) => set({ position })}
                style={{ width: 96 }}
                options={[
                  { value: "", label: t("右下角", "Right") },
                  { value: "left", label: t("左下角", "Left") },
                ]}
              />
            </Form.Item>
            <Form.Item label={t("颜色", "Colour")}>
              <ColorPicker
                value={options.color}
                onChangeComplete={(color) => set({ color: color.toHexString().slice(0, 7) })}
                disabledAlpha
                showText
              />
            </Form.Item>
          </Flex>
        </Form>
        <div style={{ flex: "1.2 1 380px", minWidth: 0 }}>
          <Copyable
            code
            text={scriptTag(location.origin, { ...shown, key: key || "pg_…" })}
            label={t("网页代码", "Code for the page")}
          />
        </div>
      </Flex>
      <Signing />
    </Card>
  );
}

/** Whether this is known as a key that is for servers only. */
function useIsSecret(apiKey: string): boolean {
  const { path, may } = usePlace();
  const keys = useGet<Schemas["KeyList"]>(may("owner") ? `${path}/keys` : null);
  return keys.data?.data.some(({ prefix, scopes }) => apiKey.startsWith(prefix) && !scopes.includes("widget")) ?? false;
}

function Signing() {
  const t = useText();
  const [backend, setBackend] = useState<Backend>("node");
  return (
    <>
      <h3 style={{ fontSize: 15, fontWeight: 600, margin: "8px 0 4px" }}>
        {t("让助手认得已登录的用户", "Let the assistant know who is signed in")}
      </h3>
      <Typography.Paragraph type="secondary">
        {t(
          "不签名，每位访客都是匿名的。您的服务器用签名密钥为用户编号签名，写进标签的 data-user 和 data-signature；单页应用登录后可调用 window.paigong.identify(编号, 签名)。签名密钥绝不能出现在网页里：谁拿到它，就能冒充任何用户。",
          "Without a signature every visitor is anonymous. Your server signs the user’s id with the signing secret and writes both into the tag, as data-user and data-signature; an app of one page calls window.paigong.identify(id, signature) after the login. The signing secret must never be in a page: whoever has it can pass for any user.",
        )}
      </Typography.Paragraph>
      <Segmented<Backend>
        aria-label={t("服务器的语言", "Your server’s language")}
        value={backend}
        onChange={setBackend}
        options={BACKENDS}
        style={{ marginBottom: 12 }}
      />
      <Copyable code text={signingCode(backend)} label={t("签名代码", "Code to sign")} />
    </>
  );
}
