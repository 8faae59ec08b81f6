import { useCallback, useMemo } from "react";
import { useAskAhead } from "@/components/pagedRows";
import { query } from "@/lib/queries";
import { type UrlState, useUrlState } from "@/lib/urlState";
import { filterOf, isFiltered, sortOf } from "./filter";

/** What the list shows, as the address says: filter, sort, the query of a page, and how to change them. */
export function useUsersQuery(organization: number | undefined) {
  const askAhead = useAskAhead();
  const ahead = useCallback(
    (next: UrlState) => askAhead(sourceOf(organization, filterOf(next), sortOf(next))),
    [askAhead, organization],
  );
  const [url, show] = useUrlState(ahead);
  // The filter is rebuilt from the address at every change of it; its text decides whether it is another one.
  const filterText = JSON.stringify(filterOf(url));
  const filter = useMemo(() => JSON.parse(filterText) as ReturnType<typeof filterOf>, [filterText]);
  const sort = sortOf(url);
  const by = sort?.by;
  const direction = sort?.direction;
  const source = useMemo(
    () => sourceOf(organization, filter, by && { by, direction }),
    [organization, filter, by, direction],
  );
  return { filter, filtered: isFiltered(filter), sort, source, show };
}

function sourceOf(
  organization: number | undefined,
  filter: ReturnType<typeof filterOf>,
  sort: Partial<NonNullable<ReturnType<typeof sortOf>>> | undefined,
) {
  return (offset: number, limit: number) =>
    query("users_page", {
      ...(organization === undefined ? {} : { organization }),
      filter,
      ...(sort === undefined ? {} : { sort: sort.by, direction: sort.direction }),
      offset,
      limit,
    });
}
