// A slot's new name, carried to everything in the manifest that says the old one: marks in examples, texts, expressions, statements.
import { type Document, type Scalar, isMap, isScalar, visit } from "yaml";

/** What says a slot's name, each in its own way of writing. */
type Writing = "examples" | "texts" | "expressions" | "statements" | "names";

export interface Renaming {
  /** How many values were changed, by how they are written. */
  changed: Partial<Record<Writing, number>>;
  /** Places that still have the old word, where it may be something else: a column of the result, a variable of a loop. */
  doubtful: string[];
}

const PLACES: [RegExp, Writing][] = [
  [/^(examples|counterexamples)\.\d+$/, "examples"],
  [/^slots\.(required\.\d+|properties\.[^.]+\.x-range-from)$/, "names"],
  [/^(rules\.\d+|facts\.missing)\.slot$/, "names"],
  [/^slots\.properties\.[^.]+\.(x-default|x-compute)$/, "expressions"],
  [/^(rules\.\d+\.check|requires\.\d+|run\.steps\.\d+\.with\..+)$/, "expressions"],
  [/^(facts|run|slots\.properties\.[^.]+\.x-lookup)\.sql$/, "statements"],
  [/^run\.http\.(path|(query|headers|body)(\..+)?)$/, "texts"],
  [/^(confirm|reply|empty|rules\.\d+\.say|facts\.missing\.say)\.(zh|en)$/, "texts"],
  [/^slots\.properties\.[^.]+\.x-ask(-again)?\.(zh|en)$/, "texts"],
];
/** Where a bare name may as well be a column of the result. */
const OF_RESULT = /^(reply|empty)\./;

/** Parts in quotes are left as they are. */
function outsideQuotes(text: string, change: (part: string) => string): string {
  return text.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^'"]+|['"]/g, (part) =>
    /^['"]/.test(part) ? part : change(part),
  );
}

function inExpression(text: string, from: string, to: string): string {
  return text
    .replace(new RegExp(`(?<![\\w.])slots\\.${from}(?!\\w)`, "g"), `slots.${to}`)
    .replace(new RegExp(`(?<![\\w.])slots\\[(["'])${from}\\1\\]`, "g"), `slots[$1${to}$1]`);
}

function inTemplate(text: string, from: string, to: string, isSure: boolean): string {
  const isVariable = new RegExp(`{%-?\\s*(for|set)\\s+(\\w+\\s*,\\s*)*${from}(?!\\w)`).test(text);
  return text.replace(/{{.*?}}|{%.*?%}/gs, (block) => {
    const written = inExpression(block, from, to).replace(
      new RegExp(`(label\\(\\s*)(["'])${from}\\2`, "g"),
      `$1$2${to}$2`,
    );
    if (!isSure || isVariable) return written;
    return outsideQuotes(written, (part) => part.replace(new RegExp(`(?<![\\w.])${from}(?!\\w|\\s*=[^=])`, "g"), to));
  });
}

function inStatement(text: string, from: string, to: string): string {
  return outsideQuotes(text, (part) => part.replace(new RegExp(`(?<![\\w:]):${from}(?!\\w)`, "g"), `:${to}`));
}

/** Gives the slot its new name in the document, and says what was changed along with it. */
export function renameSlot(document: Document, from: string, to: string): Renaming {
  const renaming: Renaming = { changed: {}, doubtful: [] };
  const word = new RegExp(`(?<![\\w.])${from}(?!\\w)`);
  const statement = document.getIn(["run", "sql"]);
  const isColumn = typeof statement !== "string" || new RegExp(`(?<![\\w:.])${from}(?!\\w)`).test(statement);
  const write = (scalar: Scalar<string>, place: string) => {
    const writing = PLACES.find(([of]) => of.test(place))?.[1];
    if (!writing) return;
    const old = scalar.value;
    const isSure = !(OF_RESULT.test(place) && isColumn);
    const ways: Record<Writing, () => string> = {
      examples: () => old.replaceAll(`](${from})`, `](${to})`),
      names: () => (old === from ? to : old),
      expressions: () => inExpression(old, from, to),
      statements: () => inStatement(old, from, to),
      texts: () => inTemplate(old, from, to, isSure),
    };
    scalar.value = ways[writing]();
    if (scalar.value !== old) renaming.changed[writing] = (renaming.changed[writing] ?? 0) + 1;
    const code = writing === "texts" ? (scalar.value.match(/{{.*?}}|{%.*?%}/gs) ?? []).join(" ") : "";
    if (word.test(code)) renaming.doubtful.push(place);
  };
  visit(document, {
    Scalar(key, node, path) {
      if (key === "key" || typeof node.value !== "string") return;
      const place: (string | number)[] = [];
      path.forEach((above, depth) => {
        const below = path[depth + 1] ?? node;
        if ("key" in above && isScalar(above.key)) place.push(String(above.key.value));
        else if ("items" in above && !isMap(above)) place.push(above.items.indexOf(below as never));
      });
      write(node as Scalar<string>, place.join("."));
    },
  });
  const slots = document.getIn(["slots", "properties"], true);
  const pair = isMap(slots) ? slots.items.find(({ key }) => isScalar(key) && key.value === from) : undefined;
  if (pair && isScalar(pair.key)) pair.key.value = to;
  return renaming;
}
