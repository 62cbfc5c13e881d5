// A field for the value that is asked for, where a field is more convenient than typing: dates, times, numbers, lists.
import type { Answer } from "./api";
import { h } from "./dom";
import type { Translate } from "./text";

interface Property {
  type?: string;
  format?: string;
  enum?: unknown[];
  pattern?: string;
  title?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  multipleOf?: number;
}

/** Local times have no format of JSON Schema; the server sends these patterns (`Slot::json_schema`). */
const TIME = String.raw`^([01]\d|2[0-3]):`;
const DATE_TIME = String.raw`^\d{4}-\d{2}-\d{2}T`;

interface Field {
  name: string;
  title: string | undefined;
  isNumber: boolean;
  input: HTMLInputElement | HTMLSelectElement;
  /** The value in words, for the list of messages. */
  words: () => string;
}

/** A form for what an answer asks for, or nothing where typing is as good. */
export function formOf(
  { dialog_action: action, message_id: id }: Answer,
  t: Translate,
  fill: (words: string, inputs: Record<string, unknown>) => void,
): HTMLFormElement | undefined {
  if (action.type !== "ElicitSlot" || !action.slot || action.options.length > 0) return undefined;
  const properties = ((action.schema as { properties?: Record<string, Property> } | null)?.properties ?? {}) as Record<
    string,
    Property
  >;
  // What is asked is said above it; whatever else is missing needs a name of its own.
  const fields = Object.entries(properties)
    .filter(([name, { title }]) => name === action.slot || title)
    .map(([name, property]) => fieldOf(name, property, t, `${id}-${name}`))
    .filter((field) => field !== undefined);
  if (!fields.some(({ name }) => name === action.slot)) return undefined;
  const submit = (event: Event) => {
    event.preventDefault();
    const filled = fields.filter(({ input }) => input.value !== "");
    const inputs = filled.map(({ name, input, isNumber }) => [name, isNumber ? Number(input.value) : input.value]);
    if (inputs.length > 0) fill(filled.map(({ words }) => words()).join(t("，", ", ")), Object.fromEntries(inputs));
  };
  return h(
    "form",
    { class: "form", submit },
    ...fields.map(({ input, title }) =>
      fields.length > 1 && title ? h("label", { class: "field" }, h("span", {}, title), input) : input,
    ),
    h("button", { class: "button primary", type: "submit" }, t("确定", "OK")),
  );
}

function fieldOf(name: string, property: Property, t: Translate, id: string): Field | undefined {
  const title = property.title;
  const label = title ?? t("您的回答", "Your answer");
  if (property.enum) {
    const options = property.enum.map((value) => h("option", { value: String(value) }, String(value)));
    const select = h(
      "select",
      { id, "aria-label": label, required: true },
      h("option", { value: "" }, "…"),
      ...options,
    );
    return { name, title, isNumber: property.type !== "string", input: select, words: () => select.value };
  }
  const isNumber = property.type === "number" || property.type === "integer";
  const type = typeOf(property, isNumber);
  if (!type) return undefined;
  const input = h("input", {
    id,
    type,
    "aria-label": label,
    required: true,
    inputmode: isNumber ? "decimal" : undefined,
    step: isNumber ? (property.multipleOf ?? (property.type === "integer" ? 1 : "any")) : undefined,
    min: property.minimum ?? property.exclusiveMinimum,
    max: property.maximum,
    placeholder: isNumber ? "0" : undefined,
  });
  return { name, title, isNumber, input, words: () => input.value.replace("T", " ") };
}

function typeOf({ format, pattern }: Property, isNumber: boolean): string | undefined {
  if (isNumber) return "number";
  if (format === "date") return "date";
  if (pattern?.startsWith(TIME)) return "time";
  if (pattern?.startsWith(DATE_TIME)) return "datetime-local";
  return undefined;
}
