import { makeStyles, tokens } from "@fluentui/react-components";
import { useCallback, useState } from "react";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { ProblemBar } from "@/components/ProblemBar";
import { ProgressLine } from "@/components/ProgressLine";
import { Skeleton } from "@/components/Skeleton";
import type { Cause } from "@/ipc/generated/Cause";
import type { RunPage as RunAnswer } from "@/ipc/generated/RunPage";
import type { RunProgress } from "@/ipc/generated/RunProgress";
import { offlineReason, useOffline } from "@/lib/appState";
import { count, counted } from "@/lib/format";
import { inTextField, useHotkeys } from "@/lib/keys";
import { useLiveRun } from "@/lib/liveRun";
import { useWrite } from "@/lib/queries";
import { useStable } from "@/lib/stable";
import { number, text, useUrlState } from "@/lib/urlState";
import { ExportedBar } from "./ExportMenu";
import { ExposedBanner } from "./ExposedBanner";
import { HandOffDialog } from "./HandOffDialog";
import { ResultDrawer } from "./ResultDrawer";
import { RunHeader } from "./RunHeader";
import { RunViews } from "./RunViews";
import { SendingDialogs } from "./SendingDialogs";
import { useChosen } from "./useChosen";
import { useExport } from "./useExport";
import { usePausing } from "./usePausing";
import { useRecheck } from "./useRecheck";
import { isResumable, useResume } from "./useResume";
import { useSending } from "./useSending";
import { VerdictBanner } from "./VerdictBanner";

/** One check run: how far it is, what it proves, why, and every mailbox. */
export function RunPage({ run }: { run: string }) {
  const styles = useStyles();
  const live = useLiveRun(run);
  if (live.error && !live.page) {
    return <ProblemBar title="The run can't be shown." error={live.error} onRetry={() => void live.refetch()} />;
  }
  if (!live.page || !live.progress) return <Skeleton label="Loading the run" />;
  return (
    <div className={styles.root}>
      <Loaded page={live.page} progress={live.progress} />
      {live.error && <ProblemBar error={live.error} onRetry={() => void live.refetch()} />}
    </div>
  );
}

function Loaded({ page, progress }: { page: RunAnswer; progress: RunProgress }) {
  const { row } = page;
  const [url, setUrl] = useUrlState();
  const [asksCancel, setAsksCancel] = useState(false);
  const running = progress.state === "running";
  const offline = useOffline();
  const cancel = useWrite("check_cancel");
  const pausing = usePausing(row.id, progress.paused);
  const exported = useExport(row.id);
  const sending = useSending();
  const recheck = useRecheck(row, running, sending);
  const resume = useResume(sending);
  const chosen = useChosen(row.id);
  const resumable = !running && isResumable(row);
  const failedOnly = useStable(recheck.failedOnly);
  const recheckCause = useStable(recheck.cause);
  const recheckChosen = useStable(() => recheck.mailboxes(chosen.addresses));
  const goOn = useStable(() => resume(row.id));
  const pause = useStable(pausing.toggle);
  const askCancel = useCallback(() => setAsksCancel(true), []);
  const write = useStable(exported.write);
  const seq = number(url, "seq");
  const handOff = text(url, "handoff") as Cause | "";
  useHotkeys({
    escape: (event) => {
      // In a text field Esc clears what is typed there.
      if (inTextField(event.target)) return;
      if (seq !== undefined) setUrl({ seq: undefined });
      else if (chosen.selected > 0) chosen.clear();
      else if (running) setAsksCancel(true);
    },
    f5: () => {
      if (chosen.selected > 0) {
        if (recheck.causeBlocked === null && chosen.tooMany === null) recheckChosen();
      } else if (recheck.blocked === null) recheck.failedOnly();
    },
    "ctrl+e": () => exported.write("csv"),
  });
  useHotkeys({ p: pausing.toggle }, { enabled: running });
  return (
    <>
      <ExposedBanner summary={progress.summary} />
      <RunHeader
        row={row}
        running={running}
        paused={progress.paused}
        busy={cancel.isPending || pausing.busy}
        exporting={exported.busy}
        recheckBlocked={recheck.blocked}
        resumable={resumable}
        resumeBlocked={offline ? offlineReason : sending.busy ? "The check is being started." : null}
        onPause={pause}
        onCancel={askCancel}
        onResume={goOn}
        onRecheck={failedOnly}
        onExport={write}
      />
      {running && <ProgressLine progress={progress} />}
      <VerdictBanner page={page} running={running} />
      {sending.problem && <ProblemBar {...sending.problem} />}
      {pausing.problem && <ProblemBar {...pausing.problem} />}
      {exported.error && <ProblemBar title="Nothing was exported." error={exported.error} />}
      {exported.file && <ExportedBar file={exported.file} pathCopied={exported.copied} onClose={exported.close} />}
      <RunViews
        page={page}
        running={running}
        total={progress.total}
        recheckBlocked={recheck.causeBlocked}
        learned={recheck.learned}
        chosen={chosen}
        onRecheckCause={recheckCause}
        onRecheckChosen={recheckChosen}
      />
      {seq !== undefined && <ResultDrawer run={row.id} seq={seq} onClose={() => setUrl({ seq: undefined })} />}
      {handOff && <HandOffDialog run={row.id} cause={handOff} onClose={() => setUrl({ handoff: undefined })} />}
      <ConfirmDialog
        open={asksCancel && running}
        title="Cancel this check?"
        verb="Cancel the check"
        cancel="Go on"
        busy={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate({ run: row.id }, { onSuccess: () => setAsksCancel(false) })}
        onCancel={() => setAsksCancel(false)}
      >
        {cancelText(progress)}
      </ConfirmDialog>
      <SendingDialogs sending={sending} account={row.account} />
    </>
  );
}

function cancelText({ done, total }: RunProgress): string {
  const rest = total - done;
  return `${counted(done, "result stays", "results stay")}, ${count(rest)} of ${counted(total, "mailbox", "mailboxes")} will be Not checked (canceled).`;
}

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", flexGrow: 1, minHeight: 0, gap: tokens.spacingVerticalS },
});
