// The two languages of the widget. Each text stands where it is shown, in both: t("发送", "Send").
export type Language = "zh" | "en";
export type Translate = (zh: string, en: string) => string;

export function translator(language: Language): Translate {
  return (zh, en) => (language === "zh" ? zh : en);
}

/** The language to speak: the one that is asked for, else the browser's. */
export function languageOf(wanted: string | undefined): Language {
  const tag = (wanted || navigator.language || "").toLowerCase();
  return tag.startsWith("zh") ? "zh" : "en";
}
