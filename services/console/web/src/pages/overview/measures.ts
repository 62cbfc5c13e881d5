// What each number is called, what it means in one sentence, and how it is written.
import type { Translate } from "../../frame/text";
import type { Figures } from "./types";

export type Name = Exclude<keyof Figures, "key">;

export interface Measure {
  name: Name;
  title: string;
  about: string;
  form: (value: number) => string;
}

const whole = (value: number) => Math.round(value).toLocaleString("en-US");
const percent = (value: number) => `${(value * 100).toFixed(value > 0 && value < 0.1 ? 1 : 0)}%`;

/** Every number that is shown, by name. */
export function measures(t: Translate): Record<Name, Measure> {
  const of = (name: Name, title: string, about: string, form: (value: number) => string): Measure => ({
    name,
    title,
    about,
    form,
  });
  return {
    turns: of("turns", t("消息数", "Messages"), t("用户发来的消息条数。", "Messages that users sent."), whole),
    conversations: of(
      "conversations",
      t("对话数", "Conversations"),
      t("有过消息的对话个数。", "Conversations in which something was said."),
      whole,
    ),
    tasks: of("tasks", t("事项数", "Tasks"), t("用户开始要办的事。", "Things that users began to ask for."), whole),
    completed: of(
      "completed",
      t("办成数", "Tasks done"),
      t("其中办成或答上的。", "Those of them that were done."),
      whole,
    ),
    completion: of(
      "completion",
      t("办成率", "Completion"),
      t("开始要办的事里，办成或答上的比例。", "The share of tasks begun that were done or answered."),
      percent,
    ),
    turns_per_task: of(
      "turns_per_task",
      t("每件事的轮数", "Messages per task"),
      t("办成一件事，用户平均要发几条消息。", "How many messages a task took that was done."),
      (value) => value.toFixed(1),
    ),
    clarification: of(
      "clarification",
      t("反问率", "Clarification"),
      t("要反问“想办哪一件”的消息比例。", "The share of messages after which it asked which task was meant."),
      percent,
    ),
    correction: of(
      "correction",
      t("纠正率", "Correction"),
      t("用户纠正理解或结果的消息比例。", "The share of messages that corrected something."),
      percent,
    ),
    rephrase: of(
      "rephrase",
      t("重说率", "Rephrasing"),
      t("用户换句话再说一遍的消息比例。", "The share of messages that said the same in other words."),
      percent,
    ),
    denial: of(
      "denial",
      t("否定率", "Denial"),
      t("用户对提问说“不”的消息比例。", "The share of messages that said no to a question."),
      percent,
    ),
    cancel: of(
      "cancel",
      t("取消率", "Cancelling"),
      t("用户中途取消的消息比例。", "The share of messages that dropped a task."),
      percent,
    ),
    handoff: of(
      "handoff",
      t("转人工率", "Handed over"),
      t("要找人工或转给人工的消息比例。", "The share of messages where a person was asked for or took over."),
      percent,
    ),
    abandon: of(
      "abandon",
      t("离开率", "Left unfinished"),
      t(
        "问了用户却半小时没有回音的比例。",
        "The share of messages whose question was left unanswered for half an hour.",
      ),
      percent,
    ),
    llm_share: of(
      "llm_share",
      t("用到大模型", "Language model used"),
      t("请教了大模型的消息比例，越低越快越省。", "The share of messages for which a large language model was asked."),
      percent,
    ),
    llm_tokens: of(
      "llm_tokens",
      t("大模型词元", "Tokens"),
      t("大模型收发的词元数。", "Tokens sent to and from it."),
      whole,
    ),
    llm_cost_micros: of(
      "llm_cost_micros",
      t("大模型花费", "Language model spend"),
      t("按配置的单价算出的费用。", "What it cost, by the prices in the settings."),
      (value) => (value / 1e6).toFixed(value >= 1e8 ? 0 : 2),
    ),
    p50_ms: of(
      "p50_ms",
      t("用时中位数", "Median time"),
      t("一半的回答比这更快。", "Half the answers were faster."),
      (value) => `${whole(value)} ms`,
    ),
    p95_ms: of(
      "p95_ms",
      t("用时（95%）", "Time (95%)"),
      t("二十个回答里有十九个比这更快。", "19 of 20 answers were faster."),
      (value) => `${whole(value)} ms`,
    ),
    friction: of(
      "friction",
      t("不顺指数", "Friction index"),
      t("平均每条消息有多不顺，0 为顺利，1 为很不顺。", "How much trouble a message was on average: 0 none, 1 a lot."),
      (value) => value.toFixed(3),
    ),
  };
}

/** A value as it is written; a dash where there is none. */
export function written({ form }: Measure, value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : form(value);
}
