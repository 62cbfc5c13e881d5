// Two texts that came of one: what each changed, part by part, and one text made of both.
import { Document, type Pair, YAMLMap, isMap, isPair, isScalar, isSeq } from "yaml";
import { documentOf } from "./document";

export type Pick = "mine" | "theirs" | "both";

/** A part of the manifest that the texts disagree about. A text is null where the part is not there. */
export interface Section {
  at: string[];
  base: string | null;
  mine: string | null;
  theirs: string | null;
  /** Whether both can be taken: lists of words. */
  isList: boolean;
  /** What follows where only one side changed it; undefined where somebody has to choose. */
  pick: Pick | undefined;
}

const PLAIN = { lineWidth: 0, flowCollectionPadding: false };
/** The comment above everything is a part of its own. */
const HEAD = "#";
/** Parts of these are parts of their own. */
const DEEP = [["slots"], ["slots", "properties"]];

const keyOf = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : String(pair.key));
const nameOf = (at: string[]): string => at.join("\u0000");
const isDeep = (at: string[]): boolean => DEEP.some((deep) => nameOf(deep) === nameOf(at));

function mapAt(document: Document, at: string[]): YAMLMap | undefined {
  const node = at.length === 0 ? document.contents : document.getIn(at, true);
  return isMap(node) ? (node as YAMLMap) : undefined;
}

/** Every part with its pair, in order. */
function pairsOf(document: Document, at: string[] = []): { at: string[]; pair: Pair }[] {
  return (mapAt(document, at)?.items ?? []).filter(isPair).flatMap((pair) => {
    const below = [...at, keyOf(pair)];
    return isDeep(below) && isMap(pair.value) ? pairsOf(document, below) : [{ at: below, pair }];
  });
}

function written(pair: Pair): string {
  const alone = new Document();
  const map = new YAMLMap();
  map.items.push(pair);
  alone.contents = map as never;
  return alone.toString(PLAIN);
}

function headOf(document: Document): string {
  return [document.commentBefore, document.contents?.commentBefore].filter(Boolean).join("\n");
}

interface Part {
  at: string[];
  text: string;
  isList: boolean;
}

function partsOf(text: string): Map<string, Part> | null {
  const document = documentOf(text);
  if (!document) return null;
  const parts: Part[] = pairsOf(document).map(({ at, pair }) => ({
    at,
    text: written(pair),
    isList: isSeq(pair.value) && pair.value.items.every((item) => isScalar(item)),
  }));
  const head = headOf(document);
  if (head) parts.unshift({ at: [HEAD], text: head, isList: false });
  return new Map(parts.map((part) => [nameOf(part.at), part]));
}

/** Where the texts differ; null where one of them can't be read. Without the text before, whatever differs is to be chosen. */
export function sectionsOf(base: string | null, mine: string, theirs: string): Section[] | null {
  const [before, left, right] = [partsOf(base ?? "") ?? new Map<string, Part>(), partsOf(mine), partsOf(theirs)];
  if (!left || !right) return null;
  const sections: Section[] = [];
  for (const name of new Set([...right.keys(), ...left.keys()])) {
    const part = left.get(name) ?? right.get(name);
    const texts = [before, left, right].map((parts) => parts.get(name)?.text ?? null);
    const [base = null, mine = null, theirs = null] = texts;
    if (!part || mine === theirs) continue;
    const isList = (left.get(name)?.isList ?? true) && (right.get(name)?.isList ?? true);
    const pick = theirs === base ? "mine" : mine === base ? "theirs" : isList ? "both" : undefined;
    sections.push({ at: part.at, base, mine, theirs, isList, pick });
  }
  return sections;
}

/** A list with what either side added, without what either took away. */
function joined(base: Document, mine: Document, theirs: Document, at: string[]): string[] {
  const list = (document: Document) => {
    const node = document.getIn(at, true);
    return isSeq(node) ? node.items.map((item) => (isScalar(item) ? String(item.value) : "")) : [];
  };
  const [before, left, right] = [list(base), list(mine), list(theirs)];
  const kept = right.filter((word) => left.includes(word) || !before.includes(word));
  return [...kept, ...left.filter((word) => !before.includes(word) && !right.includes(word))];
}

/** Puts a pair behind the one that it follows in its own document. */
function place(into: Document, from: Document, at: string[], pair: Pair): void {
  const above = at.slice(0, -1);
  if (above.length > 0 && !mapAt(into, above)) into.setIn(above, new YAMLMap());
  const map = mapAt(into, above);
  if (!map) return;
  const key = at.at(-1);
  const index = map.items.findIndex((one) => keyOf(one) === key);
  if (index >= 0) {
    map.items[index] = pair;
    return;
  }
  const order = (mapAt(from, above)?.items ?? []).map(keyOf);
  const earlier = order.slice(0, order.indexOf(key ?? ""));
  const after = map.items.findLastIndex((one) => earlier.includes(keyOf(one)));
  map.items.splice(after + 1, 0, pair);
}

/** One text: theirs, with what was picked of mine. */
export function merged(base: string | null, mine: string, theirs: string, picked: Map<Section, Pick>): string {
  const [before, left, into] = [documentOf(base ?? "") ?? new Document({}), documentOf(mine), documentOf(theirs)];
  if (!left || !into) return mine;
  const pairs = new Map(pairsOf(left).map(({ at, pair }) => [nameOf(at), pair]));
  for (const [{ at }, pick] of picked) {
    if (pick === "theirs") continue;
    const pair = pairs.get(nameOf(at));
    if (nameOf(at) === HEAD) {
      into.commentBefore = headOf(left) || null;
      if (into.contents) into.contents.commentBefore = null;
    } else if (!pair) into.deleteIn(at);
    else {
      const words = pick === "both" ? joined(before, left, into, at) : undefined;
      place(into, left, at, pair);
      if (words) into.setIn(at, into.createNode(words));
    }
  }
  return into.toString({ ...PLAIN, doubleQuotedMinMultiLineLength: 100_000, indentSeq: !/^\w+:\n- /m.test(theirs) });
}

/** The lines that went and came, in order. */
export function lineChanges(before: string | null, after: string | null): { sign: "+" | "-"; line: string }[] {
  const [left, right] = [before, after].map((text) => (text ? text.replace(/\n$/, "").split("\n") : [])) as [
    string[],
    string[],
  ];
  // The longest lines in common, from the end.
  const common = Array.from({ length: left.length + 1 }, () => new Uint32Array(right.length + 1));
  const at = (row: number, column: number) => common[row]?.[column] ?? 0;
  for (let row = left.length - 1; row >= 0; row -= 1)
    for (let column = right.length - 1; column >= 0; column -= 1) {
      const best =
        left[row] === right[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
      const line = common[row];
      if (line) line[column] = best;
    }
  const changes: { sign: "+" | "-"; line: string }[] = [];
  let [row, column] = [0, 0];
  while (row < left.length || column < right.length) {
    const [old, fresh] = [left[row], right[column]];
    if (old !== undefined && old === fresh) {
      row += 1;
      column += 1;
    } else if (fresh === undefined || (old !== undefined && at(row + 1, column) >= at(row, column + 1))) {
      changes.push({ sign: "-", line: old ?? "" });
      row += 1;
    } else {
      changes.push({ sign: "+", line: fresh });
      column += 1;
    }
  }
  return changes;
}
