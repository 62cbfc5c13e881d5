// The manifest as a document that a form changes without touching what it does not know: comments, order and style stay.
import { type Document, type Node, isCollection, isMap, isNode, isPair, isScalar, parseDocument } from "yaml";

export type At = (string | number)[];

/** What keeps a text from being read, with its place. */
export function problems(text: string): { from: number; to: number; message: string }[] {
  return parseDocument(text).errors.map(({ pos, message }) => ({
    from: pos[0],
    to: pos[1],
    message: message.split("\n")[0] ?? message,
  }));
}

/** The document of a text, or null while it can't be read. */
export function documentOf(text: string): Document | null {
  const document = parseDocument(text);
  return document.errors.length === 0 && isMap(document.contents) ? document : null;
}

/** The text with a change made to its document. */
export function changed(text: string, change: (document: Document) => void): string {
  const document = documentOf(text);
  if (!document) return text;
  change(document);
  return document.toString({
    lineWidth: 0,
    doubleQuotedMinMultiLineLength: 100_000,
    flowCollectionPadding: false,
    indentSeq: !/^\w+:\n- /m.test(text),
  });
}

/** Sets a value; an empty one takes the key out, and what is left empty by that with it. */
export function setAt(document: Document, at: At, value: unknown): void {
  const isEmpty = value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
  if (!isEmpty) {
    const old = document.getIn(at, true);
    if (isScalar(old) && typeof value !== "object") old.value = value;
    else document.setIn(at, isNode(value) ? value : document.createNode(value));
    return;
  }
  document.deleteIn(at);
  const above = at.slice(0, -1);
  const parent = above.length > 0 ? document.getIn(above, true) : undefined;
  if (isCollection(parent) && parent.items.length === 0) document.deleteIn(above);
}

/** Where in the text a finding's place is, such as `slots.days`; the first line where it can't be found. */
export function placeOf(text: string, place: string): { from: number; to: number } {
  const start = { from: 0, to: Math.max(text.indexOf("\n"), 0) };
  const document = documentOf(text);
  if (!document) return start;
  let node: unknown = document.contents;
  let found: { from: number; to: number } | undefined;
  for (const part of place.split(/[.[\]\s]+/).filter(Boolean)) {
    let under: unknown = node;
    if (isMap(under) && isMap(under.get("properties", true)) && !under.has(part)) under = under.get("properties", true);
    if (isMap(under)) {
      const pair = under.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === part);
      if (!pair) break;
      const range = (pair.key as Node).range;
      if (range) found = { from: range[0], to: range[1] };
      node = pair.value;
    } else if (isCollection(under) && /^\d+$/.test(part)) {
      const item = under.items[Number(part)];
      if (!isNode(item)) break;
      if (item.range) found = { from: item.range[0], to: item.range[1] };
      node = item;
    } else break;
  }
  return found ?? start;
}
