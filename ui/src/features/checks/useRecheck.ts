import { useNavigate } from "@tanstack/react-router";
import { call } from "@/ipc/call";
import type { Cause } from "@/ipc/generated/Cause";
import type { CheckScope } from "@/ipc/generated/CheckScope";
import type { RunRow } from "@/ipc/generated/RunRow";
import { offlineReason, useOffline } from "@/lib/appState";
import { useRead, useRefresh } from "@/lib/queries";
import { scopeOfAddresses } from "./queries";
import type { Sending } from "./useSending";

const notStarted = "The check didn't start.";

/**
 * `Re-check failed only`: failed and undetermined mailboxes of the newest run; `Re-check these`: those of one cause;
 * `Re-check selected`: those chosen among the mailboxes. All with the saved settings. Starts at once, and opens the run.
 */
export function useRecheck(row: RunRow, running: boolean, sending: Sending) {
  const { organization } = row;
  const home = useRead("organization_show", { organization: organization ?? 0 }, { enabled: organization !== null });
  const offline = useOffline();
  const navigate = useNavigate();
  const refresh = useRefresh();

  const start = (scopeOf: (organization: number) => CheckScope | Promise<CheckScope>) => {
    if (organization === null) return;
    sending.start(notStarted, async (way) => {
      const scope = await scopeOf(organization);
      const { run } = await call("check_start", { organization, scope, ...way });
      await refresh("check_start");
      await navigate({ to: "/runs/$run", params: { run } });
    });
  };

  const causeBlocked = blockedReason(row, running, offline, sending.busy);
  return {
    /** Why what failed cannot be checked again now; null: it can. */
    blocked: notAllReason(row, home.data?.row.lastRun?.id) ?? causeBlocked,
    /** Why the mailboxes of a cause, or those selected, cannot. */
    causeBlocked,
    /** What is known of its server from all runs. */
    learned: home.data?.learned ?? null,
    failedOnly: () => start(() => ({ kind: "failed_only" })),
    cause: (cause: Cause) => start(() => ({ kind: "cause", run: row.id, cause })),
    mailboxes: (addresses: () => Promise<readonly string[]>) =>
      start(async (of) => scopeOfAddresses(of, await addresses())),
  };
}

function notAllReason({ id, organization, summary }: RunRow, newest: string | undefined): string | null {
  if (summary.findings + summary.undetermined === 0) return "Nothing failed or stayed undetermined.";
  return organization !== null && newest !== id ? "Only the newest run can be re-checked." : null;
}

function blockedReason(row: RunRow, running: boolean, offline: boolean, busy: boolean): string | null {
  if (row.organization === null) return "This was a one-off audit without an organization.";
  if (row.draft) return "This run used draft settings. Re-check from Email Configuration.";
  if (running) return "The check is running.";
  if (offline) return offlineReason;
  return busy ? "The check is being started." : null;
}
