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
  address: "One address",
  cause: "One cause",
  service_account: "Service Account Access",
};

export function scopeWords(scope: string): string {
  return scopes[scope] ?? scope;
}
