import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  Spinner,
  tokens,
} from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { CommandError } from "@/ipc/problem";
import { ProblemBar } from "./ProblemBar";

const useStyles = makeStyles({
  verb: { whiteSpace: "nowrap" },
  content: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
});

type Props = {
  open: boolean;
  /** The question: effect and count. */
  title: string;
  /** What else is to be known. */
  children?: ReactNode;
  /** The verb on the button. */
  verb: string;
  /** Default `Cancel`. */
  cancel?: string;
  busy?: boolean;
  error?: CommandError | null;
  /** The verb cannot be chosen now; `children` say why. */
  disabled?: boolean;
  onConfirm: () => void;
  onCancel: () => void;
};

/** Asks before something is done. Esc and a click beside it cancel; the button is the verb. */
export function ConfirmDialog(props: Props) {
  const styles = useStyles();
  return (
    <Dialog modalType="alert" open={props.open} onOpenChange={(_, data) => data.open || props.onCancel()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{props.title}</DialogTitle>
          <DialogContent className={styles.content}>
            {props.children}
            {props.error ? <ProblemBar error={props.error} /> : null}
          </DialogContent>
          <DialogActions>
            <Button
              appearance="primary"
              className={styles.verb}
              disabled={props.disabled === true || props.busy === true}
              icon={props.busy === true ? <Spinner size="tiny" /> : undefined}
              onClick={props.onConfirm}
            >
              {props.verb}
            </Button>
            <Button onClick={props.onCancel}>{props.cancel ?? "Cancel"}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
