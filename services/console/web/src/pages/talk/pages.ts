// Lists that are read page by page, and the names of skills.
import { useInfiniteQuery } from "@tanstack/react-query";
import { type Schemas, call } from "../../api/client";
import { useGet, usePlace } from "../../frame/session";
import { useSettings } from "../../frame/text";

export interface PageOf<T> {
  data: T[];
  has_more: boolean;
  limit: number;
}

export type Query = Record<string, string | number | boolean | undefined>;

/** A list of which more is read when asked; `cursor` is what the next page comes after. A still one is
 *  read when the page is opened and never behind the back of whoever works on it. */
export function usePages<T, P extends PageOf<T> = PageOf<T>>(
  path: string,
  query: Query,
  cursor: (last: T) => string,
  isStill = false,
) {
  return useInfiniteQuery({
    queryKey: [path, query, "pages"],
    queryFn: ({ pageParam, signal }) =>
      call<P>(path, { query: { ...query, ...(pageParam === "" ? {} : { last_id: pageParam }) }, signal }),
    initialPageParam: "",
    getNextPageParam: (page) => {
      const last = page.data.at(-1);
      return page.has_more && last !== undefined ? cursor(last) : undefined;
    },
    ...(isStill ? { staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false, refetchOnReconnect: false } : {}),
  });
}

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
