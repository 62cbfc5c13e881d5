// The review queue and suggestions as the admin API answers them.
import type { Schemas } from "../../api/client";
import type { PageOf } from "../../frame/pages-of";

export interface Item {
  turn: string;
  conversation: string;
  seq: number;
  query: string;
  answer: string;
  language: string;
  skill: string | null;
  candidates: Schemas["CandidateReport"][];
  band: string | null;
  outcome: string;
  signals: string[];
  uncertainty: number;
  friction: number;
  created_at: string;
}

export type Queue = PageOf<Item> & { open: number };

export type Action = "right" | "skill" | "out_of_scope" | "new_skill";

export interface Verdict {
  action: Action;
  skill?: string;
}

export interface Flip {
  utterance: string;
  from: string | null;
  to: string | null;
  times: number;
  label: string | null;
  contradicts: boolean;
}

export interface Blast {
  checked: number;
  flips: Flip[];
  flips_total: number;
  contradictions: number;
  millis: number;
}

export interface Labelled {
  label: string;
  live: boolean;
  /** What it is for now; the draft's name where one was made. */
  skill: string | null;
}

export type Suggestion = Schemas["SuggestionView"];
