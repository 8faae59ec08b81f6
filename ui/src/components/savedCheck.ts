import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { call } from "@/ipc/call";
import type { CheckScope } from "@/ipc/generated/CheckScope";
import type { Code } from "@/ipc/generated/Code";
import { asCommandError } from "@/ipc/problem";
import { useAppState } from "@/lib/appState";
import { useRefresh } from "@/lib/queries";
import { useNotify } from "./toast";

/** What Email Configuration can ask for, or show at its fields. */
const asksThere: readonly Code[] = ["password_needed", "password_refused", "invalid"];

/**
 * Starts a check with the settings as saved and opens its run. Where more is needed first (the notice of the first
 * check, a password that is not stored or was refused) it opens `Email Configuration`, which asks for it.
 */
export function useSavedCheck(): (organization: number, scope: CheckScope) => Promise<void> {
  const navigate = useNavigate();
  const notify = useNotify();
  const refresh = useRefresh();
  const seen = useAppState()?.settings.checkNoticeSeen ?? false;
  return useCallback(
    async (organization, scope) => {
      const configuration = () => navigate({ to: "/organizations/$id/configuration", params: { id: organization } });
      if (!seen) {
        await configuration();
        notify({ text: "The first check starts here, after its notice.", intent: "info" });
        return;
      }
      try {
        const { run } = await call("check_start", {
          organization,
          password: { kind: "stored" },
          scope,
          sendAgain: false,
        });
        await refresh("check_start");
        await navigate({ to: "/runs/$run", params: { run } });
      } catch (thrown) {
        const problem = asCommandError(thrown);
        if (asksThere.includes(problem.code)) {
          await configuration();
        }
        notify({ text: problem.message, detail: problem.hint, intent: "error" });
      }
    },
    [navigate, notify, refresh, seen],
  );
}
