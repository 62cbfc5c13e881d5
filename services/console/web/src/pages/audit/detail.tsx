// An entry of the log in full.
import { Button, Flex, Typography, theme } from "antd";
import type { Schemas } from "../../api/client";
import { useText } from "../../frame/text";

export function Detail({ entry, onlyTarget }: { entry: Schemas["AuditEntry"]; onlyTarget: () => void }) {
  const t = useText();
  const { token } = theme.useToken();
  const line = (label: string, value: string) => (
    <div>
      <Typography.Text type="secondary">{label}</Typography.Text>{" "}
      <Typography.Text style={{ fontFamily: token.fontFamilyCode, overflowWrap: "anywhere" }}>{value}</Typography.Text>
    </div>
  );
  return (
    <Flex vertical gap={6}>
      {line(t("操作", "Action"), entry.action)}
      {line(t("操作人", "Actor"), entry.actor)}
      <Flex gap={8} align="center" wrap>
        {line(t("对象", "Target"), entry.target)}
        <Button size="small" onClick={onlyTarget}>
          {t("只看此对象的记录", "Only entries about it")}
        </Button>
      </Flex>
      {line(
        t("链上位置", "Place in the chain"),
        entry.position == null ? t("早于链的记录", "from before there was a chain") : String(entry.position),
      )}
      <pre
        // Long details scroll within their frame, by keyboard too.
        tabIndex={0}
        aria-label={t("内容", "Detail")}
        style={{
          margin: 0,
          padding: 12,
          maxHeight: 320,
          overflow: "auto",
          background: token.colorFillTertiary,
          borderRadius: token.borderRadius,
          fontFamily: token.fontFamilyCode,
          fontSize: 13,
          whiteSpace: "pre-wrap",
          overflowWrap: "anywhere",
        }}
      >
        {JSON.stringify(entry.detail, null, 2)}
      </pre>
    </Flex>
  );
}
