// Work that a button sets off: it is under way, or it failed, and then what was typed stays.
import { type ReactNode, useState } from "react";
import { Failed } from "./state";

export function useWork() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  /** Does it; whether it went well. */
  const run = async (work: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
      return true;
    } catch (problem) {
      setError(problem);
      return false;
    } finally {
      setBusy(false);
    }
  };
  const failed: ReactNode = error !== undefined && <Failed error={error} />;
  return { run, busy, error, failed, forget: () => setError(undefined) };
}
