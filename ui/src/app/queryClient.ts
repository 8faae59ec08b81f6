import { notifyManager, QueryClient } from "@tanstack/react-query";

// What was read is drawn in the task that read it: a timer in between would cost the rows of a table a frame.
notifyManager.setScheduler(queueMicrotask);

/** The engine is local and always reachable: no retries, no refetch because the browser thinks it is offline. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: false, networkMode: "always", refetchOnWindowFocus: false, staleTime: 2_000 },
      mutations: { retry: false, networkMode: "always", gcTime: 0 },
    },
  });
}
