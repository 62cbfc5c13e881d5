// What the inbox and the list of runs answer.
import type { Schemas } from "../../api/client";

export type Item = Schemas["ItemView"];
export type Run = Omit<Schemas["RunView"], "attempts"> & { attempts?: Attempt[] };

/** One attempt of a run that ended. */
interface Attempt {
  attempt: number;
  started_at: string;
  ended_at: string;
  outcome: string;
  /** The status of an HTTP answer. */
  status: number | null;
  error: unknown;
}

/** What a conversation that was handed over brings along. */
export interface Detail {
  skill?: string | null;
  slots?: Record<string, unknown>;
  user?: string;
  messages?: { user?: string; answer?: string }[];
}
