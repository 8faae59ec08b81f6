import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { watchRun } from "@/ipc/call";
import type { RunProgress } from "@/ipc/generated/RunProgress";
import type { CommandName } from "@/ipc/host";
import { useRead } from "./queries";

const whileRunning: readonly CommandName[] = ["run_show", "results_page"];
const atTheEnd: readonly CommandName[] = [
  ...whileRunning,
  "result_show",
  "runs_list",
  "organization_show",
  "organizations_list",
  "users_page",
  "email_configuration_show",
  "activity_page",
];

/** Least time between two refreshes of what a running check changes. */
const refreshEvery = 1000;

/** A run, its causes and steps, and how far it is: live while it runs. */
export function useLiveRun(run: string | null) {
  const shown = useRead("run_show", { run: run ?? "" }, { enabled: run !== null });
  const client = useQueryClient();
  const [latest, setLatest] = useState<RunProgress | null>(null);
  const goesOn = shown.data?.progress.run === run && shown.data?.progress.state === "running";

  useEffect(() => {
    if (run === null || !goesOn) return;
    let refreshed = Date.now();
    const refresh = (reads: readonly CommandName[], cancelRefetch: boolean) => {
      refreshed = Date.now();
      for (const read of reads) void client.invalidateQueries({ queryKey: [read] }, { cancelRefetch });
    };
    return watchRun(run, (progress) => {
      setLatest(progress);
      if (progress.state !== "running") refresh(atTheEnd, true);
      else if (Date.now() - refreshed >= refreshEvery) refresh(whileRunning, false);
    });
  }, [run, goesOn, client]);

  const progress = latest !== null && latest.run === run ? latest : shown.data?.progress;
  return { ...shown, page: shown.data, progress };
}
