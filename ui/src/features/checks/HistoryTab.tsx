import { Button, Link as FluentLink, makeStyles, Switch, tokens } from "@fluentui/react-components";
import { DeleteRegular, HistoryRegular, OpenRegular, PlayRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useCallback, useState } from "react";
import { CauseTitle } from "@/components/CauseTitle";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { EmptyState } from "@/components/EmptyState";
import { type Column, PagedTable } from "@/components/PagedTable";
import { ProblemBar } from "@/components/ProblemBar";
import { RunVerdictBadge } from "@/components/RunVerdictBadge";
import { When } from "@/components/When";
import type { RunRow } from "@/ipc/generated/RunRow";
import { offlineReason, useOffline } from "@/lib/appState";
import { count, counted } from "@/lib/format";
import { useWrite } from "@/lib/queries";
import { answered } from "@/lib/runVerdict";
import { useUrlState } from "@/lib/urlState";
import { historyLimit, historyQuery } from "./queries";
import { gravestCause, scopeWords, settingsWords } from "./runWords";
import { SendingDialogs } from "./SendingDialogs";
import { isResumable, useResume } from "./useResume";
import { useSending } from "./useSending";

/** `Checks`: the runs of one organization, newest first; those with issues, if there are any. */
export function HistoryTab({ organization }: { organization: number }) {
  const styles = useStyles();
  const navigate = useNavigate();
  const [url, setUrl] = useUrlState();
  const [deleting, setDeleting] = useState<RunRow | null>(null);
  const [seen, setSeen] = useState({ narrowed: false, all: 0, withIssues: 0 });
  const remove = useWrite("run_remove");
  const issues = typeof url.issues === "boolean" ? url.issues : null;
  const source = useCallback(
    (offset: number, limit: number) => historyQuery(organization, issues, offset, limit),
    [organization, issues],
  );
  const open = useCallback((row: RunRow) => void navigate({ to: "/runs/$run", params: { run: row.id } }), [navigate]);
  const sending = useSending();
  const [resuming, setResuming] = useState("");
  const resume = useResume(sending, (run) => void navigate({ to: "/runs/$run", params: { run } }));
  const offline = useOffline();
  const columns = [
    runColumn(open),
    ...factColumns,
    actionsColumn({
      open,
      resume: (row) => {
        setResuming(row.account);
        resume(row.id);
      },
      resumeBlocked: offline ? offlineReason : null,
      remove: setDeleting,
    }),
  ];
  return (
    <div className={styles.root}>
      <Switch
        label={`Only runs with issues (${count(seen.withIssues)} of ${count(seen.all)})`}
        checked={seen.narrowed}
        disabled={seen.all === 0}
        onChange={(_, data) => setUrl({ issues: data.checked })}
      />
      {sending.problem && <ProblemBar {...sending.problem} />}
      <PagedTable
        name="runs"
        label="Runs"
        columns={columns}
        source={source}
        rowKey={(row) => row.id}
        rowName={(row) => `Run ${row.number}`}
        onOpen={open}
        onDelete={(row) => row.state !== "running" && setDeleting(row)}
        onAnswer={setSeen}
        footer={seen.all >= historyLimit ? <span>{`The newest ${count(historyLimit)} runs`}</span> : undefined}
        empty={<Empty organization={organization} hidden={seen.all} onShowAll={() => setUrl({ issues: false })} />}
      />
      <SendingDialogs sending={sending} account={resuming} verb="Resume" />
      <ConfirmDialog
        open={deleting !== null}
        title={deleting ? deleteTitle(deleting) : ""}
        verb="Delete"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => deleting && remove.mutate({ run: deleting.id }, { onSuccess: () => setDeleting(null) })}
        onCancel={() => {
          remove.reset();
          setDeleting(null);
        }}
      >
        This can't be undone. Users keep their Sync access.
      </ConfirmDialog>
    </div>
  );
}

type EmptyProps = { organization: number; hidden: number; onShowAll: () => void };

function Empty({ organization, hidden, onShowAll }: EmptyProps) {
  const navigate = useNavigate();
  if (hidden > 0) {
    return (
      <EmptyState text="No run has issues.">
        <Button onClick={onShowAll}>Show all runs</Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={<HistoryRegular />} text="Nothing has been checked yet.">
      <Button
        appearance="primary"
        onClick={() => void navigate({ to: "/organizations/$id/configuration", params: { id: organization } })}
      >
        Open Email Configuration
      </Button>
    </EmptyState>
  );
}

const factColumns: readonly Column<RunRow>[] = [
  { id: "start", header: "Start Date", width: 205, render: (row) => <When at={row.startedAt} /> },
  { id: "end", header: "End Date", width: 205, render: (row) => <When at={row.finishedAt} /> },
  { id: "status", header: "Status", width: 236, grow: 1, fixed: true, render: (row) => <RunVerdictBadge row={row} /> },
  { id: "scope", header: "Scope", width: 110, hidden: true, render: (row) => scopeWords(row.scope) },
  {
    id: "checked",
    header: "Checked",
    width: 124,
    align: "end",
    render: ({ summary }) => `${count(answered(summary))} / ${count(summary.total)}`,
  },
  { id: "issues", header: "Issues", width: 72, align: "end", render: (row) => count(row.summary.findings) },
  {
    id: "cause",
    header: "Cause",
    width: 170,
    grow: 1,
    render: (row) => <CauseTitle cause={gravestCause(row)} />,
  },
  {
    id: "settings",
    header: "Settings",
    width: 120,
    render: settingsWords,
  },
  { id: "account", header: "Account", width: 190, hidden: true, render: (row) => row.account },
  { id: "server", header: "Build", width: 120, hidden: true, render: (row) => row.serverVersion ?? "–" },
];

function runColumn(open: (row: RunRow) => void): Column<RunRow> {
  return {
    id: "run",
    header: "Run",
    width: 72,
    fixed: true,
    render: (row) => (
      <FluentLink as="button" tabIndex={-1} onClick={() => open(row)}>
        {`Run ${count(row.number)}`}
      </FluentLink>
    ),
  };
}

type Actions = {
  open: (row: RunRow) => void;
  resume: (row: RunRow) => void;
  /** Why no run can go on now; null: those cut off can. */
  resumeBlocked: string | null;
  remove: (row: RunRow) => void;
};

function actionsColumn({ open, resume, resumeBlocked, remove }: Actions): Column<RunRow> {
  return {
    id: "actions",
    header: "Actions",
    width: 124,
    fixed: true,
    pinned: true,
    render: (row) => (
      <>
        <Action verb="Open" of={row} icon={<OpenRegular />} onClick={open} />
        <Action
          verb="Resume"
          of={row}
          icon={<PlayRegular />}
          disabled={!isResumable(row) || resumeBlocked !== null}
          title={isResumable(row) ? (resumeBlocked ?? "Resume") : "Nothing is left to be checked"}
          onClick={resume}
        />
        <Action verb="Delete" of={row} icon={<DeleteRegular />} disabled={row.state === "running"} onClick={remove} />
      </>
    ),
  };
}

type ActionProps = {
  verb: string;
  of: RunRow;
  icon: ReactElement;
  disabled?: boolean;
  title?: string;
  onClick: (row: RunRow) => void;
};

function Action({ verb, of, icon, disabled, title = verb, onClick }: ActionProps) {
  return (
    <Button
      tabIndex={-1}
      size="small"
      appearance="subtle"
      icon={icon}
      aria-label={`${verb} run ${of.number}`}
      title={title}
      disabled={disabled}
      onClick={() => onClick(of)}
    />
  );
}

function deleteTitle(row: RunRow): string {
  return `Delete run ${count(row.number)} and its ${counted(row.summary.total, "result")}?`;
}

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", flexGrow: 1, minHeight: 0, gap: tokens.spacingVerticalS },
});
