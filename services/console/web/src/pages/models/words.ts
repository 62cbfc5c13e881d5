// The names of data sets and measures, in words. One that is not known here is shown as it is.
import { useText } from "../../frame/text";

type Words = Record<string, [string, string]>;

const SETS: Words = {
  massive_zh: ["MASSIVE 中文（60 种意图）", "MASSIVE Chinese (60 intents)"],
  massive_en: ["MASSIVE 英文（60 种意图）", "MASSIVE English (60 intents)"],
  massive_en_to_zh: ["MASSIVE 英文例句、中文消息", "MASSIVE, English examples, Chinese messages"],
  clinc150: ["CLINC150 英文（150 种意图）", "CLINC150 English (150 intents)"],
  clinc150_out_of_scope: ["CLINC150 含办不了的请求", "CLINC150 with what can’t be done"],
  banking77: ["BANKING77 英文（77 种意图）", "BANKING77 English (77 intents)"],
};

const MEASURES: Words = {
  shots_5: ["准确率，每种意图 5 个例句", "Accuracy with 5 examples of each intent"],
  shots_10: ["准确率，每种意图 10 个例句", "Accuracy with 10 examples of each intent"],
  full: ["准确率，全部例句", "Accuracy with all examples"],
  accuracy: ["准确率", "Accuracy"],
  oos_recall: ["办不了的请求被认出的比例", "Of what can’t be done, recognised"],
  oos_precision: ["判为办不了的里确实办不了的比例", "Of what was refused, rightly so"],
};

/** The set and the measure of a result, in words, and the measure's place among those of the set. */
export function useMeasures(): (what: string) => { set: string; measure: string; rank: number } {
  const t = useText();
  const of = (words: Words, name: string) => {
    const [zh, en] = words[name] ?? [name, name];
    return t(zh, en);
  };
  return (what) => {
    const [set = what, ...rest] = what.split(" ");
    const measure = rest.join(" ");
    return { set: of(SETS, set), measure: of(MEASURES, measure), rank: Object.keys(MEASURES).indexOf(measure) };
  };
}

export function useLanguageNames(): (codes: string[]) => string {
  const t = useText();
  const names: Record<string, string> = { zh: t("中文", "Chinese"), en: t("英文", "English") };
  return (codes) => codes.map((code) => names[code] ?? code).join(t("、", ", "));
}
