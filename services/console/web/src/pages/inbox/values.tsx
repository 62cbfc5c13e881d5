// Fields and values, to be read and to be typed.
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Descriptions, Flex, Input, Typography } from "antd";
import { useText } from "../../frame/text";
import { useSlotWords } from "./words";

export function Slots({ skill, slots }: { skill: string | null | undefined; slots: Record<string, unknown> }) {
  const { isInner, nameOf, valueOf } = useSlotWords(skill);
  const entries = Object.entries(slots).filter(([slot, value]) => value !== null && value !== "" && !isInner(slot));
  if (entries.length === 0) return null;
  return (
    <Descriptions
      size="small"
      column={1}
      bordered
      styles={{ label: { width: 140 } }}
      items={entries.map(([slot, value]) => ({
        key: slot,
        label: nameOf(slot),
        children: <span style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>{valueOf(slot, value)}</span>,
      }))}
    />
  );
}

export interface Given {
  name: string;
  value: string;
}

/** The object that typed fields make; nothing where none has a name. */
export function objectOf(given: Given[]): Record<string, string> | undefined {
  const named = given.filter(({ name }) => name.trim() !== "");
  return named.length > 0 ? Object.fromEntries(named.map(({ name, value }) => [name.trim(), value])) : undefined;
}

/** What came of it, as fields that a reply may mention. */
export function ResultFields({ given, onChange }: { given: Given[]; onChange: (given: Given[]) => void }) {
  const t = useText();
  const put = (index: number, change: Partial<Given>) =>
    onChange(given.map((field, i) => (i === index ? { ...field, ...change } : field)));
  return (
    <Flex vertical gap={8}>
      <div>
        <strong>{t("办理结果（可不填）", "What came of it (optional)")}</strong>
        <br />
        <Typography.Text type="secondary">
          {t("技能的回复里会提到的内容，例如 number（编号）", "What the skill's reply mentions, such as number")}
        </Typography.Text>
      </div>
      {given.map((field, index) => (
        <Flex key={index} gap={8}>
          <Input
            aria-label={t(`第 ${index + 1} 项的名称`, `Name of field ${index + 1}`)}
            placeholder={t("名称", "Name")}
            value={field.name}
            maxLength={100}
            onChange={(event) => put(index, { name: event.target.value })}
            style={{ width: 160 }}
          />
          <Input
            aria-label={t(`第 ${index + 1} 项的内容`, `Value of field ${index + 1}`)}
            placeholder={t("内容", "Value")}
            value={field.value}
            maxLength={2000}
            onChange={(event) => put(index, { value: event.target.value })}
          />
          <Button
            icon={<DeleteOutlined />}
            aria-label={t(`删除第 ${index + 1} 项`, `Remove field ${index + 1}`)}
            onClick={() => onChange(given.filter((_, i) => i !== index))}
          />
        </Flex>
      ))}
      <div>
        <Button
          type="dashed"
          icon={<PlusOutlined />}
          disabled={given.length >= 20}
          onClick={() => onChange([...given, { name: "", value: "" }])}
        >
          {t("添加一项", "Add a field")}
        </Button>
      </div>
    </Flex>
  );
}
