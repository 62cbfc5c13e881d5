// The form that an answer brings along: fields for what is missing, sent together.
import { Button, Collapse, Flex, Input, InputNumber, Select } from "antd";
import { useId, useState } from "react";
import { useText } from "../../frame/text";

interface Field {
  type?: string;
  format?: string;
  enum?: string[];
  title?: string;
  minimum?: number;
  maximum?: number;
}

/** `schema` is the JSON Schema of an object. */
export function ActionForm({
  schema,
  busy,
  send,
}: {
  schema: Record<string, unknown>;
  busy: boolean;
  send: (inputs: Record<string, unknown>, shown: string) => void;
}) {
  const t = useText();
  const id = useId();
  const [values, setValues] = useState<Record<string, unknown>>({});
  const fields = Object.entries((schema["properties"] ?? {}) as Record<string, Field>);
  if (fields.length === 0) return null;
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ""));
  const set = (name: string) => (value: unknown) => setValues((old) => ({ ...old, [name]: value ?? undefined }));
  return (
    <Collapse
      size="small"
      items={[
        {
          key: "form",
          label: t("像表单那样填", "Fill it in as a form"),
          children: (
            <Flex vertical gap={8}>
              {fields.map(([name, field]) => (
                <div key={name}>
                  <label htmlFor={`${id}${name}`}>{field.title ?? name}</label>
                  <Entry id={`${id}${name}`} field={field} value={values[name]} set={set(name)} />
                </div>
              ))}
              <Button
                style={{ alignSelf: "start" }}
                disabled={busy || Object.keys(given).length === 0}
                onClick={() =>
                  send(
                    given,
                    Object.entries(given)
                      .map(([name, value]) => `${name}: ${String(value)}`)
                      .join("\n"),
                  )
                }
              >
                {t("提交表单", "Send the form")}
              </Button>
            </Flex>
          ),
        },
      ]}
    />
  );
}

function Entry({ id, field, value, set }: { id: string; field: Field; value: unknown; set: (value: unknown) => void }) {
  const t = useText();
  const wide = { id, style: { width: "100%" } };
  if (field.enum || field.type === "boolean") {
    const options = field.enum
      ? field.enum.map((value) => ({ value: value as string | boolean, label: value }))
      : [
          { value: true as string | boolean, label: t("是", "Yes") },
          { value: false, label: t("否", "No") },
        ];
    return (
      <Select
        {...wide}
        allowClear
        value={(value as string | boolean | undefined) ?? null}
        options={options}
        onChange={set}
      />
    );
  }
  if (field.type === "integer" || field.type === "number")
    return (
      <InputNumber
        {...wide}
        value={(value as number | undefined) ?? null}
        {...(field.type === "integer" ? { precision: 0 } : {})}
        {...(field.minimum === undefined ? {} : { min: field.minimum })}
        {...(field.maximum === undefined ? {} : { max: field.maximum })}
        onChange={set}
      />
    );
  const types: Record<string, string> = { date: "date", time: "time", "date-time": "datetime-local" };
  return (
    <Input
      {...wide}
      type={types[field.format ?? ""] ?? "text"}
      maxLength={2000}
      value={(value as string | undefined) ?? ""}
      onChange={(event) => set(event.target.value)}
    />
  );
}
