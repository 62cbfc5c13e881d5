// The manifest as text, with what was found wrong at its lines.
import { yaml } from "@codemirror/lang-yaml";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { Prec } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import CodeMirror from "@uiw/react-codemirror";
import { useEffect, useMemo, useState } from "react";
import type { Schemas } from "../../api/client";
import { useSettings } from "../../frame/text";
import { placeOf, problems } from "./document";
import type { Target } from "./jump";

// The dark theme's greys need a darker ground to be read.
const LEGIBLE = Prec.highest(
  EditorView.theme({
    "&.cm-editor .cm-gutters": { color: "inherit" },
    "[style*='dark'] &.cm-editor, [style*='dark'] &.cm-editor .cm-gutters": { backgroundColor: "#14161a" },
    "[style*='dark'] &.cm-editor .cm-activeLineGutter": { backgroundColor: "#23262c" },
  }),
);

export default function Yaml({
  text,
  onChange,
  findings = [],
  readOnly = false,
  label,
  height = "calc(100vh - 330px)",
  target,
}: {
  text: string;
  onChange?: (text: string) => void;
  findings?: Schemas["FindingView"][];
  readOnly?: boolean;
  label: string;
  height?: string;
  /** Where the cursor is set; each new one sets it again. */
  target?: Target | undefined;
}) {
  const { dark } = useSettings();
  const [view, setView] = useState<EditorView>();
  const extensions = useMemo(
    () => [
      yaml(),
      lintGutter(),
      EditorView.lineWrapping,
      LEGIBLE,
      EditorView.contentAttributes.of({ "aria-label": label }),
    ],
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
  useEffect(() => {
    if (!view || !target) return;
    const { doc } = view.state;
    const at = target.line ? doc.line(Math.min(target.line, doc.lines)) : placeOf(doc.toString(), target.place);
    view.dispatch({
      selection: { anchor: at.from, head: at.to },
      effects: EditorView.scrollIntoView(at.from, { y: "center" }),
    });
    view.focus();
  }, [view, target]);
  return (
    <CodeMirror
      value={text}
      theme={dark ? "dark" : "light"}
      extensions={extensions}
      readOnly={readOnly}
      onCreateEditor={(view) => {
        view.scrollDOM.tabIndex = 0;
        setView(view);
      }}
      onChange={(value) => onChange?.(value)}
      height={height}
      minHeight="200px"
      basicSetup={{ foldGutter: true }}
    />
  );
}
