// Where the form stands to the runs: what can be checked, what would be checked, what saving does.

import type { AccessTypeInfo } from "@/ipc/generated/AccessTypeInfo";
import type { CheckScope } from "@/ipc/generated/CheckScope";
import type { EmailConfiguration } from "@/ipc/generated/EmailConfiguration";
import type { RunRow } from "@/ipc/generated/RunRow";
import type { SignIn } from "@/ipc/generated/SignIn";
import { offlineReason } from "@/lib/appState";
import { counted } from "@/lib/format";
import { isApp, isModern } from "./modern";

/** Run ids sort by their start. */
export function newestOf(...runs: (string | null)[]): string | null {
  return runs.reduce((newest, run) => (newest === null || (run !== null && run > newest) ? run : newest), null);
}

type Standing = {
  entry: AccessTypeInfo | undefined;
  signIn: SignIn | undefined;
  offline: boolean;
  starting: boolean;
};

/** Why nothing can be checked now. */
export function blockedReason({ entry, signIn, offline, starting }: Standing): string | null {
  if (entry === undefined || !entry.served) return unserved(entry);
  if (offline) return offlineReason;
  if (starting) return "The check is being started.";
  // An app gets its token in the check itself.
  return isApp(entry.key) ? null : notSignedIn(signIn);
}

function unserved(entry: AccessTypeInfo | undefined): string {
  if (entry !== undefined && isModern(entry.key)) return "Understudy doesn't check this type now.";
  return "Understudy doesn't check this type. It is shown for the record.";
}

/** Null too while it isn't known: the check itself tells then. */
function notSignedIn(signIn: SignIn | undefined): string | null {
  switch (signIn?.state) {
    case "not_signed_in":
    case "failed":
      return "Sign in first.";
    case "waiting":
      return "Finish signing in first.";
    case "other_account":
      return "Another account is signed in: allow it, or sign in again.";
    case "expired":
      return signIn.renewable ? null : "The sign-in has expired. Sign in again.";
    default:
      return null;
  }
}

/** How many mailboxes of a run a check of what failed would ask. */
export function failedCount(row: RunRow | undefined): number {
  return row === undefined ? 0 : row.summary.findings + row.summary.undetermined;
}

/** How many mailboxes a check will read. */
export function scopeSize(scope: CheckScope, users: number, last: RunRow | undefined): number {
  switch (scope.kind) {
    case "all":
      return users;
    case "users":
      return scope.ids.length;
    case "failed_only":
    case "cause":
      return failedCount(last);
    case "sample":
      return Math.min(scope.size, users);
    case "address":
      return 1;
  }
}

export function renewalWarning(changed: boolean, active: number): string | null {
  return changed && active > 0 ? `${counted(active, "active mailbox", "active mailboxes")} will need renewal.` : null;
}

/** What `Save` does now, or why it does nothing. */
export function saveHint(canSave: boolean, dirty: boolean, configuration: EmailConfiguration): string {
  if (!canSave) return "Nothing has changed.";
  if (!dirty && configuration.waitingRun !== null) return "Applies the results of the last check.";
  return "Active = proven reachable with the saved settings.";
}
