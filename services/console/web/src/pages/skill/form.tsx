// The manifest as a form, in the order of a conversation.
import { Alert, Card, Flex } from "antd";
import type { ReactNode } from "react";
import type { Schemas } from "../../api/client";
import { useText } from "../../frame/text";
import { Action, Rules } from "./action";
import { changed, documentOf } from "./document";
import { Examples } from "./examples";
import { Bilingual, type Editing, textAt } from "./fields";
import { Findings } from "./publish";
import { Slots, slotNames } from "./slots";

export function SkillForm({
  text,
  setText,
  lint,
  disabled,
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
  const of: Editing = { document, edit: (change) => setText(changed(text, change)), disabled };
  const slots = slotNames(document);
  const parts: { title: string; keys: string[]; children: ReactNode }[] = [
    {
      title: t("叫什么", "What it is called"),
      keys: ["title", "description", "skill", "when"],
      children: (
        <>
          <Bilingual of={of} at={["title"]} label={t("标题", "Title")} needed />
          <Bilingual of={of} at={["description"]} label={t("一句话说明", "In one sentence")} />
        </>
      ),
    },
    {
      title: t("1　用户怎么说", "1  What people say"),
      keys: ["examples", "counterexamples"],
      children: (
        <Flex vertical gap={24}>
          <Examples of={of} name="examples" title={t("例句", "Examples")} slots={slots} lint={lint} />
          <Examples
            of={of}
            name="counterexamples"
            title={t("像但不是的话", "Sounds like it, but isn't")}
            slots={[]}
            lint={undefined}
          />
        </Flex>
      ),
    },
    { title: t("2　需要知道什么", "2  What we need to know"), keys: ["slots"], children: <Slots of={of} /> },
    {
      title: t("3　规则和确认", "3  Rules and confirmation"),
      keys: ["rules", "confirm", "facts", "requires"],
      children: (
        <>
          <Rules of={of} slots={slots} />
          {(textAt(document, ["effect"]) !== "read" || document.hasIn(["confirm"])) && (
            <Bilingual of={of} at={["confirm"]} label={t("办之前怎么确认", "Asked before it is done")} rows={2} />
          )}
        </>
      ),
    },
    {
      title: t("4　办什么", "4  What is done"),
      keys: ["run", "effect", "preview", "undo", "returns"],
      children: <Action of={of} />,
    },
    {
      title: t("5　怎么回答", "5  The answer"),
      keys: ["reply", "empty"],
      children: (
        <>
          <Bilingual of={of} at={["reply"]} label={t("办成了", "When it is done")} needed rows={2} />
          <Bilingual of={of} at={["empty"]} label={t("没有结果时", "When there is nothing")} />
        </>
      ),
    },
  ];
  const belongs = (place: string, keys: string[]) => keys.includes(place.split(/[.[ ]/)[0] ?? "");
  const rest = lint?.findings.filter(({ place }) => !parts.some(({ keys }) => belongs(place, keys))) ?? [];
  return (
    <Flex vertical gap={16}>
      {rest.length > 0 && <Findings findings={rest} />}
      {parts.map(({ title, keys, children }) => {
        const own = lint?.findings.filter(({ place }) => belongs(place, keys)) ?? [];
        return (
          <Card key={title} size="small" title={<h2 style={{ fontSize: 15, margin: 0 }}>{title}</h2>}>
            <Flex vertical gap={12}>
              {own.length > 0 && <Findings findings={own} />}
              <div>{children}</div>
            </Flex>
          </Card>
        );
      })}
    </Flex>
  );
}
