import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { call } from "@/ipc/call";
import type { CheckPassword } from "@/ipc/generated/CheckPassword";
import type { RunPage } from "@/ipc/generated/RunPage";
import { asCommandError, type CommandError } from "@/ipc/problem";
import { offlineReason, useOffline } from "@/lib/appState";
import { useRead, useRefresh } from "@/lib/queries";

/**
 * `Re-check failed only`: failed and undetermined mailboxes of the newest run, with the saved settings. Starts at once;
 * asks for the password only if the engine has none.
 */
export function useRecheck(page: RunPage | undefined) {
  const organization = page?.row.organization ?? null;
  const home = useRead("organization_show", { organization: organization ?? 0 }, { enabled: organization !== null });
  const offline = useOffline();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<CommandError | null>(null);
  const [refused, setRefused] = useState<CommandError | null>(null);
  // A typed password waits here for the answer of the lock-out guard, in no state that is drawn or kept.
  const waiting = useRef<CheckPassword>({ kind: "stored" });

  const start = async (password: CheckPassword, sendAgain = false) => {
    if (organization === null) return;
    setBusy(true);
    setAsking(false);
    setProblem(null);
    setRefused(null);
    waiting.current = { kind: "stored" };
    try {
      const { run } = await call("check_start", { organization, password, scope: { kind: "failed_only" }, sendAgain });
      await refresh("check_start");
      await navigate({ to: "/runs/$run", params: { run } });
    } catch (thrown) {
      const error = asCommandError(thrown);
      if (error.code === "password_needed") setAsking(true);
      else if (error.code === "password_refused") {
        waiting.current = password;
        setRefused(error);
      } else setProblem(error);
    } finally {
      setBusy(false);
    }
  };

  return {
    /** Why it cannot be done now; null: it can. */
    blocked: page ? blockedReason(page, home.data?.row.lastRun?.id, offline, busy) : "",
    asking,
    problem,
    recheck: () => void start({ kind: "stored" }),
    withPassword: (password: string) => void start({ kind: "typed", password }),
    cancel: () => setAsking(false),
    /** The password was refused a short while ago: it is sent again only on request. */
    refused,
    sendAgain: () => void start(waiting.current, true),
    keepBack: () => {
      waiting.current = { kind: "stored" };
      setRefused(null);
    },
  };
}

function blockedReason({ row }: RunPage, newest: string | undefined, offline: boolean, busy: boolean): string | null {
  if (row.summary.findings + row.summary.undetermined === 0) return "Nothing failed or stayed undetermined.";
  if (row.organization === null) return "This was a one-off audit without an organization.";
  if (newest !== row.id) return "Only the newest run can be re-checked.";
  if (row.draft) return "This run used draft settings. Re-check from Email Configuration.";
  if (offline) return offlineReason;
  return busy ? "The check is being started." : null;
}
