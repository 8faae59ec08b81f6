import { useCallback, useMemo } from "react";
import { query } from "@/lib/queries";
import { useUrlState } from "@/lib/urlState";
import { filterOf, isFiltered, sortOf } from "./filter";

/** What the list shows, as the address says: filter, sort, and the query of a page. */
export function useUsersQuery(organization: number | undefined) {
  const [url] = useUrlState();
  // The filter is rebuilt from the address at every change of it; its text decides whether it is another one.
  const filterText = JSON.stringify(filterOf(url));
  const filter = useMemo(() => JSON.parse(filterText) as ReturnType<typeof filterOf>, [filterText]);
  const sort = sortOf(url);
  const by = sort?.by;
  const direction = sort?.direction;
  const source = useCallback(
    (offset: number, limit: number) =>
      query("users_page", {
        ...(organization === undefined ? {} : { organization }),
        filter,
        ...(by === undefined ? {} : { sort: by, direction }),
        offset,
        limit,
      }),
    [organization, filter, by, direction],
  );
  return { filter, filtered: isFiltered(filter), sort, source };
}
