// The draft under the hands: every change is kept in this browser at once and on the server a moment later. Nothing is overwritten:
// where somebody else was faster, both texts are there until one has chosen.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { Problem, type Schemas, send } from "../../api/client";
import { usePlace, useRefresh } from "../../frame/session";

type View = Schemas["SkillView"];
type DraftView = Schemas["DraftView"];

export type Saving = "unchanged" | "saved" | "waiting" | "saving" | "failed" | "conflict";

/** What somebody else wrote meanwhile; null: the draft was published or discarded. */
export interface Conflict {
  theirs: DraftView | null;
  /** What both began with, where that is known. */
  base: string | null;
}

interface Kept {
  text: string;
  revision: number | null;
  /** What the server had when this was begun. */
  base?: string;
}

const PAUSE = 700;

function read(key: string): Kept | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}

function keep(key: string, kept: Kept): void {
  localStorage.setItem(key, JSON.stringify(kept));
}

export interface Draft {
  text: string;
  setText: (text: string) => void;
  revision: number | null;
  saving: Saving;
  error: unknown;
  conflict: Conflict | null;
  /** Stores what is not stored yet, and returns the revision; makes a draft where there is none. Null: it could not be stored. */
  flush: () => Promise<number | null>;
  /** Goes on with a text, over the other editor's revision. */
  resolve: (text: string) => void;
  /** Forgets what is here, and begins again with what the server has. */
  reset: () => void;
}

export function useDraft(view: View, mayEdit: boolean): Draft {
  const { path, app } = usePlace();
  const refresh = useRefresh();
  const queries = useQueryClient();
  const key = `paigong.draft.${app.id}.${view.skill}`;
  const at = `${path}/skills/${view.skill}`;
  const [begin] = useState(() => {
    const server: Kept = { text: view.draft?.text ?? view.live?.text ?? "", revision: view.draft?.revision ?? null };
    const mine = mayEdit ? read(key) : null;
    if (!mine || mine.text === server.text) return { ...server, stored: server.text, conflict: null };
    const same = mine.revision === server.revision;
    const conflict: Conflict | null = same ? null : { theirs: view.draft ?? null, base: mine.base ?? null };
    return { text: mine.text, revision: server.revision, stored: server.text, conflict };
  });
  const [text, show] = useState(begin.text);
  const [revision, setRevision] = useState(begin.revision);
  const [conflict, setConflict] = useState<Conflict | null>(begin.conflict);
  const [saving, setSaving] = useState<Saving>(
    begin.conflict ? "conflict" : begin.text !== begin.stored ? "waiting" : begin.revision ? "saved" : "unchanged",
  );
  const [error, setError] = useState<unknown>();
  const now = useRef({ ...begin, timer: 0, busy: null as Promise<number | null> | null, gone: false });

  const store = useCallback(
    async (force: boolean): Promise<number | null> => {
      const state = now.current;
      clearTimeout(state.timer);
      if (state.busy) await state.busy;
      if (state.conflict) return null;
      if (state.text === state.stored && (!force || state.revision !== null)) {
        localStorage.removeItem(key);
        setSaving(state.revision === null ? "unchanged" : "saved");
        return state.revision;
      }
      const put = async (): Promise<number | null> => {
        const sent = state.text;
        setSaving("saving");
        try {
          const headers: Record<string, string> = state.revision === null ? {} : { "If-Match": `"${state.revision}"` };
          const { data } = await send<DraftView>(`${at}/draft`, { method: "PUT", body: { text: sent }, headers });
          const isNew = state.revision === null;
          state.stored = sent;
          state.revision = data.revision;
          setRevision(data.revision);
          setError(undefined);
          queries.setQueryData<View>([at, {}], (view) => view && { ...view, draft: data });
          if (state.text === sent) {
            localStorage.removeItem(key);
            setSaving("saved");
          } else {
            keep(key, { text: state.text, revision: data.revision, base: sent });
          }
          if (isNew) void refresh(`${path}/skills`);
          return data.revision;
        } catch (problem) {
          if (problem instanceof Problem && problem.status === 412) {
            state.conflict = { theirs: (problem.body["current"] as DraftView | null) ?? null, base: state.stored };
            setConflict(state.conflict);
            setSaving("conflict");
          } else {
            setError(problem);
            setSaving("failed");
            // Tried again on its own: a network comes back.
            if (!state.gone) state.timer = window.setTimeout(() => void store(false), 8_000);
          }
          return null;
        }
      };
      state.busy = put();
      const stored = await state.busy;
      state.busy = null;
      return stored !== null && state.text !== state.stored ? store(false) : stored;
    },
    [at, key, path, queries, refresh],
  );

  const later = useRef(store);
  later.current = store;
  useEffect(() => {
    const state = now.current;
    state.gone = false;
    if (mayEdit && state.text !== state.stored && !state.conflict) void later.current(false);
    return () => {
      state.gone = true;
      clearTimeout(state.timer);
      if (mayEdit && state.text !== state.stored) void later.current(false);
    };
  }, [mayEdit]);

  const setText = useCallback(
    (text: string) => {
      const state = now.current;
      if (text === state.text) return;
      state.text = text;
      show(text);
      keep(key, { text, revision: state.revision, base: state.conflict?.base ?? state.stored });
      if (state.conflict) return;
      setSaving("waiting");
      clearTimeout(state.timer);
      state.timer = window.setTimeout(() => void later.current(false), PAUSE);
    },
    [key],
  );

  const resolve = useCallback((text: string) => {
    const state = now.current;
    state.revision = state.conflict?.theirs?.revision ?? null;
    state.stored = state.conflict?.theirs?.text ?? "";
    state.conflict = null;
    state.text = text;
    show(text);
    setRevision(state.revision);
    setConflict(null);
    void later.current(false);
  }, []);

  const reset = useCallback(() => {
    clearTimeout(now.current.timer);
    now.current.stored = now.current.text;
    localStorage.removeItem(key);
  }, [key]);

  const flush = useCallback(() => later.current(true), []);
  return { text, setText, revision, saving, error, conflict, flush, resolve, reset };
}
