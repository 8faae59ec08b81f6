import { call } from "@/ipc/call";
import type { RunRow } from "@/ipc/generated/RunRow";
import { useRefresh } from "@/lib/queries";
import type { Sending } from "./useSending";

/** Whether a run has mailboxes left that it can go on with. */
export function isResumable({ state }: Pick<RunRow, "state">): boolean {
  return state !== "running" && state !== "complete";
}

/** `Resume`: goes on with a run that was cut off; what is decided is not asked again. */
export function useResume(sending: Sending, onResumed?: (run: string) => void): (run: string) => void {
  const refresh = useRefresh();
  return (run) =>
    sending.start("The check didn't go on.", async (way) => {
      await call("run_resume", { run, ...way });
      await refresh("run_resume");
      onResumed?.(run);
    });
}
