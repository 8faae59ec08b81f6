import { queryOptions } from "@tanstack/react-query";
import { call } from "@/ipc/call";
import type { Cause } from "@/ipc/generated/Cause";
import type { CheckScope } from "@/ipc/generated/CheckScope";
import type { ResultsPage } from "@/ipc/generated/ResultsPage";
import type { ResultsQuery } from "@/ipc/generated/ResultsQuery";
import type { ResultsSort } from "@/ipc/generated/ResultsSort";
import type { RunRow } from "@/ipc/generated/RunRow";
import type { SortDirection } from "@/ipc/generated/SortDirection";
import type { UsersFilter } from "@/ipc/generated/UsersFilter";
import type { Verdict } from "@/ipc/generated/Verdict";
import { CommandError } from "@/ipc/problem";
import { query } from "@/lib/queries";
import { text, type UrlState } from "@/lib/urlState";

/** Which results are shown, as the address says. */
export type ResultsFilter = Omit<ResultsQuery, "run" | "offset" | "limit">;

const sorts: readonly ResultsSort[] = ["listed", "name", "mailbox", "verdict", "cause", "latency", "checked_at"];
const verdictIds: readonly Verdict[] = ["granted", "refused", "no_mailbox", "unusable", "undetermined", "not_checked"];

export function filterOf(url: UrlState): ResultsFilter {
  const filter: ResultsFilter = { findingsOnly: url.findings === true };
  const verdict = verdictIds.find((id) => id === text(url, "verdict"));
  const sort = sorts.find((id) => id === text(url, "sort"));
  const search = text(url, "q");
  const cause = text(url, "cause");
  if (search !== "") filter.search = search;
  if (verdict) filter.verdict = verdict;
  if (cause !== "") filter.cause = cause as Cause;
  if (sort) {
    filter.sort = sort;
    filter.direction = (text(url, "dir") === "descending" ? "descending" : "ascending") satisfies SortDirection;
  }
  return filter;
}

export function isFiltered(filter: ResultsFilter): boolean {
  return filter.findingsOnly || Boolean(filter.search ?? filter.verdict ?? filter.cause);
}

export function resultsQuery(run: string, filter: ResultsFilter, offset: number, limit: number) {
  return query("results_page", { run, ...filter, offset, limit });
}

/** Most mailboxes that are checked again by choosing them one by one. */
export const mostSelected = 500;

/**
 * The users behind addresses of a run, to be checked again; one address is checked as it is. Addresses that are no
 * longer among the users are left out.
 */
export async function scopeOfAddresses(organization: number, addresses: readonly string[]): Promise<CheckScope> {
  const [first] = addresses;
  if (first !== undefined && addresses.length === 1) return { kind: "address", address: first };
  const ids: number[] = [];
  for (let at = 0; at < addresses.length; at += atOnce) {
    const found = await Promise.all(
      addresses.slice(at, at + atOnce).map((address) => userOf(organization, address.toLowerCase())),
    );
    ids.push(...found.filter((id) => id !== undefined));
  }
  if (ids.length === 0) {
    throw new CommandError({ code: "not_found", message: "None of these mailboxes is among the users any more." });
  }
  return { kind: "users", ids };
}

const atOnce = 8;

async function userOf(organization: number, address: string): Promise<number | undefined> {
  const filter = { ...anyUser, search: address };
  const { rows } = await call("users_page", { organization, filter, offset: 0, limit: 20 });
  return rows.find((user) => [user.address, user.upn, user.sid].some((id) => id?.toLowerCase() === address))?.id;
}

const anyUser: UsersFilter = {
  search: null,
  syncAccess: null,
  verdict: null,
  mustRefuse: null,
  synchronizationDisabled: null,
  location: null,
};

/** How often a run that goes on is asked what it does to its server (milliseconds). */
const loadEvery = 500;

/** What a run did to its server: live while it goes on, read once when it has ended. */
export function serverLoadQuery(run: string, running: boolean) {
  return { ...query("server_load", { run }), refetchInterval: running ? loadEvery : (false as const) };
}

/** Most runs the history shows. */
export const historyLimit = 1000;

/** The newest runs of an organization as a page; `issuesOnly` null: only those with issues, if there is one. */
export function historyQuery(organization: number, issuesOnly: boolean | null, offset: number, limit: number) {
  return queryOptions({
    queryKey: ["runs_list", { organization, issuesOnly, offset, limit }] as const,
    queryFn: async () => {
      const all = await call("runs_list", { organization, limit: historyLimit });
      const withIssues = all.filter(hasIssues);
      const narrowed = issuesOnly ?? withIssues.length > 0;
      const shown = narrowed ? withIssues : all;
      return {
        total: shown.length,
        rows: shown.slice(offset, offset + limit),
        narrowed,
        all: all.length,
        withIssues: withIssues.length,
      };
    },
  });
}

/** A finding, something undetermined, or a run that did not reach its end. */
export function hasIssues({ state, summary }: Pick<RunRow, "state" | "summary">): boolean {
  return summary.findings + summary.undetermined > 0 || state === "stopped" || state === "interrupted";
}

/** Place of a result within the pages that are loaded, or undefined. */
export function placeIn(
  pages: readonly (readonly [number, ResultsPage | undefined])[],
  seq: number,
): number | undefined {
  for (const [offset, page] of pages) {
    const at = page?.rows.findIndex((row) => row.seq === seq) ?? -1;
    if (at >= 0) return offset + at;
  }
  return undefined;
}
