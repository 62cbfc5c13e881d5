// Small things that several pages show: times, skills, values, files to save.
import { Badge, Tag, Tooltip, Typography } from "antd";
import dayjs from "dayjs";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useSettings, useText } from "../../frame/text";
import { useSkillNames } from "./pages";
import { runWords, stateWords } from "./words";

/** A time as people read it, in full on hover. */
export function When({ at }: { at: string }) {
  const { language } = useSettings();
  const time = dayjs(at);
  const now = dayjs();
  const form = time.isSame(now, "day")
    ? "HH:mm"
    : time.isSame(now, "year")
      ? language === "zh"
        ? "M月D日 HH:mm"
        : "D/M HH:mm"
      : "YYYY-MM-DD HH:mm";
  return (
    <time dateTime={at} title={time.format("YYYY-MM-DD HH:mm:ss")} style={{ whiteSpace: "nowrap" }}>
      {time.format(form)}
    </time>
  );
}

/** A skill by its title, with its name on hover. */
export function SkillTag({ skill, link = false }: { skill: string; link?: boolean }) {
  const { titleOf } = useSkillNames();
  const title = titleOf(skill);
  const tag = (
    <Tag style={{ marginInlineEnd: 0, maxWidth: 220, overflow: "hidden", textOverflow: "ellipsis" }}>{title}</Tag>
  );
  return (
    <Tooltip title={skill}>
      {link ? (
        <Link to={`/skills/${encodeURIComponent(skill)}`} aria-label={`${title} (${skill})`}>
          {tag}
        </Link>
      ) : (
        tag
      )}
    </Tooltip>
  );
}

/** Text of users: as it is, wrapped. */
export function Said({ children }: { children: string }) {
  return (
    <Typography.Paragraph style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere", margin: 0 }}>
      {children}
    </Typography.Paragraph>
  );
}

/** Text of users in one line, whole on hover. */
export function OneLine({ children, strong = false }: { children: string; strong?: boolean }) {
  return (
    <div
      title={children}
      style={{
        overflow: "hidden",
        textOverflow: "ellipsis",
        whiteSpace: "nowrap",
        ...(strong ? { fontWeight: 600 } : {}),
      }}
    >
      {children}
    </div>
  );
}

/** The state of a conversation: a dot of its colour, and words that can be read on any background. */
export function StateOf({ state }: { state: string }) {
  const t = useText();
  const status = state === "handed_off" ? "warning" : state === "open" ? "processing" : "default";
  return <Badge status={status} text={stateWords(t, state)} style={{ whiteSpace: "nowrap" }} />;
}

/** The state of a run, likewise. */
export function RunState({ status }: { status: string }) {
  const t = useText();
  const { words, color } = runWords(t, status);
  return <Badge status={color} text={words} style={{ whiteSpace: "nowrap" }} />;
}

/** Any value in one line. */
export function plain(value: unknown): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export function Key({ children }: { children: ReactNode }) {
  return (
    <Typography.Text keyboard style={{ fontSize: 12, marginInline: 2 }}>
      {children}
    </Typography.Text>
  );
}

/** Lets the browser save a text as a file. */
export function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
