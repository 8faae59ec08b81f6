import type { MailboxLocation } from "@/ipc/generated/MailboxLocation";
import type { SortDirection } from "@/ipc/generated/SortDirection";
import type { SyncAccess } from "@/ipc/generated/SyncAccess";
import type { UsersFilter } from "@/ipc/generated/UsersFilter";
import type { UsersSort } from "@/ipc/generated/UsersSort";
import type { Verdict } from "@/ipc/generated/Verdict";
import { text, type UrlState } from "@/lib/urlState";

/** The keys of the address that filter the list. */
export const filterKeys = ["search", "access", "verdict", "flag", "location"] as const;

/** The filter the address asks for. */
export function filterOf(url: UrlState): UsersFilter {
  const flag = text(url, "flag");
  const search = text(url, "search");
  return {
    search: search === "" ? null : search,
    syncAccess: (text(url, "access") || null) as SyncAccess | null,
    verdict: (text(url, "verdict") || null) as Verdict | null,
    mustRefuse: flag === "must_refuse" ? true : null,
    synchronizationDisabled: flag === "disabled" ? true : null,
    location: (text(url, "location") || null) as MailboxLocation | null,
  };
}

/** Whether a filter leaves anything out. */
export function isFiltered(filter: UsersFilter): boolean {
  return Object.values(filter).some((value) => value !== null);
}

/** The sort the address asks for. */
export function sortOf(url: UrlState): { by: UsersSort; direction: SortDirection } | undefined {
  const by = text(url, "sort");
  return by === ""
    ? undefined
    : { by: by as UsersSort, direction: text(url, "direction") === "descending" ? "descending" : "ascending" };
}
