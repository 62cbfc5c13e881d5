// The conversation as a test: to copy, or to save as a file.
import { CopyOutlined, DownloadOutlined } from "@ant-design/icons";
import { App, Button, Modal, Typography, theme } from "antd";
import { useGet } from "../../frame/session";
import { Loaded } from "../../frame/state";
import { useText } from "../../frame/text";
import { save } from "../talk/show";

export function MakeTest({ place, id, close }: { place: string; id: string; close: () => void }) {
  const t = useText();
  const { message } = App.useApp();
  const { token } = theme.useToken();
  const made = useGet<{ yaml: string }>(`${place}/test`);
  const yaml = made.data?.yaml ?? "";
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(yaml);
      void message.success(t("已复制", "Copied"));
    } catch {
      void message.warning(t("浏览器不允许复制，请选中文字后复制", "The browser refused; select the text and copy it"));
    }
  };
  return (
    <Modal
      open
      width={760}
      title={t("做成测试", "Make a test")}
      onCancel={close}
      footer={[
        <Button key="close" onClick={close}>
          {t("关闭", "Close")}
        </Button>,
        <Button key="copy" icon={<CopyOutlined />} disabled={!made.data} onClick={() => void copy()}>
          {t("复制", "Copy")}
        </Button>,
        <Button
          key="save"
          type="primary"
          icon={<DownloadOutlined />}
          disabled={!made.data}
          onClick={() => save(`conversation-${id.slice(-8)}.test.yaml`, "application/yaml", yaml)}
        >
          {t("下载", "Download")}
        </Button>,
      ]}
    >
      <Typography.Paragraph type="secondary">
        {t(
          "以后每次改动，都可以用它检查同样的话是否仍得到同样的结果。里面有用户说过的话，请妥善保管。",
          "After every change it can check that the same words still lead to the same result. It contains what the user said: keep it safe.",
        )}
      </Typography.Paragraph>
      <Loaded of={made}>
        {({ yaml }) => (
          <pre
            tabIndex={0}
            aria-label={t("测试内容", "The test")}
            style={{
              maxHeight: "50vh",
              overflow: "auto",
              margin: 0,
              padding: 12,
              background: token.colorFillQuaternary,
              borderRadius: 6,
              whiteSpace: "pre-wrap",
              overflowWrap: "anywhere",
              fontSize: 12.5,
            }}
          >
            {yaml}
          </pre>
        )}
      </Loaded>
    </Modal>
  );
}
