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
import { useState } from "react";
import { PasswordDialog } from "@/components/PasswordDialog";
import { ProblemBar } from "@/components/ProblemBar";
import { SendAgainDialog } from "@/components/SendAgainDialog";
import type { DirectorySource } from "@/ipc/generated/DirectorySource";
import { offlineReason, useOffline } from "@/lib/appState";
import { counted } from "@/lib/format";
import { useRead } from "@/lib/queries";
import { DoneStep } from "./DoneStep";
import { LookupAsk } from "./LookupAsk";
import { LookupNotes, LookupProgress } from "./LookupProgress";
import { PreviewStep } from "./PreviewStep";
import { Stepper } from "./Stepper";
import { type Lookup, useLookup } from "./useLookup";

/** Whom to look up. */
export type LookupKind = DirectorySource["kind"];

export const lookupTitles: Record<LookupKind, string> = {
  group: "Add users from an Exchange group",
  rooms: "Add rooms from room lists",
  name: "Find users by name",
};

const steps = [
  ["ask", "Source"],
  ["look", "Look up"],
  ["preview", "Preview"],
  ["done", "Done"],
] as const;

type LookupDialogProps = { kind: LookupKind; organization: number | undefined; onClose: () => void };

/** Users from Exchange: `Source`, `Look up`, `Preview`, `Done`. Cancel leaves nothing. */
export function LookupDialog({ kind, organization, onClose }: LookupDialogProps) {
  const styles = useStyles();
  const lookup = useLookup(organization);
  const offline = useOffline();
  const [asked, setAsked] = useState("");
  const home = lookup.where.target;
  const form = useRead("email_configuration_show", { organization: home ?? 0 }, { enabled: home !== undefined }).data;
  const account = form?.form.accountLogon ?? "";
  const { step, starting } = lookup;
  const source = sourceOf(kind, asked);
  const start = () => source !== undefined && !offline && starting.start(source);
  const close = () => {
    lookup.cancel();
    onClose();
  };
  return (
    <Dialog modalType="alert" open onOpenChange={(_, data) => data.open || close()}>
      <DialogSurface className={styles.surface}>
        <DialogBody>
          <DialogTitle>{lookupTitles[kind]}</DialogTitle>
          <DialogContent className={styles.content}>
            <Stepper steps={steps} current={step} />
            {offline && step === "ask" && <span role="status">{offlineReason}</span>}
            {starting.problem && starting.problem.field === undefined && (
              <ProblemBar error={starting.problem} title="The look-up didn't start." />
            )}
            {lookup.error && <ProblemBar error={lookup.error} title={lookup.failed} />}
            {step === "ask" && (
              <LookupAsk
                kind={kind}
                where={lookup.where}
                account={account}
                value={asked}
                problem={starting.problem}
                onChange={setAsked}
                onSubmit={start}
              />
            )}
            {step === "look" && <LookupProgress lookup={lookup} kind={kind} />}
            {step === "preview" && lookup.preview && (
              <>
                <LookupNotes notes={lookup.answer?.notes ?? []} />
                <PreviewStep preview={lookup.preview} />
              </>
            )}
            {step === "done" && lookup.batch && <DoneStep batch={lookup.batch} onUndone={onClose} />}
          </DialogContent>
          <DialogActions>
            <Next lookup={lookup} canStart={source !== undefined && !offline} onStart={start} />
            <Button appearance={step === "done" ? "primary" : "secondary"} onClick={close}>
              {step === "done" ? "Close" : "Cancel"}
            </Button>
          </DialogActions>
        </DialogBody>
        {starting.asking && (
          <PasswordDialog
            account={account}
            verb="Look up"
            onPassword={starting.withPassword}
            onCancel={starting.keepPassword}
          />
        )}
        <SendAgainDialog refused={starting.refused} onSend={starting.sendAgain} onCancel={starting.keepBack} />
      </DialogSurface>
    </Dialog>
  );
}

/** The way on from the step it is at. */
function Next({ lookup, canStart, onStart }: { lookup: Lookup; canStart: boolean; onStart: () => void }) {
  const { step, starting, preview, busy } = lookup;
  switch (step) {
    case "ask":
      return (
        <Button
          appearance="primary"
          disabled={!canStart || starting.busy || lookup.where.target === undefined}
          icon={starting.busy ? <Spinner size="tiny" /> : undefined}
          onClick={onStart}
        >
          Look up
        </Button>
      );
    case "look":
      return <Button onClick={lookup.again}>Back</Button>;
    case "preview":
      return (
        <>
          <Button onClick={lookup.again}>Back</Button>
          <Button
            appearance="primary"
            disabled={busy || preview?.toAdd === 0}
            icon={busy ? <Spinner size="tiny" /> : undefined}
            onClick={lookup.apply}
          >
            {`Add ${counted(preview?.toAdd ?? 0, "user")}`}
          </Button>
        </>
      );
    case "done":
      return null;
  }
}

function sourceOf(kind: LookupKind, asked: string): DirectorySource | undefined {
  const value = asked.trim();
  if (kind === "rooms") return { kind };
  if (value === "") return undefined;
  return kind === "group" ? { kind, address: value } : { kind, name: value };
}

const useStyles = makeStyles({
  surface: { maxWidth: "880px", width: "calc(100vw - 64px)" },
  content: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    height: "min(460px, calc(100vh - 240px))",
  },
});
