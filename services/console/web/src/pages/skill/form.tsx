// The manifest as a form, in the order of a conversation.
import { Alert } from "antd";
import type { Schemas } from "../../api/client";
import { useText } from "../../frame/text";
import { documentOf } from "./document";

export function SkillForm({
  text,
}: {
  text: string;
  setText: (text: string) => void;
  lint: Schemas["LintReport"] | undefined;
  disabled: boolean;
}) {
  const t = useText();
  const document = documentOf(text);
  if (!document)
    return (
      <Alert
        type="error"
        showIcon
        message={t("文本有错，请到 YAML 里改好", "The text can't be read; put it right under YAML")}
      />
    );
  return null;
}
