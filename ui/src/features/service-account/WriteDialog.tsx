import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
} from "@fluentui/react-components";

type WriteDialogProps = {
  open: boolean;
  mailbox: string;
  busy: boolean;
  onAnswer: (write: boolean) => void;
};

/** Asked again before the one step that writes. `Leave it out` stands first and has the keyboard. */
export function WriteDialog({ open, mailbox, busy, onAnswer }: WriteDialogProps) {
  const styles = useStyles();
  return (
    <Dialog modalType="alert" open={open} onOpenChange={(_, data) => data.open || busy || onAnswer(false)}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{`Write a draft into ${mailbox}?`}</DialogTitle>
          <DialogContent>
            The steps so far changed nothing. This one creates a draft in that mailbox, deletes it for good, and looks
            whether it is gone. Nothing is sent to anyone.
          </DialogContent>
          <DialogActions>
            <Button
              appearance="primary"
              className={styles.verb}
              disabledFocusable={busy}
              onClick={() => busy || onAnswer(false)}
            >
              Leave it out
            </Button>
            <Button className={styles.verb} disabledFocusable={busy} onClick={() => busy || onAnswer(true)}>
              Create and delete a draft
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

const useStyles = makeStyles({ verb: { whiteSpace: "nowrap" } });
