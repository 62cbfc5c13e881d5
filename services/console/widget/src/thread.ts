// The list of messages as elements. Each is made once and stays, so that a screen reader hears it once.
import type { Choice } from "./api";
import { actionsOf, bubbleOf, timeOf } from "./answer";
import type { Conversation, Item, Said } from "./conversation";
import { h, icon } from "./dom";
import type { Settings } from "./settings";
import type { Translate } from "./text";

/** A pause after which the time is shown. */
const PAUSE_MS = 30 * 60_000;
const NEAR_PX = 80;

interface Shown {
  element: HTMLElement;
  /** What it was made from; made anew when that changes. */
  mark: string;
}

export class Thread {
  readonly element: HTMLElement;
  private readonly scroller: HTMLElement;
  private readonly log: HTMLElement;
  private readonly tail: HTMLElement;
  private readonly toEnd: HTMLButtonElement;
  private readonly shown = new Map<string, Shown>();
  private live: { id: string; element: HTMLElement } | undefined;
  private ticking: ReturnType<typeof setInterval> | undefined;
  private conversation: Conversation | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly t: Translate,
    /** Called when something was said here, by a button or a form. */
    private readonly said: () => void,
  ) {
    this.log = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": t("对话", "Conversation") });
    this.tail = h("div", { class: "tail" });
    this.toEnd = h(
      "button",
      { class: "to-end", type: "button", hidden: true, click: () => this.scrollToEnd() },
      icon("down"),
      t("最新消息", "Latest"),
    );
    this.scroller = h("div", { class: "thread", tabindex: 0, scroll: () => this.scrolled() }, this.log, this.tail);
    this.element = h("div", { class: "threads" }, this.scroller, this.toEnd);
  }

  /** Shows another conversation. */
  show(conversation: Conversation): void {
    this.conversation = conversation;
    this.shown.clear();
    this.log.replaceChildren();
    this.live = undefined;
    this.sync();
  }

  /** Makes the elements fit the conversation. */
  sync(): void {
    const conversation = this.conversation;
    if (!conversation) return;
    const { items } = conversation;
    const wasAtEnd = this.isAtEnd();
    const height = this.scroller.scrollHeight;
    const firstBefore = [...this.shown.keys()][0];
    // A whole conversation that is read again is no news.
    this.log.setAttribute("aria-live", this.shown.size === 0 && items.length > 2 ? "off" : "polite");
    this.log.setAttribute("aria-busy", String(items.some((item) => item.kind === "told" && !item.answer)));
    this.drop(items);
    let before: Element | null = null;
    for (const [index, item] of items.entries()) {
      const element = this.elementOf(item, items[index - 1]);
      const place: Element | null = before ? before.nextElementSibling : this.log.firstElementChild;
      if (place !== element) this.log.insertBefore(element, place);
      before = element;
    }
    this.enliven(conversation);
    this.tail.replaceChildren(...this.below(conversation));
    this.above(conversation);
    const last = items.at(-1);
    const grewAbove = firstBefore !== undefined && items[0] && items[0].id !== firstBefore && last?.kind !== "said";
    if (wasAtEnd || last?.kind === "said") this.scrollTo(last);
    else if (grewAbove) this.scroller.scrollTop += this.scroller.scrollHeight - height;
    this.scrolled();
    this.tick(items);
  }

  scrollToEnd(): void {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /** To the end; or to the beginning of a last answer that is taller than what can be seen. */
  private scrollTo(last: Item | undefined): void {
    const element = last?.kind === "told" ? this.shown.get(last.id)?.element : undefined;
    if (element && element.offsetHeight > this.scroller.clientHeight) this.scroller.scrollTop = element.offsetTop - 12;
    else this.scrollToEnd();
  }

  close(): void {
    clearInterval(this.ticking);
  }

  private isAtEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  private scrolled(): void {
    this.toEnd.hidden = this.isAtEnd();
  }

  private drop(items: Item[]): void {
    const ids = new Set(items.map(({ id }) => id));
    for (const [id, { element }] of this.shown) {
      if (ids.has(id)) continue;
      element.remove();
      this.shown.delete(id);
    }
  }

  private elementOf(item: Item, before: Item | undefined): HTMLElement {
    const mark = item.kind === "said" ? item.state + (item.failure?.reason ?? "") : `${item.text}${!!item.answer}`;
    const known = this.shown.get(item.id);
    if (known?.mark === mark) return known.element;
    const made = this.make(item, before);
    known?.element.replaceWith(made);
    this.shown.set(item.id, { element: made, mark });
    return made;
  }

  private make(item: Item, before: Item | undefined): HTMLElement {
    const { language } = this.settings;
    const isLater = !before || item.at.getTime() - before.at.getTime() > PAUSE_MS;
    const time = isLater && h("time", { class: "time", datetime: item.at.toISOString() }, timeOf(item.at, language));
    const who = item.kind === "said" ? this.t("您：", "You: ") : this.t("助手：", "Assistant: ");
    const hidden = h("span", { class: "unseen" }, who);
    if (item.kind === "told") {
      const bubble = bubbleOf(item, this.means());
      bubble.prepend(hidden);
      return h("div", { class: "message told" }, time, bubble);
    }
    const failure = this.failureOf(item);
    const bubble = h("div", { class: "bubble", dir: "auto" }, hidden, item.text);
    return h("div", { class: `message said ${item.state}` }, time, bubble, failure);
  }

  private failureOf(said: Said): HTMLElement | undefined {
    const { state, failure } = said;
    if (state === "sending" || state === "sent" || !failure) return undefined;
    const t = this.t;
    const texts = {
      unreachable: t("没有送达，请检查网络", "Not sent. Check your connection"),
      limited: t("消息太频繁了", "Too many messages at once"),
      busy: t("现在有些忙", "Busy right now"),
      refused: t("助手暂时无法使用，请稍后再来", "The assistant isn’t available right now"),
      gone: t("这段对话已经结束，请重新说一遍", "This conversation has ended; please say it again"),
      invalid: t("这条消息发送不了，请换个说法", "This can’t be sent; please put it differently"),
      fault: t("出了点问题，没有送达", "Something went wrong; not sent"),
    };
    const mayRetry = state === "failed" && !["refused", "gone", "invalid"].includes(failure.reason);
    return h(
      "p",
      { class: "trouble" },
      icon("failed"),
      h("span", {}, texts[failure.reason]),
      state === "waiting" && h("span", { class: "countdown", "aria-hidden": "true", "data-until": said.until ?? 0 }),
      mayRetry &&
        h("button", { class: "link", type: "button", click: () => this.conversation?.retry(said) }, t("重试", "Retry")),
    );
  }

  /** Buttons and fields belong to the last answer only. */
  private enliven(conversation: Conversation): void {
    const open = conversation.busy ? undefined : conversation.open;
    if (this.live && this.live.id === open?.id) return;
    this.live?.element.remove();
    this.live = undefined;
    const actions = open && actionsOf(open, this.means());
    if (!open || !actions) return;
    this.shown.get(open.id)?.element.append(actions);
    this.live = { id: open.id, element: actions };
  }

  private means() {
    return {
      t: this.t,
      language: this.settings.language,
      press: (choice: Choice) => {
        this.conversation?.press(choice);
        this.said();
      },
      fill: (words: string, inputs: Record<string, unknown>) => {
        this.conversation?.fill(words, inputs);
        this.said();
      },
    };
  }

  /** What stands below the messages: that an answer is coming, or that something else is under way. */
  private below(conversation: Conversation): HTMLElement[] {
    const { items, busy, restoring } = conversation;
    const last = items.at(-1);
    const isComing = busy && last?.kind === "said" && last.state === "sending";
    if (isComing || restoring) {
      const words = restoring ? this.t("正在读取对话", "Reading the conversation") : this.t("正在输入", "Typing");
      const dots = ["", "", ""].map(() => h("i", {}));
      return [h("div", { class: "dots", role: "status" }, h("span", { class: "unseen" }, words), ...dots)];
    }
    return [];
  }

  /** What stands above them: older ones, what went wrong, or how to begin. */
  private above(conversation: Conversation): void {
    const { items, trouble, hasEarlier, restoring } = conversation;
    const t = this.t;
    const parts: HTMLElement[] = [];
    if (trouble) {
      const again = h(
        "button",
        { class: "link", type: "button", click: () => void conversation.refresh() },
        t("重试", "Retry"),
      );
      const words = t("之前的对话暂时读不出来", "The earlier messages can’t be read right now");
      parts.push(h("p", { class: "trouble", role: "alert" }, icon("failed"), h("span", {}, words), again));
    }
    if (hasEarlier) {
      const more = () => void conversation.earlier();
      parts.push(h("button", { class: "earlier", type: "button", click: more }, t("更早的消息", "Earlier messages")));
    }
    if (items.length === 0 && !restoring && !trouble) parts.push(...this.welcome(conversation));
    this.scroller.querySelector(".above")?.remove();
    if (parts.length > 0) this.log.before(h("div", { class: "above" }, ...parts));
  }

  private welcome(conversation: Conversation): HTMLElement[] {
    const { greeting, suggestions } = this.settings;
    const text = greeting ?? this.t("您好，有什么可以帮您办的？", "Hello! What can I do for you?");
    const chips = suggestions.map((words) => {
      const say = () => {
        conversation.say(words);
        this.said();
      };
      return h("button", { class: "chip", type: "button", dir: "auto", click: say }, words);
    });
    return [
      h("div", { class: "message told" }, h("div", { class: "bubble", dir: "auto" }, h("p", {}, text))),
      h("div", { class: "actions chips", hidden: chips.length === 0 }, ...chips),
    ];
  }

  /** Counts down to the next attempt. */
  private tick(items: Item[]): void {
    clearInterval(this.ticking);
    if (!items.some((item) => item.kind === "said" && item.state === "waiting")) return;
    const count = () => {
      for (const element of this.log.querySelectorAll<HTMLElement>("[data-until]")) {
        const seconds = Math.max(0, Math.ceil((Number(element.dataset["until"]) - Date.now()) / 1000));
        element.textContent = this.t(`${seconds} 秒后自动重发`, `sending again in ${seconds} s`);
      }
    };
    count();
    this.ticking = setInterval(count, 500);
  }
}
