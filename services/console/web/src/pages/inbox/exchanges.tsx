// The last messages before a conversation was handed over.
import { Flex, theme } from "antd";
import { useText } from "../../frame/text";

export function Exchanges({ messages }: { messages: { user?: string; answer?: string }[] }) {
  const t = useText();
  const { token } = theme.useToken();
  const said = messages.flatMap(({ user, answer }) => [
    ...(user ? [{ by: t("用户", "User"), text: user, own: true }] : []),
    ...(answer ? [{ by: t("助手", "Assistant"), text: answer, own: false }] : []),
  ]);
  if (said.length === 0) return null;
  return (
    <Flex
      vertical
      gap={8}
      component="ol"
      aria-label={t("最后的消息", "The last messages")}
      style={{ listStyle: "none", margin: 0, padding: 0 }}
    >
      {said.map(({ by, text, own }, index) => (
        <li
          key={index}
          style={{
            alignSelf: own ? "flex-end" : "flex-start",
            maxWidth: "85%",
            background: own ? token.colorPrimaryBg : token.colorFillTertiary,
            borderRadius: token.borderRadiusLG,
            padding: "6px 12px",
            whiteSpace: "pre-wrap",
            overflowWrap: "anywhere",
          }}
        >
          <span style={{ display: "block", fontSize: 12, color: token.colorTextSecondary }}>{by}</span>
          {text}
        </li>
      ))}
    </Flex>
  );
}
