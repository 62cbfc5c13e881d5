// The button in the corner of the page and the panel that it opens, in a shadow tree that the page's styles don't reach.
import { Api } from "./api";
import { colorsOf } from "./colors";
import { Composer } from "./composer";
import { Conversation } from "./conversation";
import { h, icon } from "./dom";
import { Memory } from "./memory";
import { type Identity, type Settings, identityOf } from "./settings";
import answers from "./styles/answers.css?inline";
import frame from "./styles/frame.css?inline";
import media from "./styles/media.css?inline";
import messages from "./styles/messages.css?inline";
import { type Translate, translator } from "./text";
import { Thread } from "./thread";

const CSS = frame + messages + answers + media;
const NARROW = matchMedia("(max-width: 520px)");
const TOUCH = matchMedia("(pointer: coarse)");

export class Widget {
  private readonly t: Translate;
  private readonly host: HTMLElement;
  private readonly panel: HTMLElement;
  private readonly launcher: HTMLButtonElement;
  private readonly thread: Thread;
  private readonly composer: Composer;
  private readonly api: Api;
  private readonly memory: Memory;
  private identity: Identity | undefined;
  private conversation: Conversation;
  private readonly gone = new AbortController();
  /** What had the focus before the panel was opened. */
  private before: Element | null = null;

  constructor(private readonly settings: Settings) {
    const t = translator(settings.language);
    this.t = t;
    this.api = new Api(settings.base, settings.key, settings.language);
    this.memory = new Memory(settings.key);
    this.thread = new Thread(settings, t, () => this.focus());
    this.composer = new Composer(t, (text) => this.conversation.say(text));
    this.launcher = h(
      "button",
      {
        class: "launcher",
        type: "button",
        "aria-haspopup": "dialog",
        "aria-expanded": "false",
        "aria-label": this.title,
        click: () => (this.isOpen ? this.close() : this.open()),
      },
      icon("chat"),
      icon("down"),
    );
    this.panel = this.makePanel();
    this.host = document.createElement("paigong-widget");
    this.host.lang = settings.language === "zh" ? "zh-CN" : "en";
    this.draw(this.host.attachShadow({ mode: "open" }));
    this.identity = settings.identity;
    this.conversation = this.begin();
    this.listen();
    document.body.append(this.host);
  }

  private get title(): string {
    return this.settings.title ?? this.t("在线助手", "Assistant");
  }

  get isOpen(): boolean {
    return !this.panel.hidden;
  }

  /** Opens the panel; with a text, that stands ready to be sent. */
  open(text?: string): void {
    if (this.gone.signal.aborted) return;
    if (text !== undefined) this.composer.draft(text);
    if (this.isOpen) return this.focus();
    this.before = document.activeElement;
    this.panel.hidden = false;
    this.launcher.setAttribute("aria-expanded", "true");
    this.mark(false);
    this.fit();
    this.thread.sync();
    this.thread.scrollToEnd();
    this.focus();
    this.conversation.watch(document.visibilityState === "visible");
  }

  close(): void {
    if (!this.isOpen) return;
    const hadFocus = this.host.shadowRoot?.activeElement != null;
    this.panel.hidden = true;
    this.launcher.setAttribute("aria-expanded", "false");
    this.conversation.watch(false);
    if (!hadFocus) return;
    const before = this.before;
    if (before instanceof HTMLElement && before.isConnected && before !== this.host && before !== document.body) {
      before.focus();
    } else this.launcher.focus();
  }

  /** Goes on as a user of the page's own, whose id its server has signed; without one as the anonymous visitor. */
  identify(user?: string, signature?: string): void {
    this.conversation.close();
    this.identity = identityOf(user, signature);
    this.conversation = this.begin();
    if (this.isOpen) this.conversation.watch(true);
  }

  destroy(): void {
    this.gone.abort();
    this.conversation.close();
    this.thread.close();
    this.host.remove();
  }

  private begin(): Conversation {
    const caller = this.identity ?? { user: this.memory.visitor() };
    const conversation = new Conversation(this.api, this.memory, caller, () => {
      this.composer.busy = conversation.busy;
      this.thread.sync();
      if (!this.isOpen && conversation.open?.answer) this.mark(true);
    });
    this.thread.show(conversation);
    this.composer.busy = false;
    return conversation;
  }

  private makePanel(): HTMLElement {
    const t = this.t;
    const close = h(
      "button",
      { class: "tool", type: "button", "aria-label": t("关闭", "Close"), click: () => this.close() },
      icon("close"),
    );
    const fresh = h(
      "button",
      {
        class: "tool",
        type: "button",
        "aria-label": t("开始新对话", "New conversation"),
        click: () => this.startOver(),
      },
      icon("fresh"),
    );
    const tools = h("div", { class: "tools" }, fresh, close);
    const name = h("h2", { id: "title", dir: "auto" }, this.title);
    const avatar = h("span", { class: "avatar" }, icon("chat"));
    return h(
      "section",
      { class: "panel", role: "dialog", "aria-labelledby": "title", hidden: true },
      h("header", {}, avatar, name, tools),
      this.thread.element,
      this.composer.element,
    );
  }

  /** Adds everything to the shadow tree. A constructed style sheet needs no leave of the page's policy. */
  private draw(shadow: ShadowRoot): void {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      shadow.adoptedStyleSheets = [sheet];
    } catch {
      // Browsers of before 2023.
      shadow.append(h("style", {}, CSS));
    }
    const root = h("div", { class: `root ${this.settings.position}`, dir: "ltr" }, this.panel, this.launcher);
    for (const [name, value] of Object.entries(colorsOf(this.settings.color))) root.style.setProperty(name, value);
    shadow.append(root);
  }

  private listen(): void {
    const { signal } = this.gone;
    const isComposing = (event: KeyboardEvent) => event.isComposing || event.keyCode === 229;
    this.panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !isComposing(event)) {
        event.stopPropagation();
        this.close();
      }
      if (event.key === "Tab") this.keepFocus(event);
    });
    document.addEventListener(
      "visibilitychange",
      () => this.isOpen && this.conversation.watch(document.visibilityState === "visible"),
      { signal },
    );
    NARROW.addEventListener("change", () => this.fit(), { signal });
    // A keyboard on the screen takes its room from the panel, not from its head.
    visualViewport?.addEventListener("resize", () => this.fit(), { signal });
    visualViewport?.addEventListener("scroll", () => this.fit(), { signal });
  }

  /** The tab key goes round in the panel. */
  private keepFocus(event: KeyboardEvent): void {
    const all = [
      ...this.panel.querySelectorAll<HTMLElement>("button, textarea, input, select, summary, [tabindex='0']"),
    ];
    const reachable = all.filter((element) => element.getClientRects().length > 0);
    const active = this.host.shadowRoot?.activeElement;
    const [end, start] = event.shiftKey ? [reachable[0], reachable.at(-1)] : [reachable.at(-1), reachable[0]];
    if (active !== end || !start) return;
    event.preventDefault();
    start.focus();
  }

  /** The field that is asked for, or the composer; on a touch screen nothing that brings the keyboard up. */
  private focus(): void {
    if (TOUCH.matches) this.panel.querySelector<HTMLElement>(".thread")?.focus();
    else this.composer.input.focus();
  }

  private fit(): void {
    const view = visualViewport;
    const isFull = NARROW.matches && this.isOpen;
    this.panel.setAttribute("aria-modal", String(isFull));
    const { style } = this.panel;
    style.height = isFull && view ? `${view.height}px` : "";
    style.top = isFull && view ? `${view.offsetTop}px` : "";
  }

  /** Says on the button that an answer came while the panel was closed. */
  private mark(isUnread: boolean): void {
    this.launcher.classList.toggle("unread", isUnread);
    this.launcher.setAttribute(
      "aria-label",
      isUnread ? this.t("有新消息，", "New message, ") + this.title : this.title,
    );
  }

  private startOver(): void {
    this.conversation.forget();
    this.conversation = this.begin();
    this.conversation.watch(true);
    this.focus();
  }
}
