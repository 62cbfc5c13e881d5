// What the API's names mean, in words of daily life. A name that is not known here is shown as it is.
import type { Translate } from "../../frame/text";

type Words = Record<string, [string, string]>;

const of = (words: Words) => (t: Translate, name: string) => {
  const [zh, en] = words[name] ?? [name, name];
  return t(zh, en);
};

const ACTS: Words = {
  affirm: ["同意", "Says yes"],
  deny: ["不同意", "Says no"],
  cancel: ["取消", "Cancels"],
  cancel_all: ["全部取消", "Cancels everything"],
  skip: ["跳过", "Skips"],
  repeat: ["请再说一遍", "Asks to hear it again"],
  help: ["求助", "Asks for help"],
  hand_off: ["找人工", "Wants a person"],
  resume: ["继续", "Goes on"],
  undo: ["撤回", "Takes it back"],
  greet: ["打招呼", "Greets"],
  thank: ["道谢", "Thanks"],
  complain: ["抱怨", "Complains"],
  none_of_these: ["都不是", "None of these"],
  back: ["上一步", "Goes back"],
  again: ["再来一次", "Once more"],
};

export const actWords = of(ACTS);

export const bandWords = of({
  act: ["有把握，直接办", "Sure: acts"],
  confirm: ["较有把握，先确认", "Fairly sure: confirms"],
  ask: ["拿不准，先问清", "Unsure: asks"],
  refuse: ["不在能办的范围", "Not something it can do"],
});

export const pathWords = of({
  model: ["小模型判断", "Decided by the small model"],
  rule: ["按规则判断", "Decided by a rule"],
  llm: ["大模型判断", "Decided by a large language model"],
});

export const actionWords = of({
  ElicitSlot: ["追问一项信息", "Asks for a detail"],
  ElicitSkill: ["问要办哪一件", "Asks which task is meant"],
  ConfirmSkill: ["请用户确认", "Asks for confirmation"],
  Close: ["办完或答完", "Done or answered"],
  Handoff: ["转给人工", "Hands over to a person"],
});

export const actionNames = ["ElicitSlot", "ElicitSkill", "ConfirmSkill", "Close", "Handoff"];

export const sourceWords = of({
  date: ["从话里的日期", "A date in the message"],
  duration: ["由时长推算", "Worked out from a duration"],
  number: ["从话里的数字", "A number in the message"],
  enum: ["从话里的选项词", "A known option in the message"],
  tagged: ["按例句学会识别", "Recognised from examples"],
  accepted: ["用户接受了建议", "A proposal the user took"],
  pattern: ["按格式识别", "A pattern of the skill"],
  contact: ["邮箱或电话", "An address or phone number"],
  boolean: ["是或否", "Yes or no"],
  answer: ["用户的整句回答", "The whole answer"],
  utterance: ["开头的那句话", "The message that began it"],
  default: ["默认值", "The default"],
  computed: ["由其他信息算出", "Computed from other details"],
  context: ["用户身份", "Who the user is"],
  lookup: ["查到的选项", "Looked up"],
  result: ["上次查询的结果", "A row of the last result"],
  form: ["表单或按钮", "A form or button"],
  reasoned: ["大模型提取", "Found by the language model"],
});

type Dot = "success" | "error" | "processing" | "warning" | "default";

const RUN: Record<string, [string, string, Dot]> = {
  succeeded: ["成功", "Succeeded", "success"],
  failed: ["失败", "Failed", "error"],
  running: ["进行中", "Under way", "processing"],
  queued: ["排队中", "Queued", "processing"],
  scheduled: ["已安排", "Scheduled", "processing"],
  waiting: ["等待中", "Waiting", "warning"],
  unknown: ["结果不明", "Outcome unknown", "warning"],
  cancelled: ["已取消", "Cancelled", "default"],
  dead: ["多次失败，已放弃", "Given up after failures", "error"],
};

/** The words and colour of a run's state. */
export function runWords(t: Translate, status: string): { words: string; color: Dot } {
  const [zh, en, color] = RUN[status] ?? [status, status, "default"];
  return { words: t(zh, en), color };
}

export const stateWords = of({
  open: ["进行中", "Open"],
  closed: ["已结束", "Closed"],
  handed_off: ["已转人工", "Handed over"],
});

export const degradedWords = of({
  not_configured: ["没有配置大模型", "No language model is set up"],
  budget_spent: ["大模型的预算用完了", "The language model's budget is spent"],
  breaker_open: ["大模型多次出错，暂停使用", "The language model failed repeatedly and is paused"],
  overloaded: ["大模型正忙", "The language model was busy"],
  deadline: ["大模型没有及时回答", "The language model took too long"],
  failed: ["大模型出错", "The language model failed"],
  invalid: ["大模型的回答不可用", "The language model's answer was unusable"],
});

export const signalWords = of({
  correction: ["用户纠正", "Corrected"],
  rephrase: ["换句话重说", "Said it again"],
  denial: ["用户说不", "Said no"],
  cancel: ["中途取消", "Cancelled"],
  complaint: ["抱怨", "Complained"],
  handoff: ["转人工", "Handed over"],
  repeat_question: ["重复追问", "Same question twice"],
  clarification: ["反问要办哪件", "Asked which task"],
  abandon: ["没办完就离开", "Left unfinished"],
  degraded: ["大模型不可用", "Language model missing"],
});

export const signalNames = [
  "correction",
  "rephrase",
  "denial",
  "cancel",
  "complaint",
  "handoff",
  "repeat_question",
  "clarification",
  "abandon",
  "degraded",
];

export const outcomeWords = of({
  asked: ["追问了信息", "Asked for a detail"],
  clarified: ["问了要办哪件", "Asked which task"],
  confirmed: ["请求确认", "Asked to confirm"],
  done: ["办成了", "Done"],
  failed: ["没办成", "Failed"],
  answered: ["回答了", "Answered"],
  refused: ["说帮不上", "Declined"],
  handed_off: ["转了人工", "Handed over"],
  cancelled: ["取消了", "Cancelled"],
  other: ["其他", "Other"],
});

export const effectWords = of({
  read: ["只查询", "Reads only"],
  write: ["会改数据", "Changes data"],
  money: ["涉及钱款", "Moves money"],
});

export const languageWords = of({ zh: ["中文", "Chinese"], en: ["英文", "English"] });
