// A time as people read it, with the exact one on hover.
import { Tooltip } from "antd";
import { useSettings, useText } from "./text";

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export function useInstant(): { exact: (at: string) => string; near: (at: string) => string } {
  const { language } = useSettings();
  const t = useText();
  const locale = language === "zh" ? "zh-CN" : "en-GB";
  const exact = (at: string) =>
    new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
  const near = (at: string) => {
    const seconds = (new Date(at).getTime() - Date.now()) / 1_000;
    if (Math.abs(seconds) < 60) return t("刚刚", "just now");
    if (Math.abs(seconds) > 14 * 86_400) return exact(at);
    const [unit, size] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? ["minute", 60];
    return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(Math.round(seconds / size), unit);
  };
  return { exact, near };
}

export function Instant({ at }: { at: string | null | undefined }) {
  const { exact, near } = useInstant();
  if (!at) return <>–</>;
  return (
    <Tooltip title={exact(at)}>
      <time dateTime={at}>{near(at)}</time>
    </Tooltip>
  );
}
