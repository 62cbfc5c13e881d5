// What has to be known: each piece of it with its kind, its words and its questions.
import { DeleteOutlined, EditOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Collapse, Flex, Form, Input, Popconfirm, Select, Space, Switch, Typography } from "antd";
import { useId, useState } from "react";
import type { Document } from "yaml";
import { useText } from "../../frame/text";
import { setAt } from "./document";
import { Bilingual, type Editing, dataAt, textAt } from "./fields";
import { RenameSlot, SLOT_NAME } from "./renaming";
import { Tag } from "./tag";

const SLOTS = ["slots", "properties"];

const KINDS = ["text", "integer", "number", "date", "time", "date-time", "boolean", "choice"] as const;
type Kind = (typeof KINDS)[number];

/** The names of the slots, as they are ordered. */
export function slotNames(document: Document): string[] {
  const slots = dataAt<unknown>(document, SLOTS);
  return typeof slots === "object" && slots !== null ? Object.keys(slots) : [];
}

function kindOf(document: Document, slot: string): Kind {
  if (document.hasIn([...SLOTS, slot, "enum"])) return "choice";
  const format = textAt(document, [...SLOTS, slot, "format"]);
  if (format === "date" || format === "time" || format === "date-time") return format;
  const type = textAt(document, [...SLOTS, slot, "type"]);
  return type === "integer" || type === "number" || type === "boolean" ? type : "text";
}

function setKind(document: Document, slot: string, kind: Kind): void {
  const at = [...SLOTS, slot];
  if (!document.hasIn(at)) document.setIn(at, document.createNode({}));
  const formats: Kind[] = ["date", "time", "date-time"];
  if (formats.includes(kind)) document.setIn([...at, "format"], kind);
  else document.deleteIn([...at, "format"]);
  if (kind === "choice") {
    document.deleteIn([...at, "type"]);
    document.setIn([...at, "enum"], document.createNode([]));
    return;
  }
  for (const key of ["enum", "x-labels", "x-synonyms"]) document.deleteIn([...at, key]);
  document.setIn([...at, "type"], kind === "text" || formats.includes(kind) ? "string" : kind);
}

export function Slots({
  of,
  open,
  setOpen,
}: {
  of: Editing;
  /** Which of them are unfolded. */
  open: string[];
  setOpen: (open: string[]) => void;
}) {
  const t = useText();
  const [fresh, setFresh] = useState("");
  const [renaming, setRenaming] = useState<string>();
  const id = useId();
  const names = slotNames(of.document);
  const required = dataAt<string[]>(of.document, ["slots", "required"]) ?? [];
  const valid = SLOT_NAME.test(fresh) && !names.includes(fresh);
  const kinds: Record<Kind, string> = {
    text: t("文字", "Text"),
    integer: t("整数", "Whole number"),
    number: t("数字", "Number"),
    date: t("日期", "Date"),
    time: t("时刻", "Time"),
    "date-time": t("日期和时刻", "Date and time"),
    boolean: t("是或否", "Yes or no"),
    choice: t("几选一", "Choice"),
  };
  const add = () => {
    if (!valid) return;
    of.edit((document) => {
      if (!document.hasIn(["slots"])) document.setIn(["slots"], document.createNode({ type: "object" }));
      if (!document.hasIn(SLOTS)) document.setIn(SLOTS, document.createNode({}));
      document.setIn([...SLOTS, fresh], document.createNode({ type: "string" }));
    });
    setFresh("");
  };
  const require = (slot: string, yes: boolean) =>
    of.edit((document) =>
      document.setIn(
        ["slots", "required"],
        document.createNode(yes ? [...required, slot] : required.filter((one) => one !== slot), { flow: true }),
      ),
    );
  return (
    <Flex vertical gap={12}>
      {names.length === 0 && (
        <Typography.Text type="secondary">
          {t("不需要知道什么，听懂就办。", "Nothing: it is done as soon as it is understood.")}
        </Typography.Text>
      )}
      <Collapse
        activeKey={open}
        onChange={setOpen}
        items={names.map((slot) => {
          const at = [...SLOTS, slot];
          const source = textAt(of.document, [...at, "x-source"]);
          const kind = kindOf(of.document, slot);
          const title = dataAt<Record<string, string>>(of.document, [...at, "x-title"]);
          return {
            key: slot,
            label: (
              <Space wrap>
                <Typography.Text strong>{slot}</Typography.Text>
                {title && <span>{t(title["zh"] ?? "", title["en"] ?? "")}</span>}
                <Tag>{kinds[kind]}</Tag>
                {required.includes(slot) && <Tag color="red">{t("必填", "Required")}</Tag>}
                {source && <Tag color="purple">{t("取自身份", "From who it is")}</Tag>}
                {of.document.hasIn([...at, "x-compute"]) && <Tag color="purple">{t("算出来", "Computed")}</Tag>}
              </Space>
            ),
            children: (
              <div data-place={`slots.${slot}`}>
                <Flex gap={16} align="end" wrap style={{ marginBottom: 12 }}>
                  <Form.Item label={t("类型", "Kind")} htmlFor={`${id}${slot}kind`} style={{ margin: 0, width: 180 }}>
                    <Select
                      id={`${id}${slot}kind`}
                      disabled={of.disabled}
                      value={kind}
                      onChange={(kind) => of.edit((document) => setKind(document, slot, kind))}
                      options={KINDS.map((value) => ({ value, label: kinds[value] }))}
                    />
                  </Form.Item>
                  <Form.Item label={t("必填", "Required")} style={{ margin: 0 }}>
                    <Switch
                      disabled={of.disabled || source !== ""}
                      aria-label={t(`${slot} 必填`, `${slot} is required`)}
                      checked={required.includes(slot)}
                      onChange={(yes) => require(slot, yes)}
                    />
                  </Form.Item>
                  {!of.disabled && (
                    <Button icon={<EditOutlined />} onClick={() => setRenaming(slot)}>
                      {t("改名…", "Rename…")}
                    </Button>
                  )}
                  {!of.disabled && (
                    <Popconfirm
                      title={t("删除这一项？", "Delete it?")}
                      okText={t("删除", "Delete")}
                      cancelText={t("取消", "Cancel")}
                      onConfirm={() =>
                        of.edit((document) => {
                          document.deleteIn(at);
                          if (required.includes(slot))
                            document.setIn(
                              ["slots", "required"],
                              document.createNode(
                                required.filter((one) => one !== slot),
                                { flow: true },
                              ),
                            );
                        })
                      }
                    >
                      <Button danger icon={<DeleteOutlined />}>
                        {t("删除", "Delete")}
                      </Button>
                    </Popconfirm>
                  )}
                </Flex>
                <Bilingual of={of} at={[...at, "x-title"]} label={t("叫什么", "What it is called")} />
                {!source && (
                  <>
                    <Bilingual of={of} at={[...at, "x-ask"]} label={t("怎么问", "How to ask")} />
                    <Bilingual of={of} at={[...at, "x-ask-again"]} label={t("没听懂再问", "How to ask again")} />
                  </>
                )}
                {kind === "choice" && <Choices of={of} slot={slot} />}
              </div>
            ),
          };
        })}
      />
      {renaming !== undefined && (
        <RenameSlot
          of={of}
          slot={renaming}
          taken={names}
          close={() => setRenaming(undefined)}
          done={(name) => setOpen(open.map((one) => (one === renaming ? name : one)))}
        />
      )}
      {!of.disabled && (
        <Space.Compact>
          <Input
            value={fresh}
            maxLength={40}
            spellCheck={false}
            status={fresh !== "" && !valid ? "error" : ""}
            aria-label={t("新增一项的名称", "Name of one more")}
            placeholder={t("名称，小写英文，如 days", "Name in lower case, such as days")}
            onChange={(event) => setFresh(event.target.value)}
            onPressEnter={add}
          />
          <Button icon={<PlusOutlined />} disabled={!valid} onClick={add}>
            {t("加一项", "Add")}
          </Button>
        </Space.Compact>
      )}
    </Flex>
  );
}

/** The values of a choice, what they are called, and other words for them. */
function Choices({ of, slot }: { of: Editing; slot: string }) {
  const t = useText();
  const [fresh, setFresh] = useState("");
  const at = [...SLOTS, slot];
  const values = (dataAt<unknown[]>(of.document, [...at, "enum"]) ?? []).map(String);
  const synonyms = dataAt<Record<string, string[]>>(of.document, [...at, "x-synonyms"]) ?? {};
  const valid = fresh.trim() !== "" && !values.includes(fresh.trim());
  const add = () => {
    if (!valid) return;
    of.edit((document) => document.addIn([...at, "enum"], fresh.trim()));
    setFresh("");
  };
  return (
    <Flex vertical gap={8}>
      <Typography.Text strong>{t("可选的值", "Values")}</Typography.Text>
      {values.map((value, index) => (
        <div key={value}>
          <Flex justify="space-between">
            <Typography.Text code>{value}</Typography.Text>
            {!of.disabled && (
              <Button
                type="text"
                size="small"
                icon={<DeleteOutlined />}
                aria-label={t(`删除值 ${value}`, `Delete the value ${value}`)}
                onClick={() =>
                  of.edit((document) => {
                    document.deleteIn([...at, "enum", index]);
                    for (const key of ["x-labels", "x-synonyms"])
                      if (document.hasIn([...at, key, value])) setAt(document, [...at, key, value], undefined);
                  })
                }
              />
            )}
          </Flex>
          <Bilingual of={of} at={[...at, "x-labels", value]} label={t("显示为", "Shown as")} />
          <Form.Item label={t("其他说法（中英文都可以）", "Other words for it, in any language")}>
            <Select
              mode="tags"
              open={false}
              suffixIcon={null}
              disabled={of.disabled}
              aria-label={t(`${value} 的其他说法`, `Other words for ${value}`)}
              value={(synonyms[value] ?? []).map(String)}
              onChange={(words: string[]) =>
                of.edit((document) => {
                  const node = words.length > 0 ? document.createNode(words, { flow: true }) : undefined;
                  setAt(document, [...at, "x-synonyms", value], node);
                })
              }
            />
          </Form.Item>
        </div>
      ))}
      {!of.disabled && (
        <Space.Compact>
          <Input
            value={fresh}
            aria-label={t("新值", "New value")}
            placeholder={t("新值，如 annual", "New value, such as annual")}
            onChange={(event) => setFresh(event.target.value)}
            onPressEnter={add}
          />
          <Button disabled={!valid} onClick={add}>
            {t("加上", "Add")}
          </Button>
        </Space.Compact>
      )}
    </Flex>
  );
}
