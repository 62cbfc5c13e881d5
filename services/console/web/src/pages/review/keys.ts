// Keys that act on the page, unless somebody types, a dialog is open, or they were switched off.
import { useEffect, useRef } from "react";

export type Keys = Record<string, (() => void) | undefined>;

/** Calls what belongs to the key that is pressed; letters without their case. */
function useKeys(keys: Keys, areOn: boolean): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    if (!areOn) return;
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
      const target = event.target instanceof HTMLElement ? event.target : null;
      if (target?.closest("input, textarea, select, [contenteditable=true], [role=dialog], [role=listbox], [role=tab]"))
        return;
      // Enter belongs to the button or link that has the focus.
      if (event.key === "Enter" && target?.closest("button, a, summary")) return;
      const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const act = latest.current[name];
      if (!act) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [areOn]);
}

/** The keys of a part of the page that is shown. */
export function Hotkeys({ keys, areOn }: { keys: Keys; areOn: boolean }) {
  useKeys(keys, areOn);
  return null;
}
