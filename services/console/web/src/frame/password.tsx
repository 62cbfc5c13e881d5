// What a new password has to be, told while it is typed.
import { CheckCircleFilled, CheckCircleOutlined } from "@ant-design/icons";
import { Flex, Typography, theme } from "antd";
import { useText } from "./text";

/** Characters that a password has at least. */
const LEAST = 12;
/** Bytes that it has at most. */
const MOST = 512;

/** The rules, and whether they hold; as the server checks them. */
export function useRules(password: string, email: string): { text: string; holds: boolean }[] {
  const t = useText();
  const characters = [...password];
  const rules = [
    {
      text: t(
        `至少 ${LEAST} 个字符（已输入 ${characters.length} 个）`,
        `At least ${LEAST} characters (${characters.length} so far)`,
      ),
      holds: characters.length >= LEAST,
    },
    {
      text: t("不是邮箱地址，也不是同一个字符的重复", "Neither the e-mail address nor one character over and over"),
      holds:
        characters.some((character) => character !== characters[0]) &&
        password.toLowerCase() !== email.trim().toLowerCase(),
    },
  ];
  if (new TextEncoder().encode(password).length > MOST)
    rules.push({ text: t(`最长 ${MOST} 字节`, `At most ${MOST} bytes`), holds: false });
  return rules;
}

export function PasswordHints({ id, password, email }: { id: string; password: string; email: string }) {
  const t = useText();
  const { token } = theme.useToken();
  const rules = useRules(password, email);
  return (
    <Flex vertical gap={2} id={id} component="ul" style={{ listStyle: "none", padding: 0, margin: "6px 0 0" }}>
      {rules.map(({ text, holds }) => (
        <li key={text}>
          {holds ? (
            <CheckCircleFilled aria-label={t("已满足", "fulfilled")} style={{ color: token.colorSuccess }} />
          ) : (
            <CheckCircleOutlined aria-label={t("未满足", "not yet")} style={{ color: token.colorTextQuaternary }} />
          )}
          <Typography.Text type="secondary" style={{ marginInlineStart: 6, fontSize: 13 }}>
            {text}
          </Typography.Text>
        </li>
      ))}
      <li>
        <Typography.Text type="secondary" style={{ fontSize: 13 }}>
          {t(
            "几个不相干的词连在一起，既好记又难猜。",
            "A few unrelated words in a row are easy to keep and hard to guess.",
          )}
        </Typography.Text>
      </li>
    </Flex>
  );
}
