// What the page's script tag says, checked. What can't be used is told to the page's developer and left out.
import { type Language, languageOf } from "./text";

export interface Identity {
  user: string;
  signature: string;
}

export interface Settings {
  /** Where the server is, without a slash at the end. */
  base: string;
  key: string;
  identity: Identity | undefined;
  language: Language;
  title: string | undefined;
  greeting: string | undefined;
  /** Things to say first, shown as buttons. */
  suggestions: string[];
  color: string;
  position: "left" | "right";
}

const BLUE = "#1554d1";
const SUGGESTIONS = 4;

/** Tells the developer of the page what to change. */
export function complain(problem: string, detail?: unknown): void {
  console.error(`[paigong] ${problem}`, ...(detail === undefined ? [] : [detail]));
}

/** The tag that this script came with. */
export function ownTag(): HTMLScriptElement | undefined {
  const current = document.currentScript;
  if (current instanceof HTMLScriptElement) return current;
  // As a module, or put in by another script that has ended.
  const tags = [...document.querySelectorAll<HTMLScriptElement>("script[data-key][src]")];
  return tags.filter(({ src }) => new URL(src, location.href).pathname.endsWith("/widget.js")).at(-1);
}

/** Who is meant by a user and a signature; nobody where one of them is missing. */
export function identityOf(user: string | undefined, signature: string | undefined): Identity | undefined {
  if (!user && !signature) return undefined;
  if (user && signature && /^[0-9a-f]{64}$/i.test(signature)) return { user, signature };
  complain(
    "user and signature belong together: the signature is the hex HMAC-SHA256 of the user, made on your server with the" +
      " key's signing secret. Without both, the visitor stays anonymous.",
  );
  return undefined;
}

export function settingsOf(tag: HTMLScriptElement): Settings | undefined {
  const { key, user, signature, language, title, greeting, suggestions, color, position } = tag.dataset;
  if (!key?.startsWith("pg_")) {
    complain('data-key is missing or no key of Paigong: <script src="…/widget.js" data-key="pg_…" async></script>');
    return undefined;
  }
  const isColor = color === undefined || /^#[0-9a-f]{6}$/i.test(color);
  if (!isColor) complain(`data-color must look like ${BLUE}; it is "${color}"`);
  const isPosition = position === undefined || position === "left" || position === "right";
  if (!isPosition) complain(`data-position is left or right; it is "${position}"`);
  return {
    base: new URL(tag.src, location.href).href.replace(/\/widget\.js(?:[?#].*)?$/, ""),
    key,
    identity: identityOf(user, signature),
    language: languageOf(language),
    title: title || undefined,
    greeting: greeting || undefined,
    suggestions: (suggestions ?? "")
      .split("|")
      .map((text) => text.trim())
      .filter(Boolean)
      .slice(0, SUGGESTIONS),
    color: isColor && color ? color : BLUE,
    position: position === "left" ? "left" : "right",
  };
}
