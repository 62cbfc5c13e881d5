// What a page shows, kept in its address, so that it can be sent to somebody and is there again after a reload.
import { useSearchParams } from "react-router";

export function useParamsOf<Name extends string>() {
  const [params, setParams] = useSearchParams();
  return {
    get: (name: Name): string => params.get(name) ?? "",
    /** Sets what is given; empty takes it out. */
    put: (values: Partial<Record<Name, string | undefined>>): void =>
      setParams(
        (old) => {
          const next = new URLSearchParams(old);
          for (const [name, value] of Object.entries<string | undefined>(values)) {
            if (value) next.set(name, value);
            else next.delete(name);
          }
          return next;
        },
        { replace: true },
      ),
    clear: (): void => setParams({}, { replace: true }),
  };
}
