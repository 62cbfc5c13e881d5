// The manifest as text, with what was found wrong at its lines.
import { yaml } from "@codemirror/lang-yaml";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorView } from "@codemirror/view";
import CodeMirror from "@uiw/react-codemirror";
import { useEffect, useMemo, useState } from "react";
import type { Schemas } from "../../api/client";
import { useSettings } from "../../frame/text";
import { placeOf, problems } from "./document";

export default function Yaml({
  text,
  onChange,
  findings = [],
  readOnly = false,
  label,
  height = "calc(100vh - 330px)",
}: {
  text: string;
  onChange?: (text: string) => void;
  findings?: Schemas["FindingView"][];
  readOnly?: boolean;
  label: string;
  height?: string;
}) {
  const { dark } = useSettings();
  const [view, setView] = useState<EditorView>();
  const extensions = useMemo(
    () => [yaml(), lintGutter(), EditorView.lineWrapping, EditorView.contentAttributes.of({ "aria-label": label })],
    [label],
  );
  useEffect(() => {
    if (!view) return;
    const end = view.state.doc.length;
    const own: Diagnostic[] = problems(text).map(({ from, to, message }) => ({
      from: Math.min(from, end),
      to: Math.min(to, end),
      severity: "error",
      message,
    }));
    const found: Diagnostic[] = findings.map(({ line, place, message, severity }) => {
      const row = line ? view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines)) : undefined;
      const { from, to } = row ?? placeOf(text, place);
      return {
        from: Math.min(from, end),
        to: Math.min(to, end),
        severity: severity === "error" ? "error" : "warning",
        message,
      };
    });
    view.dispatch(setDiagnostics(view.state, own.length > 0 ? own : found));
  }, [view, text, findings]);
  return (
    <CodeMirror
      value={text}
      theme={dark ? "dark" : "light"}
      extensions={extensions}
      readOnly={readOnly}
      onCreateEditor={setView}
      onChange={(value) => onChange?.(value)}
      height={height}
      minHeight="200px"
      basicSetup={{ foldGutter: true }}
    />
  );
}
