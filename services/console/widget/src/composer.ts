// Where the user types. Enter sends, Shift+Enter begins a line; Enter that ends a word of an input method does neither.
import { h, icon } from "./dom";
import type { Translate } from "./text";

/** What the server takes at most. */
const LONGEST = 2_000;
const WARN_AT = 1_800;

export class Composer {
  readonly element: HTMLFormElement;
  readonly input: HTMLTextAreaElement;
  private readonly send: HTMLButtonElement;
  private readonly count: HTMLElement;
  private isBusy = false;

  constructor(
    t: Translate,
    private readonly say: (text: string) => void,
  ) {
    this.input = h("textarea", {
      rows: 1,
      maxlength: LONGEST,
      dir: "auto",
      placeholder: t("输入您想办的事", "Type what you need"),
      "aria-label": t("消息", "Message"),
      autocomplete: "off",
      input: () => this.typed(),
      keydown: (event: KeyboardEvent) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
        event.preventDefault();
        this.submit();
      },
    });
    this.send = h("button", { class: "send", type: "submit", "aria-label": t("发送", "Send") }, icon("send"));
    this.count = h("span", { class: "count", "aria-hidden": "true" });
    const submit = (event: Event) => {
      event.preventDefault();
      this.submit();
    };
    this.element = h("form", { class: "composer", submit }, this.input, this.count, this.send);
    this.typed();
  }

  /** While an answer is awaited one may type, but not send. */
  set busy(isBusy: boolean) {
    this.isBusy = isBusy;
    this.typed();
  }

  /** Puts a text there, to be sent or changed by the user. */
  draft(text: string): void {
    this.input.value = text.slice(0, LONGEST);
    this.typed();
  }

  private submit(): void {
    const text = this.input.value.trim();
    if (text === "" || this.isBusy) return;
    this.input.value = "";
    this.typed();
    this.say(text);
  }

  private typed(): void {
    const { input } = this;
    // It keeps the focus, so it is disabled in words only.
    this.send.setAttribute("aria-disabled", String(this.isBusy || input.value.trim() === ""));
    this.count.textContent = input.value.length > WARN_AT ? String(LONGEST - input.value.length) : "";
    input.style.height = "auto";
    if (input.scrollHeight > 0) input.style.height = `${input.scrollHeight}px`;
  }
}
