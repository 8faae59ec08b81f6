import { makeStyles, Tab, TabList, tokens } from "@fluentui/react-components";
import { useState } from "react";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { PasswordDialog } from "@/components/PasswordDialog";
import { ProblemBar } from "@/components/ProblemBar";
import { ProgressLine } from "@/components/ProgressLine";
import { SendAgainDialog } from "@/components/SendAgainDialog";
import { Skeleton } from "@/components/Skeleton";
import type { Cause } from "@/ipc/generated/Cause";
import type { ExportFormat } from "@/ipc/generated/ExportFormat";
import type { RunPage as RunAnswer } from "@/ipc/generated/RunPage";
import type { RunProgress } from "@/ipc/generated/RunProgress";
import { count, counted } from "@/lib/format";
import { inTextField, useHotkeys } from "@/lib/keys";
import { useLiveRun } from "@/lib/liveRun";
import { useWrite } from "@/lib/queries";
import { number, text, useUrlState } from "@/lib/urlState";
import { CausesView } from "./CausesView";
import { ExportedBar } from "./ExportMenu";
import { HandOffDialog } from "./HandOffDialog";
import { MailboxesView } from "./MailboxesView";
import { ResultDrawer } from "./ResultDrawer";
import { RunHeader } from "./RunHeader";
import { StepsView } from "./StepsView";
import { useRecheck } from "./useRecheck";
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
  const styles = useStyles();
  const [url, setUrl] = useUrlState();
  const [asksCancel, setAsksCancel] = useState(false);
  const cancel = useWrite("check_cancel");
  const exported = useExport(page.row.id);
  const recheck = useRecheck(page);
  const running = progress.state === "running";
  const view = viewOf(text(url, "view"), page, running);
  const seq = number(url, "seq");
  const handOff = text(url, "handoff") as Cause | "";
  useHotkeys({
    escape: (event) => {
      // In a text field Esc clears what is typed there.
      if (inTextField(event.target)) return;
      if (seq !== undefined) setUrl({ seq: undefined });
      else if (running) setAsksCancel(true);
    },
    f5: () => !running && recheck.blocked === null && recheck.recheck(),
    "ctrl+e": () => exported.write("csv"),
  });
  return (
    <>
      <RunHeader
        row={page.row}
        running={running}
        canceling={cancel.isPending}
        exporting={exported.busy}
        recheckBlocked={recheck.blocked}
        onCancel={() => setAsksCancel(true)}
        onRecheck={recheck.recheck}
        onExport={exported.write}
      />
      {running && <ProgressLine progress={progress} />}
      <VerdictBanner page={page} />
      {recheck.problem && <ProblemBar title="The check didn't start." error={recheck.problem} />}
      {exported.error && <ProblemBar title="Nothing was exported." error={exported.error} />}
      {exported.file && <ExportedBar file={exported.file} pathCopied={exported.copied} onClose={exported.close} />}
      <TabList
        className={styles.tabs}
        aria-label="Views of the run"
        selectedValue={view}
        onTabSelect={(_, data) => setUrl({ view: String(data.value) })}
      >
        <Tab value="causes">{`Causes (${count(page.causes.length)})`}</Tab>
        <Tab value="mailboxes">{`Mailboxes (${count(progress.total)})`}</Tab>
        <Tab value="steps">Steps</Tab>
      </TabList>
      <div className={view === "mailboxes" ? styles.table : styles.scroll}>
        {view === "causes" && (
          <CausesView
            page={page}
            recheckBlocked={recheck.causeBlocked}
            onShow={({ cause, finding }) =>
              setUrl({ ...noFilter, view: "mailboxes", cause, findings: finding || undefined }, { push: true })
            }
            onRecheck={({ cause }) => recheck.recheckCause(page.row.id, cause)}
            onHandOff={({ cause }) => setUrl({ handoff: cause }, { push: true })}
          />
        )}
        {view === "mailboxes" && <MailboxesView page={page} />}
        {view === "steps" && <StepsView page={page} />}
      </div>
      {seq !== undefined && <ResultDrawer run={page.row.id} seq={seq} onClose={() => setUrl({ seq: undefined })} />}
      {handOff && <HandOffDialog run={page.row.id} cause={handOff} onClose={() => setUrl({ handoff: undefined })} />}
      <ConfirmDialog
        open={asksCancel && running}
        title="Cancel this check?"
        verb="Cancel the check"
        cancel="Go on"
        busy={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate({ run: page.row.id }, { onSuccess: () => setAsksCancel(false) })}
        onCancel={() => setAsksCancel(false)}
      >
        {cancelText(progress)}
      </ConfirmDialog>
      {recheck.asking && (
        <PasswordDialog account={page.row.account} onPassword={recheck.withPassword} onCancel={recheck.cancel} />
      )}
      <SendAgainDialog refused={recheck.refused} onSend={recheck.sendAgain} onCancel={recheck.keepBack} />
    </>
  );
}

type View = "causes" | "mailboxes" | "steps";

const noFilter = { q: undefined, verdict: undefined, cause: undefined, findings: undefined, seq: undefined };

/** Causes by default where something failed; while nothing is decided yet, the steps. */
function viewOf(chosen: string, page: RunAnswer, running: boolean): View {
  if (chosen === "causes" || chosen === "mailboxes" || chosen === "steps") return chosen;
  if (running) return "steps";
  return page.causes.length > 0 ? "causes" : "mailboxes";
}

function cancelText({ done, total }: RunProgress): string {
  const rest = total - done;
  return `${counted(done, "result stays", "results stay")}, ${count(rest)} of ${counted(total, "mailbox", "mailboxes")} will be Not checked (canceled).`;
}

function useExport(run: string) {
  const write = useWrite("run_export");
  const [copied, setCopied] = useState(false);
  return {
    busy: write.isPending,
    error: write.error,
    file: write.data ?? null,
    copied,
    close: write.reset,
    write: (format: ExportFormat) => {
      setCopied(false);
      write.mutate(
        { run, format },
        {
          onSuccess: ({ path }) => {
            navigator.clipboard.writeText(path).then(
              () => setCopied(true),
              // The path is shown with a button of its own.
              () => setCopied(false),
            );
          },
        },
      );
    },
  };
}

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", flexGrow: 1, minHeight: 0, gap: tokens.spacingVerticalS },
  tabs: { borderBottom: `1px solid ${tokens.colorNeutralStroke2}`, flexShrink: 0 },
  table: { display: "flex", flexDirection: "column", flexGrow: 1, minHeight: "260px" },
  scroll: { flexGrow: 1, minHeight: "200px", overflowY: "auto", paddingTop: tokens.spacingVerticalXS },
});
