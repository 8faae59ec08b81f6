import { Checkbox, Input } from "@fluentui/react-components";
import { useState } from "react";
import { Field, fieldMessage } from "@/components/Field";
import { FormDialog } from "@/components/FormDialog";
import { ProblemBar } from "@/components/ProblemBar";
import { useNotify } from "@/components/toast";
import type { OrganizationRow } from "@/ipc/generated/OrganizationRow";
import { counted } from "@/lib/format";
import { useWrite } from "@/lib/queries";
import { nameMessage } from "./OrganizationFields";

/** `Duplicate`: settings and, if ticked, users. */
export function DuplicateDialog({ row, onClose }: { row: OrganizationRow; onClose: () => void }) {
  const duplicate = useWrite("organization_duplicate");
  const notify = useNotify();
  const [name, setName] = useState(`${row.name} (copy)`);
  const [withUsers, setWithUsers] = useState(false);
  const save = () => {
    if (nameMessage(name) !== null) {
      return;
    }
    duplicate.mutate(
      { organization: row.id, name: name.trim(), withUsers },
      {
        onSuccess: (copy) => {
          notify({ text: `"${copy.name}" created.` });
          onClose();
        },
      },
    );
  };
  const { error } = duplicate;
  return (
    <FormDialog
      title={`Duplicate "${row.name}"`}
      verb="Duplicate"
      disabled={duplicate.isPending}
      onSubmit={save}
      onClose={onClose}
    >
      {error === null || error.field === "name" ? null : <ProblemBar error={error} />}
      <Field label="Name" required message={nameMessage(name) ?? fieldMessage(error, "name")}>
        <Input autoFocus value={name} onChange={(_, data) => setName(data.value)} />
      </Field>
      <Checkbox
        label={`Copy its ${counted(row.counts.users, "user")} too`}
        checked={withUsers}
        disabled={row.counts.users === 0}
        onChange={(_, data) => setWithUsers(data.checked === true)}
      />
      <span>Settings are copied. The password, runs and sync access are not.</span>
    </FormDialog>
  );
}
