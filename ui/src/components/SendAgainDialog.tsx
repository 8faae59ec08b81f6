import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from "@fluentui/react-components";
import type { CommandError } from "@/ipc/problem";

type SendAgainDialogProps = {
  /** The refusal the engine remembers; null: nothing is asked. */
  refused: CommandError | null;
  onSend: () => void;
  onCancel: () => void;
};

/** The lock-out guard: the same password was refused a short while ago. `Cancel` stands first and has the keyboard. */
export function SendAgainDialog({ refused, onSend, onCancel }: SendAgainDialogProps) {
  return (
    <Dialog modalType="alert" open={refused !== null} onOpenChange={(_, data) => data.open || onCancel()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>This password was refused before</DialogTitle>
          <DialogContent>
            {refused?.message} {refused?.hint}
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" onClick={onCancel}>
              Cancel
            </Button>
            <Button onClick={onSend}>Send once more</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
