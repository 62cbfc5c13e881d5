// What lint says of the draft, asked again after each time that it was stored.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type Schemas, call } from "../../api/client";
import { usePlace } from "../../frame/session";
import type { Draft } from "./draft";

export function useLint(skill: string, draft: Draft): Schemas["LintReport"] | undefined {
  const { path } = usePlace();
  const at = `${path}/skills/${skill}/draft/lint`;
  const lint = useQuery({
    queryKey: [at, draft.revision],
    queryFn: () => call<Schemas["LintReport"]>(at, { method: "POST" }),
    enabled: draft.revision !== null,
    placeholderData: keepPreviousData,
  });
  return draft.revision === null ? undefined : lint.data;
}
