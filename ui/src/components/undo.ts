import { useCallback } from "react";
import { useWrite } from "@/lib/queries";
import { useNotify } from "./toast";

/** Takes an entry of the activity log back and says what came of it. */
export function useUndo(): (activity: number) => void {
  const { mutate } = useWrite("activity_undo");
  const notify = useNotify();
  return useCallback(
    (activity: number) =>
      mutate(
        { activity },
        {
          onSuccess: (done) => notify({ text: done.message }),
          onError: (error) => notify({ text: error.message, detail: error.hint, intent: "error" }),
        },
      ),
    [mutate, notify],
  );
}
