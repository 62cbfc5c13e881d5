// A list that is read page by page, each after the last one of the page before.
import { useInfiniteQuery } from "@tanstack/react-query";
import { call } from "../api/client";

export interface PageOf<T> {
  data: T[];
  has_more: boolean;
}

/** What stands below such a list: see `More`. */
export interface Rest {
  more: (() => void) | undefined;
  isMoreLoading: boolean;
  moreFailed: unknown;
}

/** The cursor of most lists. */
export const byId = ({ id }: { id: string }): string => id;

/** `cursor` is what the next page comes after. A still list is read when the page is opened, and never behind the back of
 *  whoever works on it. */
export function usePages<T, P extends PageOf<T> = PageOf<T>>(
  path: string | null,
  query: Record<string, string | number | boolean | undefined>,
  cursor: (last: T) => string,
  { isStill = false, refetchInterval = false }: { isStill?: boolean; refetchInterval?: number | false } = {},
) {
  const pages = useInfiniteQuery({
    queryKey: [path, query, "pages"],
    queryFn: ({ pageParam, signal }) =>
      call<P>(path ?? "", { query: { ...query, last_id: pageParam || undefined }, signal }),
    initialPageParam: "",
    getNextPageParam: (page) => {
      const last = page.data.at(-1);
      return page.has_more && last !== undefined ? cursor(last) : undefined;
    },
    enabled: path !== null,
    refetchInterval,
    ...(isStill ? { staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false, refetchOnReconnect: false } : {}),
  });
  return {
    of: { data: pages.data?.pages.flatMap(({ data }) => data), error: pages.error, refetch: pages.refetch },
    /** The first page, for what it says beside its rows. */
    first: pages.data?.pages[0],
    isRefetching: pages.isRefetching,
    ...restOf(pages),
  };
}

export function restOf(pages: {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  error: unknown;
  fetchNextPage: () => unknown;
}): Rest {
  return {
    more: pages.hasNextPage ? () => void pages.fetchNextPage() : undefined,
    isMoreLoading: pages.isFetchingNextPage,
    moreFailed: pages.isFetchNextPageError ? pages.error : undefined,
  };
}
