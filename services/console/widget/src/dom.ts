// Elements, made one by one. What users and servers say becomes text nodes only, never markup.
type Child = Node | string | false | null | undefined;
type Attributes = Record<string, string | number | boolean | ((event: never) => void) | undefined>;

function furnish(element: Element, attributes: Attributes, children: Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value as EventListener);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child): child is Node | string => child instanceof Node || !!child));
}

/** An element with attributes (functions are listeners of the event of that name) and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  furnish(element, attributes, children);
  return element;
}

const ICONS = {
  chat: "M21 11.5a8.4 8.4 0 0 1-8.5 8.3 8.9 8.9 0 0 1-3.8-.9L3 20.5l1.7-5a8 8 0 0 1-.8-4A8.4 8.4 0 0 1 12.4 3.2 8.4 8.4 0 0 1 21 11.5ZM8.4 11.5h.01M12.4 11.5h.01M16.4 11.5h.01",
  down: "m6 9 6 6 6-6",
  close: "M18 6 6 18M6 6l12 12",
  fresh: "M12 20h9M16.5 3.5a2.1 2.1 0 0 1 3 3L7 19l-4 1 1-4Z",
  send: "M12 19V5M5 12l7-7 7 7",
  done: "M20 6.5 9.5 17 4 11.5",
  failed: "M12 8v5M12 16.5h.01M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18Z",
  clock: "M12 7v5l3 2M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18Z",
  person: "M19 20a7 7 0 0 0-14 0M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z",
  check: "M12 3 4.5 6v5.5c0 4.5 3.2 7.6 7.5 9.5 4.3-1.9 7.5-5 7.5-9.5V6ZM8.8 11.8l2.3 2.3 4.2-4.3",
  book: "M5 4.5h5a2 2 0 0 1 2 2V20a2 2 0 0 0-2-1.7H5ZM19 4.5h-5a2 2 0 0 0-2 2V20a2 2 0 0 1 2-1.7h5Z",
  right: "m9 6 6 6-6 6",
};

export type Icon = keyof typeof ICONS;

/** A line drawing, 24 by 24; said by the text beside it. */
export function icon(name: Icon): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  furnish(path, { d: ICONS[name] }, []);
  furnish(svg, { viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false", class: "icon" }, [path]);
  return svg;
}
