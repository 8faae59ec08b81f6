import { Button, makeStyles, Switch, tokens } from "@fluentui/react-components";
import { memo, useCallback, useMemo } from "react";
import { CauseTitle } from "@/components/CauseTitle";
import { EmptyState } from "@/components/EmptyState";
import { FilterChoice } from "@/components/FilterChoice";
import { type Column, PagedTable } from "@/components/PagedTable";
import { useAskAhead } from "@/components/pagedRows";
import { SearchField } from "@/components/SearchField";
import { When } from "@/components/When";
import type { CauseCard } from "@/ipc/generated/CauseCard";
import type { ResultRow } from "@/ipc/generated/ResultRow";
import type { ResultsPage } from "@/ipc/generated/ResultsPage";
import type { ResultsSort } from "@/ipc/generated/ResultsSort";
import type { RunPage } from "@/ipc/generated/RunPage";
import { causeTitles } from "@/lib/causes";
import { count } from "@/lib/format";
import { verdicts } from "@/lib/labels";
import { number, text, type UrlState, useUrlState } from "@/lib/urlState";
import { ChosenBar } from "./ChosenBar";
import { filterOf, isFiltered, type ResultsFilter, resultsQuery } from "./queries";
import { ResultStatusBadge } from "./ResultStatusBadge";
import type { Chosen } from "./useChosen";

type MailboxesViewProps = {
  page: RunPage;
  chosen: Chosen;
  /** Why those selected cannot be checked again; null: they can. */
  recheckBlocked: string | null;
  onRecheck: () => void;
};

/** Every mailbox of the run: searched, filtered and sorted by the engine. */
export const MailboxesView = memo(function MailboxesView({
  page,
  chosen,
  recheckBlocked,
  onRecheck,
}: MailboxesViewProps) {
  const styles = useStyles();
  const run = page.row.id;
  const askAhead = useAskAhead();
  const ahead = useCallback((next: UrlState) => askAhead(sourceOf(run, filterOf(next))), [askAhead, run]);
  const [url, show] = useUrlState(ahead);
  const [, setUrl] = useUrlState();
  const filter = filterOf(url);
  const key = JSON.stringify(filter);
  const source = useMemo(() => sourceOf(run, JSON.parse(key)), [run, key]);
  const { onTotal } = chosen;
  const onAnswer = useCallback(({ total }: ResultsPage) => onTotal(total), [onTotal]);
  return (
    <div className={styles.root}>
      <Filters causes={page.causes} onChange={show} />
      {chosen.selected > 0 && (
        <ChosenBar selected={chosen.selected} blocked={recheckBlocked} onRecheck={onRecheck} onClear={chosen.clear} />
      )}
      <PagedTable<ResultRow, number, ResultsPage, ResultsSort>
        name="results"
        label="Mailboxes"
        columns={columns}
        source={source}
        rowKey={(row) => row.seq}
        rowName={(row) => row.mailbox}
        sort={filter.sort ? { by: filter.sort, direction: filter.direction ?? "ascending" } : undefined}
        onSort={(sort) => show({ sort: sort?.by, dir: sort?.direction })}
        selection={chosen.selection}
        onSelectionChange={chosen.select}
        onAnswer={onAnswer}
        current={number(url, "seq")}
        openOnClick
        onOpen={(row) => setUrl({ seq: row.seq }, { push: url.seq === undefined })}
        empty={<NoRows page={page} filtered={isFiltered(filter)} onClear={() => show(noFilter)} />}
      />
    </div>
  );
});

function sourceOf(run: string, filter: ResultsFilter) {
  return (offset: number, limit: number) => resultsQuery(run, filter, offset, limit);
}

const noFilter = { q: undefined, verdict: undefined, cause: undefined, findings: undefined };

type FiltersProps = {
  causes: readonly CauseCard[];
  /** Changes the address; has to stay the same function. */
  onChange: (change: UrlState) => void;
};

function Filters({ causes, onChange }: FiltersProps) {
  const styles = useStyles();
  const [url] = useUrlState();
  const cause = text(url, "cause");
  const choices = useMemo(() => causeChoices(causes), [causes]);
  const search = useCallback((q: string) => onChange({ q }), [onChange]);
  return (
    <search className={styles.filters}>
      <SearchField label="Search mailboxes" placeholder="Name or address" value={text(url, "q")} onChange={search} />
      <FilterChoice
        className={styles.choice}
        label="Status"
        name="verdict"
        value={text(url, "verdict")}
        any="All verdicts"
        options={verdictChoices}
        onChange={onChange}
      />
      <FilterChoice
        className={styles.choice}
        label="Cause"
        name="cause"
        value={cause}
        any="All causes"
        options={choices}
        shown={causeTitles[cause as keyof typeof causeTitles]}
        onChange={onChange}
      />
      <IssuesOnly checked={url.findings === true} onChange={onChange} />
      {isFiltered(filterOf(url)) && (
        <Button appearance="subtle" onClick={() => onChange(noFilter)}>
          Clear All Filters
        </Button>
      )}
    </search>
  );
}

const IssuesOnly = memo(function IssuesOnly(props: { checked: boolean; onChange: FiltersProps["onChange"] }) {
  return (
    <Switch
      label="Issues only"
      checked={props.checked}
      onChange={(_, data) => props.onChange({ findings: data.checked || undefined })}
    />
  );
});

const verdictChoices = Object.entries(verdicts);

/** Each cause once, with how many mailboxes have it under whatever verdict. */
function causeChoices(cards: readonly CauseCard[]): [string, string][] {
  const counts = new Map<string, { title: string; mailboxes: number }>();
  for (const { cause, title, count: mailboxes } of cards) {
    counts.set(cause, { title, mailboxes: mailboxes + (counts.get(cause)?.mailboxes ?? 0) });
  }
  return [...counts].map(([cause, { title, mailboxes }]) => [cause, `${title} (${count(mailboxes)})`]);
}

function NoRows({ page, filtered, onClear }: { page: RunPage; filtered: boolean; onClear: () => void }) {
  if (filtered) {
    return (
      <EmptyState text="No rows match.">
        <Button onClick={onClear}>Clear All Filters</Button>
      </EmptyState>
    );
  }
  return <EmptyState text={page.row.state === "running" ? "No result yet." : "Add users first, or try one address."} />;
}

const columns: readonly Column<ResultRow, ResultsSort>[] = [
  {
    id: "name",
    header: "Name",
    width: 130,
    grow: 2,
    sortBy: "name",
    render: (row) => <span title={row.name}>{row.name || "–"}</span>,
  },
  {
    id: "mailbox",
    header: "E-Mail",
    width: 190,
    grow: 3,
    sortBy: "mailbox",
    fixed: true,
    render: (row) => <span title={row.mailbox}>{row.mailbox}</span>,
  },
  {
    id: "status",
    header: "Status",
    width: 144,
    sortBy: "verdict",
    fixed: true,
    render: (row) => <ResultStatusBadge row={row} />,
  },
  {
    id: "message",
    header: "Check Results",
    width: 200,
    grow: 4,
    render: (row) => <span title={row.message ?? undefined}>{row.message ?? "–"}</span>,
  },
  {
    id: "cause",
    header: "Cause",
    width: 170,
    grow: 1,
    sortBy: "cause",
    render: (row) => <CauseTitle cause={row.cause} />,
  },
  {
    id: "latency",
    header: "Time",
    width: 80,
    align: "end",
    sortBy: "latency",
    render: (row) => (row.latencyMs === null ? "–" : `${count(row.latencyMs)} ms`),
  },
  {
    id: "checked",
    header: "Checked at",
    width: 205,
    sortBy: "checked_at",
    render: (row) => <When at={row.checkedAt} />,
  },
  { id: "code", header: "EWS code", width: 200, hidden: true, render: (row) => row.ewsCode ?? "–" },
  { id: "http", header: "HTTP", width: 70, align: "end", hidden: true, render: (row) => row.httpStatus ?? "–" },
  { id: "attempts", header: "Attempts", width: 90, align: "end", hidden: true, render: (row) => count(row.attempts) },
  { id: "request", header: "Request ID", width: 290, hidden: true, render: (row) => row.requestId ?? "–" },
];

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", flexGrow: 1, minHeight: 0, gap: tokens.spacingVerticalS },
  filters: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalS },
  choice: { width: "190px" },
});
