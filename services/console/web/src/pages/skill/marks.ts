// The marks of slots in examples, as they are written: [words](slot).
export const MARK = /\[([^[\]]+)\]\(([A-Za-z0-9_]+)\)/g;

const COLOURS = ["blue", "green", "volcano", "purple", "cyan", "gold", "magenta", "geekblue"];

/** An example without its marks. */
export function plain(example: string): string {
  return example.replace(MARK, "$1");
}

/** The colour of a slot's marks; red for what is no slot. */
export function colourOf(slots: string[], slot: string): string {
  const index = slots.indexOf(slot);
  return index < 0 ? "red" : (COLOURS[index % COLOURS.length] ?? "blue");
}

export interface Marking {
  text: string;
  /** What is selected afterwards. */
  from: number;
  to: number;
  did: "marked" | "unmarked" | "none" | "crossing";
  words: string;
}

/** Marks the selected words as a slot's; takes the mark away where the selection is in one of that slot already. */
export function mark(text: string, from: number, to: number, slot: string): Marking {
  for (const match of text.matchAll(MARK)) {
    const [whole, words = "", name] = match;
    const end = match.index + whole.length;
    if (from < match.index || to > end) continue;
    const inner = name === slot ? words : `[${words}](${slot})`;
    return {
      text: text.slice(0, match.index) + inner + text.slice(end),
      from: match.index,
      to: match.index + inner.length,
      did: name === slot ? "unmarked" : "marked",
      words,
    };
  }
  const selected = text.slice(from, to);
  const words = selected.trim();
  if (words === "") return { text, from, to, did: "none", words };
  if (/[[\]()]/.test(words)) return { text, from, to, did: "crossing", words };
  const begin = from + selected.indexOf(words);
  const marked = `[${words}](${slot})`;
  return {
    text: text.slice(0, begin) + marked + text.slice(begin + words.length),
    from: begin,
    to: begin + marked.length,
    did: "marked",
    words,
  };
}
