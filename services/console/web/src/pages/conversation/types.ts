// Conversations as the admin API answers them.
import type { Schemas } from "../../api/client";
import type { PageOf } from "../../frame/pages-of";

export interface ConversationRow {
  id: string;
  user: string;
  language: string | null;
  turns: number;
  first_query: string | null;
  last_answer: string | null;
  skills: string[];
  state: string;
  started_at: string;
  last_at: string;
}

export interface Turn {
  id: string;
  seq: number;
  query: string;
  request: Record<string, unknown> | null;
  answer: string;
  /** The whole public answer; of another form where it was stored long ago. */
  response: Partial<Schemas["Answer"]> | null;
  created_at: string;
}

export type Run = Schemas["RunView"];

/** A page of a conversation: `turns` are what is listed. */
export type ConversationPage = Omit<ConversationRow, "turns"> & {
  /** How many there are in all. */
  turn_count?: number;
  turns: Turn[];
  /** Of the turns in this page. */
  runs: Run[];
  has_more: boolean;
};

export type ConversationList = PageOf<ConversationRow>;

/** Where a slot's value came from. */
export interface Filled {
  value: unknown;
  text?: string | null;
  by: string;
  turn: number;
}
