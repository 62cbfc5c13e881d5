// The numbers as the admin API answers them. Rates are 0 to 1, and null where there is nothing to divide by.
export interface Figures {
  key: string;
  turns: number;
  conversations: number;
  tasks: number;
  completed: number;
  completion: number | null;
  turns_per_task: number | null;
  clarification: number | null;
  correction: number | null;
  rephrase: number | null;
  denial: number | null;
  cancel: number | null;
  handoff: number | null;
  abandon: number | null;
  llm_share: number | null;
  llm_tokens: number;
  llm_cost_micros: number;
  p50_ms: number | null;
  p95_ms: number | null;
  friction: number | null;
}

export interface Analytics {
  rows: Figures[];
  total: Figures;
}
