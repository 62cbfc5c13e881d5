// The places of a manifest in words.
import { useText } from "../../frame/text";
import { partsOf } from "./jump";

const NAMES: Record<string, [string, string]> = {
  "#": ["开头的注释", "Comment at the top"],
  title: ["标题", "Title"],
  description: ["一句话说明", "In one sentence"],
  when: ["什么时候用", "When it is the right one"],
  examples: ["例句", "Examples"],
  counterexamples: ["像但不是的话", "Sounds like it, but isn't"],
  slots: ["需要知道什么", "What we need to know"],
  facts: ["先查什么", "Looked up first"],
  rules: ["规则", "Rules"],
  requires: ["谁可以办", "Who may have it done"],
  confirm: ["办之前怎么确认", "Asked before it is done"],
  effect: ["影响", "Effect"],
  run: ["办什么", "What is done"],
  reply: ["怎么回答", "The answer"],
  empty: ["没有结果时", "When there is nothing"],
  undo: ["怎么撤回", "How it is taken back"],
};

/** `slots.days` as “what we need to know: days”; what has no words stays as it is. */
export function usePlaceName(): (place: string) => string {
  const t = useText();
  return (place) => {
    const [first = "", ...rest] = partsOf(place);
    const name = NAMES[first];
    if (!name) return place;
    return rest.length > 0 ? `${t(...name)}${t("：", ": ")}${rest.join(".")}` : t(...name);
  };
}
