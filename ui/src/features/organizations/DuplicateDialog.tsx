import {
  Button,
  Checkbox,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Input,
  makeStyles,
  tokens,
} from "@fluentui/react-components";
import { type FormEvent, useState } from "react";
import { Field, fieldMessage } from "@/components/Field";
import { ProblemBar } from "@/components/ProblemBar";
import { useNotify } from "@/components/toast";
import type { OrganizationRow } from "@/ipc/generated/OrganizationRow";
import { counted } from "@/lib/format";
import { useWrite } from "@/lib/queries";
import { nameMessage } from "./OrganizationFields";

const useStyles = makeStyles({
  content: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
});

/** `Duplicate`: settings and, if ticked, users. */
export function DuplicateDialog({ row, onClose }: { row: OrganizationRow; onClose: () => void }) {
  const styles = useStyles();
  const duplicate = useWrite("organization_duplicate");
  const notify = useNotify();
  const [name, setName] = useState(`${row.name} (copy)`);
  const [withUsers, setWithUsers] = useState(false);
  const save = (event: FormEvent) => {
    event.preventDefault();
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
    <Dialog open onOpenChange={(_, data) => data.open || onClose()}>
      <DialogSurface>
        <form onSubmit={save} noValidate>
          <DialogBody>
            <DialogTitle>Duplicate "{row.name}"</DialogTitle>
            <DialogContent className={styles.content}>
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
            </DialogContent>
            <DialogActions>
              <Button type="submit" appearance="primary" disabled={duplicate.isPending}>
                Duplicate
              </Button>
              <Button onClick={onClose}>Cancel</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
