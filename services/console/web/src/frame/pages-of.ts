// A list that is read page by page, each after the last one of the page before.
import { useInfiniteQuery } from "@tanstack/react-query";
import { call } from "../api/client";

interface PageOf<T> {
  data: T[];
  has_more: boolean;
}

export function usePages<T extends { id: string }>(
  path: string | null,
  query: Record<string, string | number | boolean | undefined> = {},
  options: { refetchInterval?: number } = {},
) {
  const pages = useInfiniteQuery({
    queryKey: [path, query, "pages"],
    queryFn: ({ pageParam, signal }) =>
      call<PageOf<T>>(path ?? "", { query: { ...query, last_id: pageParam || undefined }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => (last.has_more ? last.data.at(-1)?.id : undefined),
    enabled: path !== null,
    ...options,
  });
  return {
    of: { data: pages.data?.pages.flatMap(({ data }) => data), error: pages.error, refetch: pages.refetch },
    more: pages.hasNextPage ? () => void pages.fetchNextPage() : undefined,
    isMoreLoading: pages.isFetchingNextPage,
    moreFailed: pages.isFetchNextPageError ? pages.error : undefined,
  };
}
