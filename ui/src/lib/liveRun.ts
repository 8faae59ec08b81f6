import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { watchRun } from "@/ipc/call";
import type { RunProgress } from "@/ipc/generated/RunProgress";
import type { CommandName } from "@/ipc/host";
import { useRead } from "./queries";

const whileRunning: readonly CommandName[] = ["run_show", "results_page"];
const atTheEnd: readonly CommandName[] = [
  "run_show",
  "results_page",
  "result_show",
  "server_load",
  "runs_list",
  "organization_show",
  "organizations_list",
  "users_page",
  "email_configuration_show",
  "activity_page",
];

/** Least time between two refreshes of what a running check changes. */
const refreshEvery = 1000;

/**
 * Reads again what an organization was said to be doing, where that run has ended meanwhile: a short run may be over
 * before it was ever seen to go on.
 */
export function useCatchUp(believed: string | null, { page, progress }: Pick<LiveRun, "page" | "progress">): void {
  const client = useQueryClient();
  const over = page?.row.id === believed && progress !== undefined && progress.state !== "running";
  useEffect(() => {
    if (over) for (const read of atTheEnd) void client.invalidateQueries({ queryKey: [read] });
  }, [over, client]);
}

/** A run, its causes and steps, and how far it is: live while it runs. */
export function useLiveRun(run: string | null) {
  const shown = useRead("run_show", { run: run ?? "" }, { enabled: run !== null });
  const client = useQueryClient();
  const [latest, setLatest] = useState<RunProgress | null>(null);
  const state = shown.data?.progress.run === run ? shown.data.progress.state : undefined;
  const goesOn = state === "running";
  const ended = state !== undefined && !goesOn;

  useEffect(() => {
    if (run === null || !goesOn) return;
    // A run that goes on again was heard to end before.
    setLatest(null);
    let refreshed = Date.now();
    const refresh = (reads: readonly CommandName[], cancelRefetch: boolean) => {
      refreshed = Date.now();
      for (const read of reads) void client.invalidateQueries({ queryKey: [read] }, { cancelRefetch });
    };
    return watchRun(run, (progress) => {
      setLatest(progress);
      if (progress.state !== "running") refresh(["run_show"], true);
      else if (Date.now() - refreshed >= refreshEvery) refresh(whileRunning, false);
    });
  }, [run, goesOn, client]);

  // The end may be read before it is heard of, and what was read in that moment may be half of before, half of after.
  const followed = useRef<string | null>(null);
  useEffect(() => {
    if (goesOn) followed.current = run;
    else if (run !== null && followed.current === run && ended) {
      followed.current = null;
      for (const read of atTheEnd) void client.invalidateQueries({ queryKey: [read] });
    }
  }, [run, goesOn, ended, client]);

  // What was heard last may be older than an end that was read.
  const progress = latest !== null && latest.run === run && !ended ? latest : shown.data?.progress;
  return { ...shown, page: shown.data, progress };
}

type LiveRun = ReturnType<typeof useLiveRun>;
