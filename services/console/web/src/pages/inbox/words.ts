// Skills and their fields by the names that people know.
import type { Schemas } from "../../api/client";
import { useGet, usePlace } from "../../frame/session";
import { useSettings } from "../../frame/text";

interface Slot {
  "x-source"?: unknown;
  "x-title"?: unknown;
  "x-labels"?: Record<string, unknown>;
}

/** The names of skills, of which there may be none yet: then what they are called inside. */
export function useSkillTitles(): (skill: string) => string {
  const { path } = usePlace();
  const { language } = useSettings();
  const skills = useGet<Schemas["SkillList"]>(`${path}/skills`);
  return (skill) => {
    const title: unknown = skills.data?.data.find((row) => row.skill === skill)?.title;
    return inWords(title, language) ?? skill;
  };
}

/** How the slots of a skill and their values are called. */
export function useSlotWords(skill: string | null | undefined) {
  const { path } = usePlace();
  const { language } = useSettings();
  const read = useGet<Schemas["SkillView"]>(skill ? `${path}/skills/${encodeURIComponent(skill)}` : null);
  const slots = slotsOf(read.data?.live?.manifest);
  return {
    /** Whether people know it by another name: what a system knows of the user is no field to them. */
    isInner: (slot: string) => typeof slots[slot]?.["x-source"] === "string" && slots[slot]["x-title"] === undefined,
    nameOf: (slot: string) => inWords(slots[slot]?.["x-title"], language) ?? slot,
    valueOf: (slot: string, value: unknown) => {
      if (typeof value !== "string") return JSON.stringify(value);
      return inWords(slots[slot]?.["x-labels"]?.[value], language) ?? value;
    },
  };
}

function slotsOf(manifest: unknown): Record<string, Slot> {
  return (manifest as { slots?: { properties?: Record<string, Slot> } } | undefined)?.slots?.properties ?? {};
}

function inWords(text: unknown, language: string): string | undefined {
  if (typeof text === "string") return text;
  const both = text as Record<string, unknown> | null | undefined;
  const found = both?.[language] ?? both?.["zh"] ?? both?.["en"];
  return typeof found === "string" ? found : undefined;
}
