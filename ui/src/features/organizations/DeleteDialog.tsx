import { ConfirmDialog } from "@/components/ConfirmDialog";
import { useNotify } from "@/components/toast";
import { useUndo } from "@/components/undo";
import type { OrganizationRow } from "@/ipc/generated/OrganizationRow";
import { count } from "@/lib/format";
import { useWrite } from "@/lib/queries";

/** `Delete`, or why not: the default organization, or users with sync access. */
export function DeleteDialog(props: { row: OrganizationRow; onClose: () => void; onDeleted?: () => void }) {
  const { row, onClose } = props;
  const remove = useWrite("organization_remove");
  const deactivate = useWrite("organization_deactivate");
  const notify = useNotify();
  const undo = useUndo();
  const synced = row.counts.active + row.counts.needsRenewal;
  if (row.isDefault) {
    return (
      <ConfirmDialog
        open
        title="The default organization can't be deleted."
        verb="Delete"
        disabled
        cancel="Close"
        onConfirm={() => {}}
        onCancel={onClose}
      />
    );
  }
  if (synced > 0) {
    return (
      <ConfirmDialog
        open
        title={`${count(synced)} ${synced === 1 ? "user has" : "users have"} sync access. Deactivate them first.`}
        verb="Deactivate all"
        busy={deactivate.isPending}
        error={deactivate.error}
        onConfirm={() => deactivate.mutate({ organization: row.id })}
        onCancel={onClose}
      />
    );
  }
  const confirm = () =>
    remove.mutate(
      { organization: row.id },
      {
        onSuccess: (removed) => {
          notify({ text: `"${row.name}" deleted.`, action: { label: "Undo", run: () => undo(removed.undo) } });
          onClose();
          props.onDeleted?.();
        },
      },
    );
  return (
    <ConfirmDialog
      open
      title={`Delete "${row.name}" and its ${count(row.counts.users)} users? Its stored password is removed now.`}
      verb="Delete"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={confirm}
      onCancel={onClose}
    >
      Activity can undo this for 30 days, without the password.
    </ConfirmDialog>
  );
}
