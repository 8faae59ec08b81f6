import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { call } from "@/ipc/call";
import type { Answer, CommandName, Request } from "@/ipc/host";
import type { CommandError } from "@/ipc/problem";
import { staleAfter, type WriteName } from "./writes";

/** The query of a reading command, keyed by its name and request. */
export function query<K extends CommandName>(name: K, request: Request<K>) {
  return queryOptions<Answer<K>, CommandError, Answer<K>, readonly [K, Request<K>]>({
    queryKey: [name, request],
    queryFn: () => call(name, request),
  });
}

/** Reads a command; the answer is cached until a write makes it stale. */
export function useRead<K extends CommandName>(name: K, request: Request<K>, options?: { enabled?: boolean }) {
  return useQuery({ ...query(name, request), ...options });
}

/** Runs a writing command and refreshes what it made stale. Never for requests that carry a password: use
 * `call` and `useRefresh` there, so that it is not kept in the mutation cache. */
export function useWrite<K extends WriteName>(name: K) {
  const refresh = useRefresh();
  return useMutation<Answer<K>, CommandError, Request<K>>({
    mutationFn: (request) => call(name, request),
    // Not awaited: what the caller does next must not depend on a component that the new data takes away.
    onSuccess: () => {
      void refresh(name);
    },
    gcTime: 0,
  });
}

/** Marks stale what a writing command has changed. */
export function useRefresh() {
  const client = useQueryClient();
  return useCallback(
    async (name: WriteName) => {
      const stale = staleAfter[name];
      if (stale === "another world") {
        const own = (key: readonly unknown[]) => key[0] === "app_state";
        await Promise.all([
          client.resetQueries({ predicate: ({ queryKey }) => !own(queryKey) }),
          client.invalidateQueries({ predicate: ({ queryKey }) => own(queryKey) }),
        ]);
        return;
      }
      if (stale === "everything") {
        await client.invalidateQueries();
        return;
      }
      await Promise.all(stale.map((read) => client.invalidateQueries({ queryKey: [read] })));
    },
    [client],
  );
}
