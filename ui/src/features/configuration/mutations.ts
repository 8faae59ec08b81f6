// Saving and checking. Both may carry a password, so neither goes through a mutation cache.
import { useCallback } from "react";
import { call } from "@/ipc/call";
import type { RunId } from "@/ipc/generated/RunId";
import type { Saved } from "@/ipc/generated/Saved";
import type { SaveEmailConfiguration } from "@/ipc/generated/SaveEmailConfiguration";
import type { StartCheck } from "@/ipc/generated/StartCheck";
import { count, counted } from "@/lib/format";
import { useRefresh } from "@/lib/queries";

/** Saves the form; rejects with a `CommandError`. */
export function useSave(): (request: SaveEmailConfiguration) => Promise<Saved> {
  const refresh = useRefresh();
  return useCallback(
    async (request) => {
      const saved = await call("email_configuration_save", request);
      void refresh("email_configuration_save");
      return saved;
    },
    [refresh],
  );
}

/** Starts a check on the form as it stands; rejects with a `CommandError`. */
export function useStartCheck(): (request: StartCheck) => Promise<RunId> {
  const refresh = useRefresh();
  return useCallback(
    async (request) => {
      const { run } = await call("check_start", request);
      await refresh("check_start");
      return run;
    },
    [refresh],
  );
}

/** What the notice after saving says. */
export function savedText(saved: Saved): { text: string; detail?: string } {
  const renewal =
    saved.needsRenewal === 0
      ? undefined
      : `${counted(saved.needsRenewal, "active mailbox", "active mailboxes")} need renewal.`;
  if (saved.appliedRun === null && !saved.configuration.lastRunMatches) {
    return { text: "Saved, never checked", detail: renewal };
  }
  const { activated, renewed, failed, unchanged } = saved;
  const text = `Saved. ${count(activated)} activated, ${count(renewed)} renewed, ${count(failed)} failed, ${count(unchanged)} unchanged.`;
  return { text, detail: renewal };
}
