// The two languages of the console. Each text stands where it is shown, in both: t("技能", "Skills").
import { createContext, useContext } from "react";

export type Language = "zh" | "en";
export type Translate = (zh: string, en: string) => string;

export interface Settings {
  language: Language;
  dark: boolean;
  setLanguage: (language: Language) => void;
  setDark: (dark: boolean) => void;
}

export const SettingsContext = createContext<Settings | null>(null);

export function useSettings(): Settings {
  const settings = useContext(SettingsContext);
  if (!settings) throw new Error("no settings");
  return settings;
}

/** The function that chooses the text of the language in use. */
export function useText(): Translate {
  const { language } = useSettings();
  return (zh, en) => (language === "zh" ? zh : en);
}
