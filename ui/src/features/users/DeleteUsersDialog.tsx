import { useState } from "react";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { useNotify } from "@/components/toast";
import { useUndo } from "@/components/undo";
import type { UserIds } from "@/ipc/generated/UserIds";
import { counted } from "@/lib/format";
import { useWrite } from "@/lib/queries";

/** Users about to be deleted. */
export type Doomed = {
  users: UserIds;
  /** The address of the one, or how many. */
  what: string | number;
  force: boolean;
};

/** `Delete`; where users have sync access the engine says no, and `Force delete` is offered. */
export function DeleteUsersDialog(props: { doomed: Doomed; onClose: () => void; onDeleted: () => void }) {
  const { doomed, onClose } = props;
  const remove = useWrite("users_remove");
  const notify = useNotify();
  const undo = useUndo();
  const [force, setForce] = useState(doomed.force);
  const what = typeof doomed.what === "string" ? doomed.what : counted(doomed.what, "user");
  const confirm = () =>
    remove.mutate(
      { users: doomed.users, force },
      {
        onSuccess: (removed) => {
          notify({
            text: `${counted(removed.removed, "user")} deleted.`,
            action: { label: "Undo", run: () => undo(removed.undo) },
          });
          props.onDeleted();
          onClose();
        },
        onError: (error) => setForce(error.code === "not_allowed"),
      },
    );
  return (
    <ConfirmDialog
      open
      title={force ? `Force delete ${what}, sync access included?` : `Delete ${what}?`}
      verb={force ? "Force delete" : "Delete"}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={confirm}
      onCancel={onClose}
    >
      Nothing is deleted in Exchange. Activity can undo this for 30 days.
    </ConfirmDialog>
  );
}
