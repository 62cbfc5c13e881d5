// What is shown once and never again: a secret or a link with one, to be copied now.
import { CopyOutlined } from "@ant-design/icons";
import { Alert, App, Button, Flex, Modal, Typography, theme } from "antd";
import { type ReactNode, useState } from "react";
import { useText } from "./text";

/** A text in a frame with a button that copies it. */
export function Copyable({
  text,
  label,
  code = false,
  onCopied,
}: {
  text: string;
  label: string;
  /** Whether its lines stay as they are. */
  code?: boolean;
  onCopied?: () => void;
}) {
  const t = useText();
  const { message } = App.useApp();
  const { token } = theme.useToken();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      void message.success(t("已复制", "Copied"));
      onCopied?.();
    } catch {
      void message.warning(
        t("浏览器不允许复制，请选中文字后手动复制", "The browser allows no copying; select the text and copy it"),
      );
      onCopied?.();
    }
  };
  return (
    <Flex gap={8} align="start" style={{ position: "relative" }}>
      <div
        role="group"
        aria-label={label}
        {...(code ? { tabIndex: 0 } : {})}
        style={{
          flex: 1,
          minWidth: 0,
          background: token.colorFillTertiary,
          border: `1px solid ${token.colorBorderSecondary}`,
          borderRadius: token.borderRadius,
          fontFamily: token.fontFamilyCode,
          ...(code
            ? { whiteSpace: "pre", overflowX: "auto", fontSize: 13, lineHeight: 1.6, padding: "46px 14px 12px" }
            : { overflowWrap: "anywhere", userSelect: "all", padding: "5px 11px" }),
        }}
      >
        {text}
      </div>
      <Button
        icon={<CopyOutlined />}
        style={code ? { position: "absolute", top: 8, insetInlineEnd: 8 } : {}}
        onClick={() => void copy()}
        aria-label={`${t("复制", "Copy")} · ${label}`}
      >
        {t("复制", "Copy")}
      </Button>
    </Flex>
  );
}

/** A window around such a text, which closes only by its button. */
export function Once({
  title,
  label,
  text,
  children,
  onClose,
}: {
  title: string;
  label: string;
  text: string | undefined;
  children: ReactNode;
  onClose: () => void;
}) {
  const t = useText();
  const [copied, setCopied] = useState(false);
  const close = () => {
    setCopied(false);
    onClose();
  };
  return (
    <Modal
      title={title}
      open={text !== undefined}
      closable={false}
      keyboard={false}
      maskClosable={false}
      width={600}
      footer={
        <Button type={copied ? "primary" : "default"} onClick={close}>
          {copied ? t("完成", "Done") : t("我已保存，关闭", "I have kept it, close")}
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
        <Copyable text={text ?? ""} label={label} onCopied={() => setCopied(true)} />
        <Typography.Text type="secondary">{children}</Typography.Text>
      </Flex>
    </Modal>
  );
}
