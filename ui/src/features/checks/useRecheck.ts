import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { call } from "@/ipc/call";
import type { Cause } from "@/ipc/generated/Cause";
import type { CheckPassword } from "@/ipc/generated/CheckPassword";
import type { CheckScope } from "@/ipc/generated/CheckScope";
import type { RunPage } from "@/ipc/generated/RunPage";
import { asCommandError, type CommandError } from "@/ipc/problem";
import { offlineReason, useOffline } from "@/lib/appState";
import { useRead, useRefresh } from "@/lib/queries";

const failedOnly: CheckScope = { kind: "failed_only" };

/** What is to be sent, while a question about it is open. */
type Waiting = { scope: CheckScope; password: CheckPassword };

/**
 * `Re-check failed only`: failed and undetermined mailboxes of the newest run; `Re-check these`: those of one cause.
 * Both with the saved settings. Starts at once; asks for the password only if the engine has none.
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
  const waiting = useRef<Waiting>({ scope: failedOnly, password: { kind: "stored" } });

  const start = async ({ scope, password }: Waiting, sendAgain = false) => {
    if (organization === null) return;
    setBusy(true);
    setAsking(false);
    setProblem(null);
    setRefused(null);
    waiting.current = { scope, password: { kind: "stored" } };
    try {
      const { run } = await call("check_start", { organization, password, scope, sendAgain });
      await refresh("check_start");
      await navigate({ to: "/runs/$run", params: { run } });
    } catch (thrown) {
      const error = asCommandError(thrown);
      if (error.code === "password_needed") setAsking(true);
      else if (error.code === "password_refused") {
        waiting.current = { scope, password };
        setRefused(error);
      } else setProblem(error);
    } finally {
      setBusy(false);
    }
  };

  const causeBlocked = page ? blockedReason(page, offline, busy) : "";
  return {
    /** Why what failed cannot be checked again now; null: it can. */
    blocked: page ? (notAllReason(page, home.data?.row.lastRun?.id) ?? causeBlocked) : "",
    /** Why the mailboxes of a cause cannot. */
    causeBlocked,
    asking,
    problem,
    recheck: () => void start({ scope: failedOnly, password: { kind: "stored" } }),
    recheckCause: (run: string, cause: Cause) =>
      void start({ scope: { kind: "cause", run, cause }, password: { kind: "stored" } }),
    withPassword: (password: string) =>
      void start({ scope: waiting.current.scope, password: { kind: "typed", password } }),
    cancel: () => setAsking(false),
    /** The password was refused a short while ago: it is sent again only on request. */
    refused,
    sendAgain: () => void start(waiting.current, true),
    keepBack: () => {
      waiting.current = { ...waiting.current, password: { kind: "stored" } };
      setRefused(null);
    },
  };
}

function notAllReason({ row }: RunPage, newest: string | undefined): string | null {
  if (row.summary.findings + row.summary.undetermined === 0) return "Nothing failed or stayed undetermined.";
  return row.organization !== null && newest !== row.id ? "Only the newest run can be re-checked." : null;
}

function blockedReason({ row }: RunPage, offline: boolean, busy: boolean): string | null {
  if (row.organization === null) return "This was a one-off audit without an organization.";
  if (row.draft) return "This run used draft settings. Re-check from Email Configuration.";
  if (row.state === "running") return "The check is running.";
  if (offline) return offlineReason;
  return busy ? "The check is being started." : null;
}
