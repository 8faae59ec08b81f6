import { keepPreviousData, type UseQueryOptions, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { CommandError } from "@/ipc/problem";

/** One page of rows, as every paged command answers it. */
export type Page<Row> = { total: number; rows: Row[] };

/** The query of the page that starts at `offset`. */
export type PageSource<Row, Answer extends Page<Row>> = (
  offset: number,
  limit: number,
) => Pick<
  // The key's type differs from command to command and is of no interest here.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  UseQueryOptions<Answer, CommandError, Answer, any>,
  "queryKey" | "queryFn"
>;

/** Rows a page: more than most windows show. */
export const pageSize = 50;

/**
 * Asks for the first rows of a list before anything is drawn for it: a click on a header or a key in a filter then waits
 * for the engine and for the screen at the same time, not for one after the other.
 */
export function useAskAhead() {
  const client = useQueryClient();
  return useCallback(
    <Row, Answer extends Page<Row>>(source: PageSource<Row, Answer>) => {
      // What fails is asked again, and said, by the table.
      void client.prefetchQuery(source(0, pageSize));
    },
    [client],
  );
}

/** The loaded rows of a list that stays with the engine: only the pages in view are asked for. */
export function usePagedRows<Row, Answer extends Page<Row>>(
  source: PageSource<Row, Answer>,
  view: { first: number; last: number },
) {
  const head = useQuery<Answer, CommandError, Answer>({ ...source(0, pageSize), placeholderData: keepPreviousData });
  const pages = pagesIn(view);
  const rest = useQueries({
    queries: pages.map((page) => ({ ...source(page * pageSize, pageSize), staleTime: 5_000 })),
  });
  const total = head.data?.total ?? 0;
  const row = useCallback(
    (index: number): Row | undefined => {
      const page = Math.floor(index / pageSize);
      const answer = page === 0 ? head.data : (rest[pages.indexOf(page)]?.data as Answer | undefined);
      return answer?.rows[index - page * pageSize];
    },
    [head.data, rest, pages],
  );
  const failed = rest.find((query) => query.isError);
  return {
    total,
    row,
    /** Every row that is loaded, in order. */
    loaded: (): Row[] => [
      ...(head.data?.rows ?? []),
      ...rest.flatMap((query) => (query.data as Answer | undefined)?.rows ?? []),
    ],
    /** Nothing is known yet. */
    loading: head.isPending,
    /** What is shown is about to be replaced. */
    changing: head.isPlaceholderData,
    /** The answer of the first page, for what else it carries. */
    head: head.data,
    error: (head.error ?? failed?.error ?? null) as CommandError | null,
    retry: () => {
      void head.refetch();
      for (const query of rest) {
        void query.refetch();
      }
    },
  };
}

/** Pages after the first that are in view. */
function pagesIn(view: { first: number; last: number }): number[] {
  const from = Math.max(1, Math.floor(view.first / pageSize));
  const to = Math.floor(view.last / pageSize);
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}
