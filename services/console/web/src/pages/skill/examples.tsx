// What people say: one list for each language, words that fill a slot as coloured chips.
import { DeleteOutlined, WarningOutlined } from "@ant-design/icons";
import { Button, Flex, Input, Segmented, Space, Typography, theme } from "antd";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { useSettings, useText } from "../../frame/text";
import { setAt } from "./document";
import { type Editing, dataAt } from "./fields";
import { MARK, colourOf, plain } from "./marks";
import { MarkingField } from "./marking";
import { Tag } from "./tag";

type Language = "zh" | "en";

function languageOf(example: string): Language {
  return /\p{Script=Han}/u.test(plain(example)) ? "zh" : "en";
}

export function Examples({
  of,
  name,
  title,
  slots,
  lint,
}: {
  of: Editing;
  name: "examples" | "counterexamples";
  title: string;
  slots: string[];
  lint: Schemas["LintReport"] | undefined;
}) {
  const t = useText();
  const settings = useSettings();
  const [language, setLanguage] = useState<Language>(settings.language);
  const [editing, setEditing] = useState<number>();
  const [fresh, setFresh] = useState("");
  const data = dataAt<unknown>(of.document, [name]);
  const all = (Array.isArray(data) ? data : []).map((one) => (typeof one === "string" ? one : String(one)));
  const count = (language: Language) => all.filter((one) => languageOf(one) === language).length;
  const rows = all.map((text, index) => ({ text, index }));
  // The one under the hands stays where it is, whatever is typed.
  const shown = rows.filter(({ text, index }) => index === editing || languageOf(text) === language);
  const add = (text: string) => {
    const lines = text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "" && !all.includes(line));
    if (lines.length > 0) {
      of.edit((document) => {
        if (!document.hasIn([name])) document.setIn([name], document.createNode([]));
        for (const line of lines) document.addIn([name], line);
      });
      const last = lines.at(-1);
      if (last) setLanguage(languageOf(last));
    }
    setFresh("");
  };
  return (
    <Flex vertical gap={8} role="group" aria-label={title} data-place={name}>
      <Flex justify="space-between" align="center" gap={8} wrap>
        <Typography.Text strong>{title}</Typography.Text>
        <Segmented
          size="small"
          value={language}
          onChange={(value) => {
            setEditing(undefined);
            setLanguage(value);
          }}
          options={[
            { value: "zh" as const, label: `${t("中文", "Chinese")} ${count("zh")}` },
            { value: "en" as const, label: `${t("英文", "English")} ${count("en")}` },
          ]}
        />
      </Flex>
      {shown.length === 0 && <Typography.Text type="secondary">{t("还没有", "None yet")}</Typography.Text>}
      <ul style={{ listStyle: "none", margin: 0, padding: 0, maxHeight: 420, overflow: "auto" }}>
        {shown.map(({ text, index }) => (
          <li key={index}>
            <Example
              text={text}
              slots={name === "examples" ? slots : []}
              disabled={of.disabled}
              editing={index === editing}
              stray={
                name === "examples"
                  ? lint?.strays.find(
                      ({ example, similarity, own }) => example === plain(text) && similarity - own > 0.05,
                    )
                  : undefined
              }
              begin={() => setEditing(index)}
              end={() => setEditing((now) => (now === index ? undefined : now))}
              change={(text) => of.edit((document) => document.setIn([name, index], text))}
              remove={() => {
                setEditing(undefined);
                of.edit((document) => setAt(document, [name, index], undefined));
              }}
            />
          </li>
        ))}
      </ul>
      {!of.disabled && (
        <Space.Compact>
          <Input.TextArea
            autoSize={{ minRows: 1, maxRows: 6 }}
            value={fresh}
            aria-label={t(`新增：${title}`, `Add: ${title}`)}
            placeholder={t("再加一句，回车确认；可以粘贴多行", "One more, then Enter; several lines may be pasted")}
            onChange={(event) => setFresh(event.target.value)}
            onPressEnter={(event) => {
              if (event.nativeEvent.isComposing || event.shiftKey) return;
              event.preventDefault();
              add(fresh);
            }}
          />
          <Button onClick={() => add(fresh)} disabled={fresh.trim() === ""}>
            {t("加上", "Add")}
          </Button>
        </Space.Compact>
      )}
    </Flex>
  );
}

function Example({
  text,
  slots,
  disabled,
  editing,
  stray,
  begin,
  end,
  change,
  remove,
}: {
  text: string;
  slots: string[];
  disabled: boolean;
  editing: boolean;
  stray: Schemas["StrayView"] | undefined;
  begin: () => void;
  end: () => void;
  change: (text: string) => void;
  remove: () => void;
}) {
  const t = useText();
  const { token } = theme.useToken();
  return (
    <div style={{ padding: "2px 0", borderBottom: `1px solid ${token.colorBorderSecondary}` }}>
      <Flex gap={4} align={editing ? "start" : "center"}>
        {editing ? (
          <MarkingField text={text} slots={slots} change={change} end={() => (text.trim() === "" ? remove() : end())} />
        ) : (
          <button
            type="button"
            disabled={disabled}
            onClick={begin}
            style={{
              all: "unset",
              flex: 1,
              minWidth: 0,
              cursor: disabled ? "default" : "text",
              padding: "2px 4px",
              overflowWrap: "anywhere",
              color: token.colorText,
            }}
            onFocus={(event) => (event.currentTarget.style.outline = `2px solid ${token.colorPrimary}`)}
            onBlur={(event) => (event.currentTarget.style.outline = "")}
          >
            <Marked text={text} slots={slots} />
          </button>
        )}
        {!disabled && (
          <Button
            type="text"
            size="small"
            icon={<DeleteOutlined />}
            aria-label={t(`删除：${plain(text)}`, `Delete: ${plain(text)}`)}
            onMouseDown={(event) => event.preventDefault()}
            onClick={remove}
          />
        )}
      </Flex>
      {stray && (
        <Typography.Text type="secondary" style={{ fontSize: 12, paddingInlineStart: 4, overflowWrap: "anywhere" }}>
          <WarningOutlined style={{ color: token.colorWarning }} />{" "}
          {t(`更像“${stray.skill}”的“${stray.nearest}”`, `Nearer to “${stray.nearest}” of ${stray.skill}`)}
        </Typography.Text>
      )}
    </div>
  );
}

function Marked({ text, slots }: { text: string; slots: string[] }) {
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(MARK)) {
    const [whole, words, slot = ""] = match;
    if (match.index > at) parts.push(text.slice(at, match.index));
    parts.push(
      <Tag
        key={match.index}
        color={colourOf(slots, slot)}
        style={{ marginInlineEnd: 2, whiteSpace: "normal" }}
        title={slot}
      >
        {words}
        <span style={{ fontSize: 11, marginInlineStart: 4 }}>{slot}</span>
      </Tag>,
    );
    at = match.index + whole.length;
  }
  parts.push(text.slice(at));
  return <>{parts}</>;
}
