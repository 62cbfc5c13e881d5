// The two calls of the server that the widget makes, and what can go wrong with them.
import type { components } from "../../web/src/api/schema";
import { eventsOf } from "./events";
import { complain } from "./settings";
import type { Language } from "./text";

type Schemas = components["schemas"];
export type Answer = Schemas["Answer"];
export type Choice = Schemas["Choice"];
export type Execution = Schemas["Execution"];
export type Citation = Schemas["Citation"];
export type MessagePage = Schemas["MessagePage"];

/** What is sent, beside who sends it. */
export interface Message {
  query: string;
  payload?: string;
  inputs?: Record<string, unknown>;
  conversation_id?: string;
}

/** Why a message was not answered. */
export type Reason =
  | "unreachable" // no connection, or the browser does not permit one
  | "limited" // too many messages
  | "busy" // the server can't take it right now
  | "refused" // the key, the page's address or the signature is not accepted
  | "gone" // there is no such conversation any more
  | "invalid" // the message as it is will never be accepted
  | "fault";

export class Failure extends Error {
  constructor(
    readonly reason: Reason,
    detail: string,
    /** Seconds to wait before the next attempt, where the server says so. */
    readonly wait?: number,
  ) {
    super(detail);
  }
}

const REASONS: Record<number, Reason> = {
  400: "invalid",
  401: "refused",
  403: "refused",
  404: "gone",
  408: "busy",
  409: "busy",
  413: "invalid",
  422: "invalid",
  429: "limited",
  502: "busy",
  503: "busy",
  504: "busy",
};

/** After so long without a byte the connection counts as lost; the server sends one every ten seconds. */
const SILENCE_MS = 45_000;

export interface Caller {
  user: string;
  signature?: string;
}

export class Api {
  constructor(
    private readonly base: string,
    private readonly key: string,
    private readonly language: Language,
  ) {}

  /** Sends a message. `onText` hears the text while the answer is on its way. The same `id` is answered once. */
  async send(
    caller: Caller,
    message: Message,
    id: string,
    stop: AbortSignal,
    onText: (text: string) => void,
  ): Promise<Answer> {
    const body = JSON.stringify({ ...message, user: caller.user, response_mode: "streaming" });
    return this.guarded(stop, async (signal, heard) => {
      const response = await this.call("/v1/chat-messages", caller, {
        method: "POST",
        body,
        signal,
        headers: { "Content-Type": "application/json", "Idempotency-Key": id },
      });
      heard();
      if (!response.headers.get("Content-Type")?.startsWith("text/event-stream") || !response.body) {
        return (await response.json()) as Answer;
      }
      for await (const { name, data } of eventsOf(response.body)) {
        heard();
        const said: unknown = JSON.parse(data);
        if (name === "message") onText(String((said as Partial<Answer>).answer ?? ""));
        if (name === "message_end") return said as Answer;
        if (name === "error") throw failureOf(Number((said as Problem).status), said as Problem);
      }
      throw new Failure("unreachable", "the answer broke off");
    });
  }

  /** The messages of a conversation after a number, oldest first. */
  async messages(
    caller: Caller,
    conversation: string,
    { after, limit }: { after: number; limit: number },
    stop: AbortSignal,
  ): Promise<MessagePage> {
    const query = new URLSearchParams({ user: caller.user, after: String(after), limit: String(limit) });
    return this.guarded(stop, async (signal) => {
      const path = `/v1/conversations/${encodeURIComponent(conversation)}/messages?${query}`;
      const response = await this.call(path, caller, { signal });
      return (await response.json()) as MessagePage;
    });
  }

  private async call(path: string, { signature }: Caller, init: RequestInit): Promise<Response> {
    const response = await fetch(this.base + path, {
      ...init,
      credentials: "omit",
      cache: "no-store",
      headers: {
        ...init.headers,
        Authorization: `Bearer ${this.key}`,
        "Accept-Language": this.language,
        ...(signature ? { "X-Paigong-User-Signature": signature } : {}),
      },
    });
    if (response.ok) return response;
    const problem = (await response.json().catch(() => ({}))) as Problem;
    throw failureOf(response.status, problem, Number(response.headers.get("Retry-After")) || undefined);
  }

  /** Makes every error a `Failure`, and ends what is silent for too long. */
  private async guarded<T>(
    stop: AbortSignal,
    work: (signal: AbortSignal, heard: () => void) => Promise<T>,
  ): Promise<T> {
    const inner = new AbortController();
    const end = () => inner.abort();
    let timer = setTimeout(end, SILENCE_MS);
    const heard = () => {
      clearTimeout(timer);
      timer = setTimeout(end, SILENCE_MS);
    };
    if (stop.aborted) end();
    stop.addEventListener("abort", end);
    try {
      return await work(inner.signal, heard);
    } catch (error) {
      if (error instanceof Failure) throw error;
      // A browser does not tell a page why it may not reach a server of another origin.
      if (error instanceof TypeError && navigator.onLine && !stop.aborted) {
        complain(
          `${this.base} can't be reached from ${location.origin}. If it is up, check that the key's origins hold` +
            ` ${location.origin}, and that this page's Content-Security-Policy has ${new URL(this.base).origin} in connect-src.`,
        );
      }
      throw new Failure("unreachable", String(error));
    } finally {
      clearTimeout(timer);
      stop.removeEventListener("abort", end);
    }
  }
}

interface Problem {
  status?: number;
  code?: string;
  title?: string;
  detail?: string | null;
}

function failureOf(status: number, { code, title, detail }: Problem, wait?: number): Failure {
  const reason = REASONS[status] ?? "fault";
  const words = [title, detail].filter(Boolean).join(": ") || `HTTP ${status}`;
  if (reason === "refused" || reason === "invalid") complain(`${words} (${[status, code].filter(Boolean).join(" ")})`);
  return new Failure(reason, words, wait);
}
