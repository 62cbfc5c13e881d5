// Who is logged in, in which tenant and app. Everything below <SignedIn> may rely on it.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { type Schemas, call } from "../api/client";

export type Me = Schemas["Me"];
export type Role = "viewer" | "reviewer" | "editor" | "owner";

const ROLES: Role[] = ["viewer", "reviewer", "editor", "owner"];

export interface Place {
  me: Me;
  tenant: Schemas["TenantView"];
  app: Schemas["AppView"];
  apps: Schemas["AppView"][];
  setApp: (id: string) => void;
  setTenant: (id: string) => void;
}

export const PlaceContext = createContext<Place | null>(null);

/** The tenant and app that the page is about, and who looks at it. */
export function usePlace(): Place & { path: string; tenantPath: string; may: (role: Role) => boolean } {
  const place = useContext(PlaceContext);
  if (!place) throw new Error("nobody is logged in");
  const tenantPath = `/admin/v1/tenants/${place.tenant.id}`;
  const rank = ROLES.indexOf(place.tenant.role as Role);
  return {
    ...place,
    tenantPath,
    path: `${tenantPath}/apps/${place.app.id}`,
    may: (role) => rank >= ROLES.indexOf(role),
  };
}

/** What a GET answers; read again whenever the page is opened. */
export function useGet<T>(path: string | null, query: Record<string, string | number | boolean | undefined> = {}) {
  return useQuery({
    queryKey: [path, query],
    queryFn: ({ signal }) => call<T>(path ?? "", { query, signal }),
    enabled: path !== null,
  });
}

/** Reads everything again that is below these paths. */
export function useRefresh(): (...paths: string[]) => Promise<void> {
  const client = useQueryClient();
  return async (...paths) => {
    await client.invalidateQueries({
      predicate: ({ queryKey }) => paths.some((path) => String(queryKey[0]).startsWith(path)),
    });
  };
}
