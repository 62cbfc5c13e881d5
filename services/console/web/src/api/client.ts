// Calls of the admin API: JSON in and out, the CSRF token, and problems as exceptions with words for people.
import type { components } from "./schema";

export type Schemas = components["schemas"];

/** An error answer of the API. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  /** Seconds after which to try again, where the server says so. */
  readonly retryAfter: number | undefined;
  /** The whole body, for answers that carry more than words. */
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>, retryAfter?: number) {
    super(String(body["detail"] ?? body["title"] ?? `HTTP ${status}`));
    this.status = status;
    this.code = String(body["code"] ?? "");
    this.retryAfter = retryAfter;
    this.body = body;
  }
}

let csrf = "";
let language = "zh";

/** Remembers what later calls have to bring along. */
export function remember(token: string): void {
  csrf = token;
}

/** The language in which the server explains itself. */
export function speak(to: string): void {
  language = to;
}

export interface Call {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Sent as JSON; a file as it is. */
  body?: unknown;
  /** Left out where undefined or empty. */
  query?: Record<string, string | number | boolean | undefined>;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Sends a request, and returns what was answered, with its ETag. */
export async function send<T>(path: string, call: Call = {}): Promise<{ data: T; etag: string | null }> {
  const method = call.method ?? "GET";
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined && value !== "") query.set(name, String(value));
  }
  const headers: Record<string, string> = { "Accept-Language": language, ...call.headers };
  if (method !== "GET") headers["X-CSRF-Token"] = csrf;
  const isFile = call.body instanceof Blob;
  if (call.body !== undefined) headers["Content-Type"] ??= isFile ? "application/octet-stream" : "application/json";
  const response = await fetch(query.size > 0 ? `${path}?${query}` : path, {
    method,
    headers,
    ...(call.body === undefined ? {} : { body: isFile ? (call.body as Blob) : JSON.stringify(call.body) }),
    ...(call.signal ? { signal: call.signal } : {}),
  }).catch((error: unknown) => {
    if (error instanceof DOMException) throw error;
    const words =
      language === "zh"
        ? "连不上服务器，请检查网络后重试"
        : "The server can't be reached; check the network and try again";
    throw new Problem(0, { detail: words, code: "unreachable" });
  });
  const text = await response.text();
  const isJson = (response.headers.get("Content-Type") ?? "").includes("json");
  const data: unknown = isJson && text !== "" ? JSON.parse(text) : text;
  if (!response.ok) {
    const body = typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
    const wait = Number(response.headers.get("Retry-After"));
    throw new Problem(response.status, body, wait > 0 ? wait : undefined);
  }
  return { data: data as T, etag: response.headers.get("ETag") };
}

/** Sends a request, and returns what was answered. */
export async function call<T>(path: string, options: Call = {}): Promise<T> {
  return (await send<T>(path, options)).data;
}
