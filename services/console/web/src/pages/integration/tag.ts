// The script tag that puts the chat into a page.

/** What the tag says, beside where the script is. */
export interface Tag {
  key: string;
  user?: string;
  signature?: string;
  language?: string;
  title?: string;
  greeting?: string;
  color?: string;
  position?: string;
}

const ORDER = ["key", "user", "signature", "language", "title", "greeting", "color", "position"] as const;

function pairs(tag: Tag): [string, string][] {
  return ORDER.flatMap((name) => (tag[name] ? [[name, tag[name]] as [string, string]] : []));
}

function escaped(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

export function scriptTag(address: string, tag: Tag): string {
  const attributes = pairs(tag).map(([name, value]) => `  data-${name}="${escaped(value)}"`);
  return [`<script`, `  src="${address}/widget.js"`, ...attributes, `  async`, `></script>`].join("\n");
}

/** The demo page with the same. */
export function demoLink(tag: Tag): string {
  return `/demo?${new URLSearchParams(pairs(tag))}`;
}
