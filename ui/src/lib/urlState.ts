import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

/** Search params as they are in the address: strings, numbers and booleans. */
export type UrlState = Record<string, string | number | boolean | undefined>;

/**
 * Selection, filters and open panels live in the address. `set` merges; `undefined` and the empty string remove a key.
 * `push` makes a step that the back button takes back; by default the entry is replaced. `ahead` is told what will stand
 * in the address before the screen follows it, so that what is needed then can be asked for at once.
 */
export function useUrlState(
  ahead?: (next: UrlState) => void,
): [UrlState, (change: UrlState, how?: { push?: boolean }) => void] {
  const state = useSearch({ strict: false }) as UrlState;
  const navigate = useNavigate();
  const router = useRouter();
  const set = useCallback(
    (change: UrlState, how?: { push?: boolean }) => {
      ahead?.(merged(router.latestLocation.search as UrlState, change));
      void navigate({
        to: ".",
        replace: how?.push !== true,
        search: ((before: UrlState) => merged(before, change)) as never,
      });
    },
    [navigate, router, ahead],
  );
  return [state, set];
}

/** One key of the address as text; empty where it is missing. */
export function text(state: UrlState, key: string): string {
  const value = state[key];
  return value === undefined ? "" : String(value);
}

/** One key of the address as a number, where it is one. */
export function number(state: UrlState, key: string): number | undefined {
  const value = Number(state[key] ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}

function merged(before: UrlState, change: UrlState): UrlState {
  const after = { ...before, ...change };
  return Object.fromEntries(Object.entries(after).filter(([, value]) => value !== undefined && value !== ""));
}
