import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { nothing, type Selection, selectedCount } from "@/components/selection";
import { call } from "@/ipc/call";
import type { ResultsPage } from "@/ipc/generated/ResultsPage";
import type { ResultsQuery } from "@/ipc/generated/ResultsQuery";
import { count } from "@/lib/format";
import { useUrlState } from "@/lib/urlState";
import { filterOf, mostSelected, type ResultsFilter, resultsQuery } from "./queries";

/** The mailboxes that are ticked among the results of a run, to be checked again. */
export function useChosen(run: string) {
  const client = useQueryClient();
  const [url] = useUrlState();
  const key = JSON.stringify(filterOf(url));
  const [state, setState] = useState<{ selection: Selection<number>; key: string }>({ selection: nothing, key });
  const [total, setTotal] = useState(0);
  // "All that match" means those of the filter it was said of.
  const selection = state.selection.kind === "matching" && state.key !== key ? nothing : state.selection;
  const selected = selectedCount(selection, total);

  return useMemo(
    () => ({
      selection,
      selected,
      /** Why so many cannot be checked again one by one; null: they can. */
      tooMany: selected > mostSelected ? `Select at most ${count(mostSelected)} mailboxes, or re-check a cause.` : null,
      addresses: () => addressesOf(client, run, JSON.parse(key), selection),
      select: (next: Selection<number>) => setState({ selection: next, key }),
      clear: () => setState({ selection: nothing, key }),
      /** How many rows match the filter. */
      onTotal: setTotal,
    }),
    [client, run, key, selection, selected],
  );
}

export type Chosen = ReturnType<typeof useChosen>;

/** The addresses of a selection, from what is loaded; what is not is read. */
async function addressesOf(
  client: QueryClient,
  run: string,
  filter: ResultsFilter,
  selection: Selection<number>,
): Promise<string[]> {
  if (selection.kind === "matching") {
    const page = await client.fetchQuery(resultsQuery(run, filter, 0, mostSelected));
    return page.rows.map((row) => row.mailbox);
  }
  const loaded = client
    .getQueriesData<ResultsPage>({ queryKey: ["results_page"] })
    .filter(([of]) => (of[1] as ResultsQuery).run === run)
    .flatMap(([, page]) => page?.rows ?? []);
  const known = new Map(loaded.map((row) => [row.seq, row.mailbox]));
  return Promise.all(
    [...selection.keys].map(async (seq) => known.get(seq) ?? (await call("result_show", { run, seq })).row.mailbox),
  );
}
