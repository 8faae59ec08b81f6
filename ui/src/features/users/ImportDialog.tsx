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
import { ProblemBar } from "@/components/ProblemBar";
import { counted } from "@/lib/format";
import { ColumnsStep } from "./ColumnsStep";
import { DoneStep } from "./DoneStep";
import type { ListSource } from "./incomingList";
import { PreviewStep } from "./PreviewStep";
import { SourceStep } from "./SourceStep";
import { importSteps, Stepper } from "./Stepper";
import { useImport } from "./useImport";

const useStyles = makeStyles({
  surface: { maxWidth: "880px", width: "calc(100vw - 64px)" },
  content: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    height: "min(460px, calc(100vh - 240px))",
  },
});

type Props = {
  /** Where the users go; undefined asks. */
  organization: number | undefined;
  /** A list that was pasted or dropped: it is read at once. */
  list: ListSource | undefined;
  onClose: () => void;
};

/** Adding many users: `Source`, `Columns`, `Preview`, `Done`. Cancel leaves nothing. */
export function ImportDialog({ organization, list, onClose }: Props) {
  const styles = useStyles();
  const steps = useImport(organization, list);
  const close = () => {
    steps.cancel();
    onClose();
  };
  return (
    <Dialog modalType="alert" open onOpenChange={(_, data) => data.open || close()}>
      <DialogSurface className={styles.surface}>
        <DialogBody>
          <DialogTitle>Add users</DialogTitle>
          <DialogContent className={styles.content}>
            <Stepper steps={importSteps} current={steps.step} />
            {steps.error === null ? null : <ProblemBar error={steps.error} title={steps.failed} />}
            {steps.step === "source" ? <SourceStep steps={steps} /> : null}
            {steps.step === "columns" && steps.preview !== undefined ? <ColumnsStep preview={steps.preview} /> : null}
            {steps.step === "preview" && steps.preview !== undefined ? <PreviewStep preview={steps.preview} /> : null}
            {steps.step === "done" && steps.batch !== undefined ? (
              <DoneStep batch={steps.batch} onUndone={onClose} />
            ) : null}
          </DialogContent>
          <DialogActions>
            {steps.step === "columns" || steps.step === "preview" ? <Button onClick={steps.back}>Back</Button> : null}
            {steps.step === "source" ? (
              <Button
                appearance="primary"
                disabled={steps.busy || steps.target === undefined || steps.list === undefined}
                icon={steps.busy ? <Spinner size="tiny" /> : undefined}
                onClick={steps.read}
              >
                Next
              </Button>
            ) : null}
            {steps.step === "columns" ? (
              <Button appearance="primary" onClick={steps.toPreview}>
                Next
              </Button>
            ) : null}
            {steps.step === "preview" ? (
              <Button
                appearance="primary"
                disabled={steps.busy || steps.preview?.toAdd === 0}
                icon={steps.busy ? <Spinner size="tiny" /> : undefined}
                onClick={steps.apply}
              >
                {`Add ${counted(steps.preview?.toAdd ?? 0, "user")}`}
              </Button>
            ) : null}
            <Button appearance={steps.step === "done" ? "primary" : "secondary"} onClick={close}>
              {steps.step === "done" ? "Close" : "Cancel"}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
