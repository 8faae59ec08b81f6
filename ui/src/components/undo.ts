import { useCallback } from "react";
import { call } from "@/ipc/call";
import { asCommandError } from "@/ipc/problem";
import { useRefresh } from "@/lib/queries";
import { useNotify } from "./toast";

/**
 * Takes an entry of the activity log back and says what came of it. It outlives the component that offered it: the
 * notice with `Undo` stays when the dialog is long gone.
 */
export function useUndo(): (activity: number) => void {
  const refresh = useRefresh();
  const notify = useNotify();
  return useCallback(
    (activity: number) => {
      call("activity_undo", { activity }).then(
        (done) => {
          notify({ text: done.message });
          void refresh("activity_undo");
        },
        (thrown: unknown) => {
          const error = asCommandError(thrown);
          notify({ text: error.message, detail: error.hint, intent: "error" });
        },
      );
    },
    [refresh, notify],
  );
}
