// The conversation tests of a skill, while they are written: kept in this browser until they are stored.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Problem, type Schemas, call } from "../../api/client";
import { useGet, usePlace, useRefresh } from "../../frame/session";
import { useWork } from "../../frame/work";

type View = Schemas["TestsView"];
type Finding = Schemas["FindingView"];

function kept(key: string): View | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") as View | null;
  } catch {
    return null;
  }
}

export function useTests(skill: string) {
  const { path, app } = usePlace();
  const queries = useQueryClient();
  const refresh = useRefresh();
  const at = `${path}/skills/${skill}/tests`;
  const key = `paigong.tests.${app.id}.${skill}`;
  const read = useGet<View>(at);
  const [own, setOwn] = useState(() => kept(key));
  const [theirs, setTheirs] = useState<View>();
  const [findings, setFindings] = useState<Finding[]>([]);
  const work = useWork();
  const isChanged = own !== null && own.text !== read.data?.text;
  const keep = (view: View | null) => {
    if (view) localStorage.setItem(key, JSON.stringify(view));
    else localStorage.removeItem(key);
    setOwn(view);
  };
  const store = async ({ text, revision }: View) => {
    setFindings([]);
    try {
      const headers = { "If-Match": `"${revision}"` };
      const stored = await call<{ revision: number }>(at, { method: "PUT", body: { text }, headers });
      queries.setQueryData<View>([at, {}], { text, revision: stored.revision });
      setTheirs(undefined);
      keep(null);
      void refresh(`${path}/skills`);
    } catch (problem) {
      if (problem instanceof Problem && problem.status === 412) setTheirs(problem.body["current"] as View);
      else if (problem instanceof Problem && typeof problem.body["line"] === "number")
        setFindings([
          {
            severity: "error",
            code: problem.code,
            place: "",
            message: problem.message,
            line: problem.body["line"],
            column: (problem.body["column"] as number | null | undefined) ?? null,
          },
        ]);
      throw problem;
    }
  };
  return {
    of: read,
    text: own?.text ?? read.data?.text ?? "",
    isChanged,
    setText: (text: string) => {
      const revision = own?.revision ?? read.data?.revision ?? 0;
      if (text !== (own?.text ?? read.data?.text)) keep({ text, revision });
    },
    /** What is wrong with the text that was to be stored. */
    findings,
    /** What somebody else stored meanwhile. */
    theirs,
    work,
    /** Stores what is not stored yet; throws what keeps it from that. */
    flush: async () => {
      if (own && isChanged) await store(own);
    },
    takeTheirs: () => {
      queries.setQueryData<View>([at, {}], theirs);
      setTheirs(undefined);
      keep(null);
      work.forget();
    },
    overwrite: () => work.run(() => (own && theirs ? store({ ...own, revision: theirs.revision }) : Promise.resolve())),
  };
}

export type Tests = ReturnType<typeof useTests>;
