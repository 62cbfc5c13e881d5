// The manifest as a form, in the order of a conversation.
import { Alert, Card, Flex, Form } from "antd";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Schemas } from "../../api/client";
import { Nothing } from "../../frame/state";
import { useText } from "../../frame/text";
import { Action, Rules } from "./action";
import { changed, documentOf } from "./document";
import { Examples } from "./examples";
import { Bilingual, type Editing, textAt } from "./fields";
import { Findings } from "./findings";
import { type Target, focusField, partsOf } from "./jump";
import { Slots, slotNames } from "./slots";

export function SkillForm({
  text,
  setText,
  lint,
  disabled,
  target,
}: {
  text: string;
  setText: (text: string) => void;
  lint: Schemas["LintReport"] | undefined;
  disabled: boolean;
  /** Which field the cursor is set into; each new one sets it again. */
  target: Target | undefined;
}) {
  const t = useText();
  const root = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<string[]>([]);
  // What a target is in is unfolded before the cursor is set into it.
  const [followed, setFollowed] = useState<Target>();
  if (target !== followed) {
    setFollowed(target);
    const [first, slot] = partsOf(target?.place ?? "");
    if (first === "slots" && slot) setOpen([...open.filter((one) => one !== slot), slot]);
  }
  useEffect(() => {
    if (!target) return;
    let frame = 0;
    // What is being unfolded takes a moment to be there.
    const follow = (frames: number) => {
      if (!root.current || focusField(root.current, target.place, frames === 0)) return;
      frame = requestAnimationFrame(() => follow(frames - 1));
    };
    follow(10);
    return () => cancelAnimationFrame(frame);
  }, [target]);
  const document = documentOf(text);
  if (text === "")
    return (
      <Nothing>
        {t(
          "没有上线，也没有草稿；可以从历史里恢复",
          "Not live, and no draft; a version can be restored from the history",
        )}
      </Nothing>
    );
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
    {
      title: t("2　需要知道什么", "2  What we need to know"),
      keys: ["slots"],
      children: <Slots of={of} open={open} setOpen={setOpen} />,
    },
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
    <Form layout="vertical" component={false}>
      <Flex vertical gap={16} ref={root}>
        {rest.length > 0 && <Findings findings={rest} />}
        {parts.map(({ title, keys, children }) => {
          const own = lint?.findings.filter(({ place }) => belongs(place, keys)) ?? [];
          return (
            <Card
              key={title}
              size="small"
              data-place={keys.join(" ")}
              title={<h2 style={{ fontSize: 15, margin: 0 }}>{title}</h2>}
            >
              <Flex vertical gap={12}>
                {own.length > 0 && <Findings findings={own} />}
                <div>{children}</div>
              </Flex>
            </Card>
          );
        })}
      </Flex>
    </Form>
  );
}
