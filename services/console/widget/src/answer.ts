// How an answer looks: its text with references, choices, a card to confirm, results as a table, where a run stands.
import type { Answer, Choice, Citation, Execution } from "./api";
import type { Told } from "./conversation";
import { type Icon, h, icon } from "./dom";
import { formOf } from "./form";
import type { Language, Translate } from "./text";

export interface Means {
  t: Translate;
  language: Language;
  press: (choice: Choice) => void;
  fill: (words: string, inputs: Record<string, unknown>) => void;
}

/** The whole of an answer but its buttons. */
export function bubbleOf(told: Told, means: Means): HTMLElement {
  const { t } = means;
  const { answer, text } = told;
  if (!answer) return h("div", { class: "bubble", dir: "auto" }, ...lines(text, []));
  const citations = answer.citations ?? [];
  const shown = withoutSources(withoutOptions(text, answer.dialog_action.options).text, citations);
  const asks = answer.dialog_action.type === "ConfirmSkill";
  return h(
    "div",
    { class: asks ? "bubble confirm" : "bubble", dir: "auto" },
    asks && h("p", { class: "head" }, icon("check"), t("请核对后确认", "Please check and confirm")),
    ...lines(shown, citations),
    ...states(answer, told.confirmed, means),
    answer.dialog_action.type === "Handoff" && state("person", t("已转人工", "Handed over to a person"), "wait"),
    ...(answer.executions ?? []).map(({ result }) => tableOf(result, means)),
    citations.length > 0 && sources(citations, t),
  );
}

/** What may be pressed or filled in now, below an answer. */
export function actionsOf({ answer, text }: Told, means: Means): HTMLElement | undefined {
  if (!answer) return undefined;
  const { options, type } = answer.dialog_action;
  const form = formOf(answer, means.t, means.fill);
  if (form) return form;
  if (options.length === 0) return undefined;
  const { about } = withoutOptions(text, options);
  const isConfirm = type === "ConfirmSkill";
  const areCards = about.some(Boolean);
  const kind = (index: number) => {
    if (isConfirm) return index === 0 ? "button primary" : "button";
    return areCards ? "card" : "chip";
  };
  return h(
    "div",
    {
      class: `actions ${isConfirm ? "row" : areCards ? "cards" : "chips"}`,
      role: "group",
      "aria-label": means.t("可选的回答", "Possible answers"),
    },
    ...options.map((option, index) =>
      h(
        "button",
        { class: kind(index), type: "button", dir: "auto", click: () => means.press(option) },
        about[index]
          ? h("span", { class: "choice" }, h("strong", {}, option.label), h("small", {}, about[index]))
          : option.label,
        areCards && icon("right"),
      ),
    ),
  );
}

/** A list of numbered lines in the text that says the same as the buttons; what it says beside their labels. */
function withoutOptions(text: string, options: Choice[]): { text: string; about: string[] } {
  const rows = text.split("\n");
  const about: string[] = [];
  const at = rows.findIndex((row) => row.startsWith(`1) ${options[0]?.label}`));
  if (at < 0 || options.length === 0) return { text, about };
  for (const [index, { label }] of options.entries()) {
    const start = `${index + 1}) ${label}`;
    const row = rows[at + index];
    if (!row?.startsWith(start)) return { text, about: [] };
    about.push(row.slice(start.length).replace(/^(——|:\s*)/, ""));
  }
  return { text: [...rows.slice(0, at), ...rows.slice(at + options.length)].join("\n").trim(), about };
}

/** The text without the lines at its end that name its sources, which are shown as such. */
function withoutSources(text: string, citations: Citation[]): string {
  if (citations.length === 0) return text;
  const rows = text.split("\n");
  while (rows.length > 1 && /^\[\d+\] /.test(rows.at(-1) ?? "")) rows.pop();
  return rows.join("\n");
}

/** Text as paragraphs: numbered lines hang, references lead to their source. */
function lines(text: string, citations: Citation[]): HTMLElement[] {
  return text
    .split("\n")
    .filter((row) => row.trim() !== "")
    .map((row) => {
      const numbered = /^(\d{1,2}\)) (.*)$/.exec(row);
      if (!numbered) return h("p", {}, ...references(row, citations));
      return h("p", { class: "item" }, h("span", {}, numbered[1] ?? ""), h("span", {}, numbered[2] ?? ""));
    });
}

function references(row: string, citations: Citation[]): (string | HTMLElement)[] {
  if (citations.length === 0) return [row];
  return row.split(/(\[\d+\])/).map((part) => {
    const citation = citations[Number(/^\[(\d+)\]$/.exec(part)?.[1]) - 1];
    return citation ? h("sup", {}, part) : part;
  });
}

function sources(citations: Citation[], t: Translate): HTMLElement {
  const places = citations.map(({ title, heading, text }, index) => {
    const below = heading.startsWith(title) ? heading.slice(title.length).replace(/^\s*[>›]\s*/, "") : heading;
    const place = [title, ...below.split(" > ")].filter(Boolean).join(" › ");
    return h(
      "details",
      {},
      h("summary", {}, h("span", { class: "ref" }, `[${index + 1}]`), h("span", {}, place)),
      h("blockquote", { dir: "auto" }, text),
    );
  });
  return h("div", { class: "sources" }, h("p", { class: "head" }, icon("book"), t("出处", "Sources")), ...places);
}

function state(name: Icon, words: string, kind: "good" | "bad" | "wait"): HTMLElement {
  return h("p", { class: `state ${kind}` }, icon(name), words);
}

/** Where the runs stand; that what was just asked for is done goes without a mark, unless it was confirmed. */
function states({ executions = [] }: Answer, confirmed: boolean, { t, language }: Means): HTMLElement[] {
  const texts: Record<Execution["status"], [Icon, string, "good" | "bad" | "wait"] | undefined> = {
    succeeded: confirmed ? ["done", t("已办成", "Done"), "good"] : undefined,
    failed: ["failed", t("没有办成", "Not done"), "bad"],
    running: ["clock", t("正在办理，有结果会在这里告诉您", "Under way; the result will appear here"), "wait"],
    scheduled: ["clock", t("已安排", "Scheduled"), "wait"],
    waiting: ["clock", t("等待处理，有结果会在这里告诉您", "Waiting; the result will appear here"), "wait"],
    unknown: ["failed", t("结果待核实，我们会尽快处理", "The outcome is being looked into"), "bad"],
    cancelled: ["failed", t("已取消", "Cancelled"), "bad"],
  };
  const shown = new Map<string, HTMLElement>();
  for (const { status, scheduled_at: at } of executions) {
    const text = texts[status];
    if (!text) continue;
    const [name, words, kind] = text;
    const when = at && status === "scheduled" ? ` · ${timeOf(new Date(at), language, true)}` : "";
    shown.set(words + when, state(name, words + when, kind));
  }
  return [...shown.values()];
}

const ROWS = 50;
const COLUMNS = 8;

/** Several rows as a table, folded up since the text speaks of them already. */
function tableOf(rows: Record<string, unknown>[], { t, language }: Means): HTMLElement | undefined {
  const names = columns(rows, language);
  if (rows.length < 2 || names.length < 2) return undefined;
  const title = t(`数据（${rows.length} 行）`, `Data (${rows.length} rows)`);
  const shown = rows.slice(0, ROWS);
  return h(
    "details",
    { class: "data" },
    h("summary", {}, title),
    h(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": title },
      h(
        "table",
        {},
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ...names.map((name) => h("th", { scope: "col" }, name.replace(/_(zh|en)$/, "").replaceAll("_", " "))),
          ),
        ),
        h(
          "tbody",
          {},
          ...shown.map((row) => h("tr", {}, ...names.map((name) => h("td", { dir: "auto" }, cell(row[name]))))),
        ),
      ),
    ),
  );
}

/** The columns worth showing: of those in two languages only the one that is spoken, and no code beside its name. */
function columns(rows: Record<string, unknown>[], language: Language): string[] {
  const all = Object.keys(rows[0] ?? {});
  const other = language === "zh" ? "en" : "zh";
  return all
    .filter((name) => !name.endsWith(`_${other}`) && !all.includes(`${name}_${language}`))
    .filter((name) => rows.some((row) => row[name] !== null && typeof row[name] !== "object"))
    .slice(0, COLUMNS);
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A time of day, with its day where that is not today. */
export function timeOf(at: Date, language: Language, isExact = false): string {
  const isToday = at.toDateString() === new Date().toDateString();
  const day = isToday && !isExact ? {} : ({ month: "short", day: "numeric" } as const);
  return new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", {
    ...day,
    hour: "2-digit",
    minute: "2-digit",
  }).format(at);
}
