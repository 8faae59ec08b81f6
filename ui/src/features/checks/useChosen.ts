import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { nothing, type Selection, selectedCount } from "@/components/selection";
import { call } from "@/ipc/call";
import type { ResultsPage } from "@/ipc/generated/ResultsPage";
import type { ResultsQuery } from "@/ipc/generated/ResultsQuery";
import { count } from "@/lib/format";
import { useUrlState } from "@/lib/urlState";
import { filterOf, mostSelected, resultsQuery } from "./queries";

/** The mailboxes that are ticked among the results of a run, to be checked again. */
export function useChosen(run: string) {
  const client = useQueryClient();
  const [url] = useUrlState();
  const filter = filterOf(url);
  const key = JSON.stringify(filter);
  const [state, setState] = useState<{ selection: Selection<number>; key: string }>({ selection: nothing, key });
  const [total, setTotal] = useState(0);
  // "All that match" means those of the filter it was said of.
  const selection = state.selection.kind === "matching" && state.key !== key ? nothing : state.selection;
  const selected = selectedCount(selection, total);

  /** Their addresses, from what is loaded; what is not is read. */
  const addresses = async (): Promise<string[]> => {
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
  };
  return {
    selection,
    selected,
    /** Why so many cannot be checked again one by one; null: they can. */
    tooMany: selected > mostSelected ? `Select at most ${count(mostSelected)} mailboxes, or re-check a cause.` : null,
    addresses,
    select: (next: Selection<number>) => setState({ selection: next, key }),
    clear: () => setState({ selection: nothing, key }),
    /** How many rows match the filter. */
    onTotal: setTotal,
  };
}

export type Chosen = ReturnType<typeof useChosen>;
