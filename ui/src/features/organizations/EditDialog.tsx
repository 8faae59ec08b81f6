import { useState } from "react";
import { FormDialog } from "@/components/FormDialog";
import { ProblemBar } from "@/components/ProblemBar";
import { useNotify } from "@/components/toast";
import type { OrganizationRow } from "@/ipc/generated/OrganizationRow";
import { useHotkeys } from "@/lib/keys";
import { useWrite } from "@/lib/queries";
import { type Draft, nameMessage, OrganizationFields } from "./OrganizationFields";

/** `Edit`: name and platform. */
export function EditDialog({ row, onClose }: { row: OrganizationRow; onClose: () => void }) {
  const edit = useWrite("organization_edit");
  const notify = useNotify();
  const [draft, setDraft] = useState<Draft>(row);
  const save = () => {
    if (nameMessage(draft.name) !== null) {
      return;
    }
    edit.mutate(
      { organization: row.id, name: draft.name.trim(), platform: draft.platform },
      {
        onSuccess: (saved) => {
          notify({ text: `"${saved.name}" saved.` });
          onClose();
        },
      },
    );
  };
  useHotkeys({ "ctrl+s": save }, { inDialogs: true });
  return (
    <FormDialog title={`Edit "${row.name}"`} verb="Save" disabled={edit.isPending} onSubmit={save} onClose={onClose}>
      {edit.error === null || edit.error.field === "name" ? null : <ProblemBar error={edit.error} />}
      <OrganizationFields draft={draft} onChange={setDraft} saved error={edit.error} strict />
    </FormDialog>
  );
}
