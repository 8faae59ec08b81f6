import type { Cause } from "@/ipc/generated/Cause";
import type { RunRow } from "@/ipc/generated/RunRow";

/** With which settings it ran, as they stand to those saved now. */
export function settingsWords({ draft, oldSettings }: Pick<RunRow, "draft" | "oldSettings">): string {
  if (draft) return "Draft settings";
  return oldSettings ? "Old settings" : "Saved settings";
}

const scopes: Record<string, string> = {
  all: "All users",
  users: "Selected",
  failed_only: "Failed only",
  sample: "Random sample",
  address: "One address",
  cause: "One cause",
  service_account: "Service Account Access",
};

export function scopeWords(scope: string): string {
  return scopes[scope] ?? scope;
}

/** What a run is about: an opened canary above all, then why it stopped, then what it found most. */
export function gravestCause({ cause, summary }: Pick<RunRow, "cause" | "summary">): Cause | null {
  const exposed: Cause = "impersonation.exposed";
  if (summary.causes.some((entry) => entry.cause === exposed)) return exposed;
  return cause ?? summary.causes[0]?.cause ?? null;
}
