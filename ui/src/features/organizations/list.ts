import { call } from "@/ipc/call";
import type { OrganizationRow } from "@/ipc/generated/OrganizationRow";
import type { SortDirection } from "@/ipc/generated/SortDirection";
import { accessTypes } from "@/lib/labels";

/** What the list can be sorted by. */
export type ListSort = "name" | "access" | "enabled" | "users" | "checked";

type Filter = { search: string; status: string; sort: { by: ListSort; direction: SortDirection } | undefined };

/** Organizations are few: the engine sends them all, and they are filtered, sorted and cut here. */
export function listSource({ search, status, sort }: Filter) {
  return (offset: number, limit: number) => ({
    queryKey: ["organizations_list", { search }, status, sort, offset],
    queryFn: async () => {
      const all = await call("organizations_list", { search: search === "" ? null : search });
      const rows = all.filter((row) => status === "" || row.enabled === (status === "enabled"));
      if (sort !== undefined) {
        rows.sort((a, b) => compare(a, b, sort.by) * (sort.direction === "descending" ? -1 : 1));
      }
      return { total: rows.length, rows: rows.slice(offset, offset + limit), all };
    },
  });
}

function compare(a: OrganizationRow, b: OrganizationRow, by: ListSort): number {
  switch (by) {
    case "name":
      return a.name.localeCompare(b.name);
    case "access":
      return accessTypes[a.accessType].localeCompare(accessTypes[b.accessType]);
    case "enabled":
      return Number(b.enabled) - Number(a.enabled);
    case "users":
      return a.counts.users - b.counts.users;
    case "checked":
      return (a.lastRun?.startedAt ?? "").localeCompare(b.lastRun?.startedAt ?? "");
  }
}
