// The names of skills.
import type { Schemas } from "../../api/client";
import { useGet, usePlace } from "../../frame/session";
import { useSettings } from "../../frame/text";

export interface SkillName {
  value: string;
  label: string;
}

/** The skills of the app with their titles, and the title of one. */
export function useSkillNames(): { skills: SkillName[]; titleOf: (skill: string) => string } {
  const { path } = usePlace();
  const { language } = useSettings();
  const list = useGet<Schemas["SkillList"]>(`${path}/skills`);
  const skills = (list.data?.data ?? []).map(({ skill, title }) => {
    const words = title as { zh?: string; en?: string } | null | undefined;
    return { value: skill, label: words?.[language] ?? words?.zh ?? words?.en ?? skill };
  });
  const titles = new Map(skills.map(({ value, label }) => [value, label]));
  return { skills, titleOf: (skill) => titles.get(skill) ?? skill };
}

/** Whether a search word means this skill. */
export function isMeant(word: string, { value, label }: SkillName): boolean {
  const wanted = word.trim().toLowerCase();
  return value.toLowerCase().includes(wanted) || label.toLowerCase().includes(wanted);
}
