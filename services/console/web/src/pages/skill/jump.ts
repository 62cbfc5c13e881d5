// From a finding to what it is about: a field of the form, a line of the text.
import { createContext } from "react";

/** A place of the manifest, such as `slots.days.x-ask`, and its line where that is known. Each press is a target of its own. */
export interface Target {
  place: string;
  line?: number | null | undefined;
}

export type Jump = (view: "form" | "yaml", target: Target) => void;

export const JumpContext = createContext<Jump | null>(null);

/** The parts of a place; `slots.properties.days` and `slots.days` are the same. */
export function partsOf(place: string): string[] {
  const parts = place.split(/[.[\]\s]+/).filter(Boolean);
  return parts[0] === "slots" && parts[1] === "properties" ? ["slots", ...parts.slice(2)] : parts;
}

/** As fields carry it in `data-place`. */
export function placed(at: readonly (string | number)[]): string {
  return partsOf(at.join(".")).join(".");
}

/** Brings the field of a place into view and sets the cursor there, or into the nearest around it; whether there was one. */
export function focusField(root: Element, place: string, isNearEnough: boolean): boolean {
  const parts = partsOf(place);
  const least = isNearEnough ? 0 : Math.min(parts.length, parts[0] === "slots" ? 2 : 1) - 1;
  for (let length = parts.length; length > least; length -= 1) {
    const name = CSS.escape(parts.slice(0, length).join("."));
    const found = root.querySelector(`[data-place~="${name}"]`);
    if (!found) continue;
    found.scrollIntoView({ block: "center" });
    const fields = "input:not([type=hidden]), textarea, [contenteditable=true], button";
    const field = found.matches(fields) ? found : found.querySelector(fields);
    if (field instanceof HTMLElement) field.focus({ preventScroll: true });
    return true;
  }
  return isNearEnough;
}
