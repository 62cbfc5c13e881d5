// Rules, and what is done: a statement with a field of its own, anything else as its part of the manifest.
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Alert, Button, Flex, Form, Select, Spin, Typography, theme } from "antd";
import { Suspense, lazy, useId, useState } from "react";
import { isNode, parseDocument, stringify } from "yaml";
import { useText } from "../../frame/text";
import { setAt } from "./document";
import { Bilingual, Code, type Editing, dataAt, textAt } from "./fields";

const Yaml = lazy(() => import("./yaml"));

export function Rules({ of, slots }: { of: Editing; slots: string[] }) {
  const t = useText();
  const { token } = theme.useToken();
  const id = useId();
  const rules = dataAt<unknown[]>(of.document, ["rules"]) ?? [];
  return (
    <Flex vertical gap={12} style={{ marginBottom: 16 }}>
      {of.document.hasIn(["facts", "sql"]) && (
        <Code
          of={of}
          at={["facts", "sql"]}
          label={t("先查什么（结果叫 facts）", "Looked up first (as facts)")}
          rows={3}
        />
      )}
      {rules.map((_, index) => (
        <div
          key={index}
          data-place={`rules.${index}`}
          style={{ borderInlineStart: `3px solid ${token.colorBorder}`, paddingInlineStart: 12 }}
        >
          <Flex justify="space-between" align="center">
            <Typography.Text strong>{t(`规则 ${index + 1}`, `Rule ${index + 1}`)}</Typography.Text>
            {!of.disabled && (
              <Button
                type="text"
                size="small"
                icon={<DeleteOutlined />}
                aria-label={t(`删除规则 ${index + 1}`, `Delete rule ${index + 1}`)}
                onClick={() => of.edit((document) => setAt(document, ["rules", index], undefined))}
              />
            )}
          </Flex>
          <Code of={of} at={["rules", index, "check"]} label={t("必须成立", "Must be true")} />
          <Bilingual of={of} at={["rules", index, "say"]} label={t("不成立时说", "Otherwise say")} needed />
          <Form.Item
            label={t("然后再问", "Then ask again for")}
            htmlFor={`${id}${index}`}
            style={{ marginBottom: 0 }}
            data-place={`rules.${index}.slot`}
          >
            <Select
              id={`${id}${index}`}
              allowClear
              style={{ maxWidth: 240 }}
              disabled={of.disabled}
              placeholder={t("不再问，到此为止", "Nothing: it ends there")}
              value={textAt(of.document, ["rules", index, "slot"]) || null}
              onChange={(slot: string | null) =>
                of.edit((document) => setAt(document, ["rules", index, "slot"], slot ?? undefined))
              }
              options={slots.map((value) => ({ value, label: value }))}
            />
          </Form.Item>
        </div>
      ))}
      {!of.disabled && (
        <Button
          icon={<PlusOutlined />}
          style={{ alignSelf: "start" }}
          onClick={() =>
            of.edit((document) => {
              const rule = document.createNode({ check: "true", say: { zh: "", en: "" } });
              if (document.hasIn(["rules"])) document.addIn(["rules"], rule);
              else document.setIn(["rules"], document.createNode([rule]));
            })
          }
        >
          {t("加一条规则", "Add a rule")}
        </Button>
      )}
    </Flex>
  );
}

export function Action({ of }: { of: Editing }) {
  const t = useText();
  const id = useId();
  return (
    <>
      <Form.Item label={t("影响", "Effect")} htmlFor={id} style={{ marginBottom: 12 }} data-place="effect">
        <Select
          id={id}
          style={{ maxWidth: 320 }}
          disabled={of.disabled}
          value={textAt(of.document, ["effect"])}
          onChange={(effect) => of.edit((document) => setAt(document, ["effect"], effect))}
          options={[
            { value: "read", label: t("只查询，听懂就办", "Looks up; done at once") },
            { value: "write", label: t("改数据，先确认", "Changes data; asks first") },
            { value: "money", label: t("动钱，先确认，最谨慎", "Moves money; asks first, most careful") },
          ]}
        />
      </Form.Item>
      {of.document.hasIn(["run", "sql"]) ? (
        <Code
          of={of}
          at={["run", "sql"]}
          label={t("SQL 语句（:名称 是需要知道的项）", "SQL (:name is what we know)")}
          rows={5}
        />
      ) : (
        <Part of={of} />
      )}
    </>
  );
}

/** `run` as text of its own. What can't be read stays here until it can. */
function Part({ of }: { of: Editing }) {
  const t = useText();
  const [text, setText] = useState(() => stringify(dataAt(of.document, ["run"]) ?? {}, { lineWidth: 0 }));
  const [wrong, setWrong] = useState<string>();
  const change = (text: string) => {
    setText(text);
    const part = parseDocument(text);
    const first = part.errors[0];
    setWrong(first?.message);
    if (!first && isNode(part.contents)) of.edit((document) => document.setIn(["run"], part.contents));
  };
  return (
    <Flex vertical gap={8} data-place="run">
      <Typography.Text>
        {t("怎么办（HTTP 请求、多步、转人工或查资料）", "How it is done (a request, steps, a person or documents)")}
      </Typography.Text>
      <Suspense fallback={<Spin />}>
        <Yaml
          text={text}
          onChange={change}
          readOnly={of.disabled}
          label={t("怎么办", "How it is done")}
          height="auto"
        />
      </Suspense>
      {wrong && (
        <Alert
          type="error"
          showIcon
          message={t("读不懂，改好之前不会保存这一段", "Can't be read; this part is only stored once it can")}
          description={wrong}
        />
      )}
    </Flex>
  );
}
