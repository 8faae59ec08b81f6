import { useCallback } from "react";
import { useNotify } from "@/components/toast";
import type { UserChange } from "@/ipc/generated/UserChange";
import type { UserIds } from "@/ipc/generated/UserIds";
import { counted } from "@/lib/format";
import { useWrite } from "@/lib/queries";
import type { filterOf } from "./filter";

/** Changes flags or access of users and says how many were changed. */
export function useChange() {
  const { mutate } = useWrite("users_set");
  const notify = useNotify();
  return useCallback(
    (users: UserIds, change: UserChange) =>
      mutate(
        { users, change },
        {
          onSuccess: (changed) => notify({ text: `${counted(changed, "user")} changed.` }),
          onError: (error) => notify({ text: error.message, detail: error.hint, intent: "error" }),
        },
      ),
    [mutate, notify],
  );
}

/** Writes the filtered rows to a file and says where. */
export function useExport() {
  const { mutate } = useWrite("users_export");
  const notify = useNotify();
  return useCallback(
    (organization: number | undefined, filter: ReturnType<typeof filterOf>) =>
      mutate(
        { ...(organization === undefined ? {} : { organization }), filter },
        {
          onSuccess: (file) =>
            notify({
              text: `${counted(file.rows, "row")} written.`,
              detail: file.path,
              action: { label: "Copy path", run: () => void navigator.clipboard.writeText(file.path) },
            }),
          onError: (error) => notify({ text: error.message, detail: error.hint, intent: "error" }),
        },
      ),
    [mutate, notify],
  );
}
