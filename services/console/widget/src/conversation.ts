// A conversation as the widget knows it: what was said and answered, what is on its way, what is still to come. No elements.
import { type Answer, type Api, type Caller, type Choice, type Execution, Failure, type Message } from "./api";
import type { Kept, Memory } from "./memory";

/** Something the user said, pressed or filled in. */
export interface Said {
  kind: "said";
  /** Its Idempotency-Key as well: however often it is sent, it is done once. */
  id: string;
  number?: number;
  text: string;
  at: Date;
  /** waiting: it is sent again by itself at `until`. */
  state: "sending" | "waiting" | "sent" | "failed";
  failure?: Failure;
  until?: number;
  message: Message;
}

/** An answer, or a message about a result that came later. */
export interface Told {
  kind: "told";
  id: string;
  number?: number;
  text: string;
  at: Date;
  /** Absent while the text is still coming. */
  answer?: Answer;
  /** Whether it answers a confirmation, so that success is worth a mark. */
  confirmed: boolean;
}

export type Item = Said | Told;

const PAGE = 40;
const PAGES = 10;
const LOOK_MS = 2_000;
const LOOK_LONGEST_MS = 30_000;
const ATTEMPTS = 4;
const DEFAULT_WAIT = { limited: 5, busy: 2, unreachable: 3 } as const;

const ENDED: Execution["status"][] = ["succeeded", "failed", "unknown", "cancelled"];

export class Conversation {
  items: Item[] = [];
  /** Whether the messages of before are being read; why that failed. */
  restoring = false;
  trouble: Failure | undefined;
  private kept: Kept | undefined;
  private current: Said | undefined;
  private readonly stop = new AbortController();
  private watching = false;
  private looks = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly api: Api,
    private readonly memory: Memory,
    private readonly caller: Caller,
    private readonly changed: () => void,
  ) {
    this.kept = memory.conversation(caller.user);
  }

  /** Whether an answer is awaited. */
  get busy(): boolean {
    return this.current !== undefined;
  }

  /** Whether there are older messages that are not shown. */
  get hasEarlier(): boolean {
    const first = this.items.find(({ number }) => number !== undefined)?.number;
    return first !== undefined && first > 1;
  }

  /** The answer whose buttons may be pressed: the last one, unless something was said since. */
  get open(): Told | undefined {
    const last = this.items.at(-1);
    return last?.kind === "told" ? last : undefined;
  }

  say(text: string): void {
    this.put(text, { query: text });
  }

  press({ label, payload }: Choice): void {
    this.put(label, { query: "", payload });
  }

  fill(words: string, inputs: Record<string, unknown>): void {
    this.put(words, { query: "", inputs });
  }

  retry(said: Said): void {
    if (this.busy || said.state !== "failed") return;
    if (this.kept && !said.message.conversation_id) {
      // It was to begin a conversation, and another message has begun one since: another body, so another key.
      said.id = newId();
      said.message.conversation_id = this.kept.id;
    }
    // What was tried again is the last thing said.
    this.items = [...this.items.filter((item) => item !== said), said];
    void this.deliver(said);
  }

  /** Ends the conversation here; the next one begins anew. */
  forget(): void {
    this.close();
    this.remember(undefined);
  }

  /** Reads what was said before, or what has come since. */
  async refresh(): Promise<void> {
    if (!this.kept || this.busy || this.restoring) return;
    const isFirst = this.items.length === 0;
    this.restoring = isFirst;
    this.trouble = undefined;
    if (isFirst) this.changed();
    try {
      await this.read(isFirst ? Math.max(0, this.kept.last - PAGE) : this.kept.last);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.reason === "gone") this.remember(undefined);
      else if (isFirst) this.trouble = error;
    } finally {
      this.restoring = false;
      if (!this.stop.signal.aborted) {
        this.changed();
        this.look();
      }
    }
  }

  /** Reads a page of older messages. */
  async earlier(): Promise<void> {
    const first = this.items.find(({ number }) => number !== undefined)?.number;
    if (!this.kept || first === undefined || first <= 1) return;
    const after = Math.max(0, first - 1 - PAGE);
    const range = { after, limit: first - 1 - after };
    const page = await this.api.messages(this.caller, this.kept.id, range, this.stop.signal).catch(() => undefined);
    if (!page) return;
    const older: Item[] = [];
    for (const row of page.data) this.take(older, row);
    this.items = [...older, ...this.items];
    this.changed();
  }

  /** Looks for results now and then while somebody watches and something is under way. */
  watch(isWatching: boolean): void {
    this.watching = isWatching;
    this.looks = 0;
    clearTimeout(this.timer);
    if (isWatching) void this.refresh();
  }

  close(): void {
    this.stop.abort();
    clearTimeout(this.timer);
  }

  private look(): void {
    clearTimeout(this.timer);
    if (!this.watching || this.busy || underWay(this.items).size === 0) return;
    const wait = Math.min(LOOK_MS * 1.5 ** this.looks, LOOK_LONGEST_MS);
    this.timer = setTimeout(() => {
      this.looks += 1;
      void this.refresh();
    }, wait);
  }

  private put(text: string, message: Message): void {
    if (this.busy) return;
    // The body stays the same with every attempt: the server compares it with the first one's.
    const whole = this.kept ? { ...message, conversation_id: this.kept.id } : message;
    const said: Said = { kind: "said", id: newId(), text, at: new Date(), state: "sending", message: whole };
    this.items.push(said);
    void this.deliver(said);
  }

  private async deliver(said: Said): Promise<void> {
    this.current = said;
    this.looks = 0;
    for (let attempt = 1; ; attempt += 1) {
      said.state = "sending";
      delete said.failure;
      this.changed();
      try {
        const answer = await this.attempt(said);
        said.state = "sent";
        this.arrived(said, answer);
        break;
      } catch (error) {
        if (this.stop.signal.aborted) return;
        const failure = error instanceof Failure ? error : new Failure("fault", String(error));
        said.failure = failure;
        if (failure.reason === "gone" && this.kept && said.message.query !== "") {
          // Erased meanwhile. What was said is complete in itself, so it begins another conversation.
          this.remember(undefined);
          said.id = newId();
          delete said.message.conversation_id;
          continue;
        }
        const wait = attempt < ATTEMPTS ? patience(failure) : undefined;
        if (wait === undefined) {
          said.state = "failed";
          break;
        }
        said.state = "waiting";
        said.until = Date.now() + wait * 1000;
        this.changed();
        await pause(wait * 1000, this.stop.signal, failure.reason === "unreachable");
        if (this.stop.signal.aborted) return;
      }
    }
    this.current = undefined;
    this.changed();
    this.look();
  }

  private async attempt(said: Said): Promise<Answer> {
    const told: Told = { kind: "told", id: said.id, text: "", at: new Date(), confirmed: false };
    const onText = (text: string) => {
      told.text = text;
      if (!this.items.includes(told)) this.items.push(told);
      this.changed();
    };
    try {
      return await this.api.send(this.caller, said.message, said.id, this.stop.signal, onText);
    } finally {
      this.items = this.items.filter((item) => item !== told);
    }
  }

  private arrived(said: Said, answer: Answer): void {
    const kept = this.kept?.id === answer.conversation_id ? this.kept : undefined;
    const { last, pressed } = kept ?? { last: 0, pressed: {} };
    const words = said.message.query === "" ? { ...pressed, [answer.message_id]: said.text } : pressed;
    this.remember({ id: answer.conversation_id, last, pressed: words });
    if (!this.items.some(({ id }) => id === answer.message_id)) this.tell(this.items, answer, new Date());
  }

  private tell(items: Item[], answer: Answer, at: Date, number?: number): void {
    const before = items.findLast((item): item is Told => item.kind === "told");
    const confirmed = before?.answer?.dialog_action.type === "ConfirmSkill";
    const told: Told = { kind: "told", id: answer.message_id, text: answer.answer, at, answer, confirmed };
    items.push(number === undefined ? told : { ...told, number });
  }

  /** Reads pages after a number to the end. */
  private async read(from: number): Promise<void> {
    let after = from;
    for (let pages = 0; pages < PAGES && this.kept; pages += 1) {
      const page = await this.api.messages(this.caller, this.kept.id, { after, limit: 100 }, this.stop.signal);
      // What is being said right now comes with its own answer.
      if (this.busy || !this.kept) return;
      for (const row of page.data) {
        const known = this.items.find(({ id }) => id === row.response.message_id);
        if (known) known.number = row.number;
        else this.take(this.items, row);
        after = row.number;
      }
      this.remember({ ...this.kept, last: Math.max(this.kept.last, after) });
      if (!page.has_more) return;
    }
  }

  private take(items: Item[], row: { number: number; query: string; response: Answer; created_at: string }): void {
    const { number, response } = row;
    const at = new Date(row.created_at);
    const text = row.query || this.kept?.pressed[response.message_id];
    // It did arrive, though this page was not told.
    const lost = this.items.findIndex((item) => item.kind === "said" && item.state === "failed" && item.text === text);
    if (lost >= 0) this.items.splice(lost, 1);
    if (text) {
      const message = { query: text };
      items.push({ kind: "said", id: `${response.message_id}/said`, number, text, at, state: "sent", message });
    }
    this.tell(items, response, at, number);
  }

  private remember(kept: Kept | undefined): void {
    this.kept = kept;
    this.memory.keep(this.caller.user, kept);
  }
}

/** The runs that have not ended, by what was told of them last. */
export function underWay(items: Item[]): Set<string> {
  const open = new Set<string>();
  for (const item of items) {
    if (item.kind !== "told") continue;
    for (const { id, status } of item.answer?.executions ?? []) {
      if (ENDED.includes(status)) open.delete(id);
      else open.add(id);
    }
  }
  return open;
}

/** Seconds until the next attempt by itself; undefined where only a person can know better. */
function patience({ reason, wait }: Failure): number | undefined {
  if (reason !== "limited" && reason !== "busy" && reason !== "unreachable") return undefined;
  return wait ?? DEFAULT_WAIT[reason];
}

/** Ends after so long, when stopped, or as soon as the connection is back. */
function pause(ms: number, stop: AbortSignal, isOffline: boolean): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      stop.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    stop.addEventListener("abort", done);
    if (isOffline) addEventListener("online", done);
  });
}

/** 128 bits, also on pages without TLS, where crypto.randomUUID is missing. */
function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
