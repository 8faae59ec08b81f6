import { Radio, RadioGroup } from "@fluentui/react-components";
import { useState } from "react";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { useNotify } from "@/components/toast";
import { useUndo } from "@/components/undo";
import type { UserRow } from "@/ipc/generated/UserRow";
import { useWrite } from "@/lib/queries";

/** A canary goes, or becomes a user like any other: only the administrator knows which. */
export function RemoveCanaryDialog({ row, onClose }: { row: UserRow; onClose: () => void }) {
  const [fate, setFate] = useState("remove");
  const remove = useWrite("users_remove");
  const set = useWrite("users_set");
  const notify = useNotify();
  const undo = useUndo();
  const users = { kind: "listed" as const, ids: [row.id] };
  const confirm = () => {
    if (fate === "remove") {
      remove.mutate(
        { users, force: false },
        {
          onSuccess: (done) => {
            notify({ text: `${row.address} removed.`, action: { label: "Undo", run: () => undo(done.undo) } });
            onClose();
          },
        },
      );
    } else {
      set.mutate(
        { users, change: { kind: "must_refuse", value: false } },
        {
          onSuccess: () => {
            notify({ text: `${row.address} is a user that must open now.` });
            onClose();
          },
        },
      );
    }
  };
  return (
    <ConfirmDialog
      open
      title={`Remove ${row.address} from the canaries?`}
      verb="Remove"
      busy={remove.isPending || set.isPending}
      error={remove.error ?? set.error}
      onConfirm={confirm}
      onCancel={onClose}
    >
      <RadioGroup value={fate} onChange={(_, data) => setFate(data.value)} aria-label="What becomes of it">
        <Radio value="remove" label="Remove it from this organization" />
        <Radio value="keep" label="Keep it as a user that must open" />
      </RadioGroup>
    </ConfirmDialog>
  );
}
