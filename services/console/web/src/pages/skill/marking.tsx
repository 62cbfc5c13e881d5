// An example while it is written: words are selected, and marked with a key or a press.
import { Button, Flex, Input, type InputRef, Space, Typography, theme } from "antd";
import { useEffect, useRef, useState } from "react";
import { useText } from "../../frame/text";
import { Key } from "../talk/show";
import { type Marking, colourOf, mark } from "./marks";
import { Tag } from "./tag";

export function MarkingField({
  text,
  slots,
  change,
  end,
}: {
  text: string;
  slots: string[];
  change: (text: string) => void;
  /** It is written: the focus went elsewhere, or Enter or Escape was pressed. */
  end: () => void;
}) {
  const t = useText();
  const { token } = theme.useToken();
  const input = useRef<InputRef>(null);
  const [last, setLast] = useState<Marking & { slot: string }>();
  // The words stay selected, so that another key changes their mark.
  useEffect(() => {
    if (last) input.current?.setSelectionRange(last.from, last.to);
  }, [last]);
  const put = (slot: string | undefined) => {
    const element = input.current?.input;
    if (!slot || !element) return;
    const done = mark(text, element.selectionStart ?? 0, element.selectionEnd ?? 0, slot);
    element.focus();
    if (done.text !== text) change(done.text);
    setLast({ ...done, slot });
  };
  const said =
    last &&
    {
      marked: t(`“${last.words}”已标为 ${last.slot}`, `“${last.words}” is marked as ${last.slot}`),
      unmarked: t(`“${last.words}”不再标为 ${last.slot}`, `“${last.words}” is no longer marked`),
      none: t("请先选中要标的字", "Select the words to mark first"),
      crossing: t("选中的字里已有别的标记", "There is another mark in the words that are selected"),
    }[last.did];
  return (
    <div
      style={{ flex: 1, minWidth: 0 }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) end();
      }}
      onKeyDown={(event) => {
        const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
        if (event.altKey && !event.ctrlKey && digit) {
          event.preventDefault();
          put(slots[Number(digit) - 1]);
        } else if (event.key === "Escape") end();
      }}
    >
      <Input
        ref={input}
        autoFocus
        size="small"
        value={text}
        aria-label={t("例句", "Example")}
        onChange={(event) => change(event.target.value)}
        onPressEnter={(event) => {
          if (!event.nativeEvent.isComposing) end();
        }}
      />
      {slots.length > 0 && (
        <Flex vertical gap={4} style={{ padding: "6px 4px" }}>
          <Typography.Text type="secondary" style={{ fontSize: 13 }}>
            {t("选中几个字（", "Select words (")}
            <Key>Shift</Key> <Key>←</Key> <Key>→</Key>
            {t("），再点一项，或按 ", "), then choose, or press ")}
            <Key>Alt</Key> + <Key>{slots.length > 1 ? `1–${Math.min(slots.length, 9)}` : "1"}</Key>
          </Typography.Text>
          <Space size={4} wrap>
            {slots.map((slot, index) => (
              <Button
                key={slot}
                size="small"
                type="text"
                style={{ paddingInline: 0, background: "none" }}
                aria-label={`${t("标为", "Mark as")} ${slot}${index < 9 ? ` ${index + 1}` : ""}`}
                {...(index < 9 ? { "aria-keyshortcuts": `Alt+${index + 1}` } : {})}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => put(slot)}
              >
                <Tag color={colourOf(slots, slot)} style={{ marginInlineEnd: 0, cursor: "pointer" }}>
                  {slot}
                  {index < 9 && ` ${index + 1}`}
                </Tag>
              </Button>
            ))}
          </Space>
          <span role="status" style={{ minHeight: 20, fontSize: 13, color: token.colorTextSecondary }}>
            {said}
          </span>
        </Flex>
      )}
    </div>
  );
}
