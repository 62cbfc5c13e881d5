// Fields of the form that write into the manifest's document.
import { Col, Form, Input, Row } from "antd";
import { useId } from "react";
import type { Document } from "yaml";
import { useText } from "../../frame/text";
import { type At, setAt } from "./document";
import { placed } from "./jump";

export interface Editing {
  document: Document;
  edit: (change: (document: Document) => void) => void;
  disabled: boolean;
}

/** The text at a place of the document. */
export function textAt(document: Document, at: At): string {
  const value: unknown = document.getIn(at);
  return typeof value === "string"
    ? value
    : typeof value === "number" || typeof value === "boolean"
      ? String(value)
      : "";
}

/** A value as plain data. */
export function dataAt<T>(document: Document, at: At): T | undefined {
  const node: unknown = document.getIn(at, true);
  return (node as { toJS?: (document: Document) => T } | undefined)?.toJS?.(document);
}

/** One text in both languages. Both empty: the key goes, unless it is needed. */
export function Bilingual({
  of: { document, edit, disabled },
  at,
  label,
  needed = false,
  rows = 1,
}: {
  of: Editing;
  at: At;
  label: string;
  needed?: boolean;
  rows?: number;
}) {
  const t = useText();
  const id = useId();
  const write = (language: "zh" | "en", text: string) =>
    edit((document) => {
      const other = textAt(document, [...at, language === "zh" ? "en" : "zh"]);
      if (text === "" && other === "" && !needed) setAt(document, at, undefined);
      else if (document.hasIn(at)) {
        document.setIn([...at, language], text);
        if (!document.hasIn([...at, "zh"])) document.setIn([...at, "zh"], "");
        if (!document.hasIn([...at, "en"])) document.setIn([...at, "en"], "");
      } else setAt(document, at, language === "zh" ? { zh: text, en: "" } : { zh: "", en: text });
    });
  return (
    <Row gutter={12} data-place={placed(at)}>
      {(["zh", "en"] as const).map((language) => (
        <Col key={language} xs={24} md={12} data-place={placed([...at, language])}>
          <Form.Item
            label={`${label} · ${language === "zh" ? t("中文", "Chinese") : t("英文", "English")}`}
            htmlFor={`${id}${language}`}
            style={{ marginBottom: 12 }}
          >
            <Input.TextArea
              id={`${id}${language}`}
              autoSize={{ minRows: rows, maxRows: 8 }}
              disabled={disabled}
              value={textAt(document, [...at, language])}
              onChange={(event) => write(language, event.target.value)}
              lang={language}
            />
          </Form.Item>
        </Col>
      ))}
    </Row>
  );
}

/** One text of one line or of several, such as a statement. */
export function Code({
  of: { document, edit, disabled },
  at,
  label,
  rows = 1,
}: {
  of: Editing;
  at: At;
  label: string;
  rows?: number;
}) {
  const id = useId();
  return (
    <Form.Item label={label} htmlFor={id} style={{ marginBottom: 12 }} data-place={placed(at)}>
      <Input.TextArea
        id={id}
        autoSize={{ minRows: rows, maxRows: 24 }}
        spellCheck={false}
        disabled={disabled}
        style={{ fontFamily: "ui-monospace, monospace", fontSize: 13 }}
        value={textAt(document, at)}
        onChange={(event) => edit((document) => document.setIn(at, event.target.value))}
      />
    </Form.Item>
  );
}
