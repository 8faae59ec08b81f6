import { Button, Dropdown, MessageBar, MessageBarBody, makeStyles, Option } from "@fluentui/react-components";
import { ArrowClockwiseRegular, ArrowUndoRegular, HistoryRegular } from "@fluentui/react-icons";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { CopyButton } from "@/components/CopyButton";
import { EmptyState } from "@/components/EmptyState";
import { type Column, PagedTable } from "@/components/PagedTable";
import { PageTitle } from "@/components/PageTitle";
import { useUndo } from "@/components/undo";
import { When } from "@/components/When";
import type { ActivityPage as Answer } from "@/ipc/generated/ActivityPage";
import type { ActivityRow } from "@/ipc/generated/ActivityRow";
import { query, useRead } from "@/lib/queries";
import { number, text, useUrlState } from "@/lib/urlState";
import { kinds, kindWords } from "./kinds";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", flexGrow: 1, minHeight: 0 },
  choice: { minWidth: "180px" },
});

/** Who changed what (panel 11). */
export function ActivityPage() {
  const styles = useStyles();
  const client = useQueryClient();
  const [url, setUrl] = useUrlState();
  const [answer, setAnswer] = useState<Answer>();
  const undo = useUndo();
  const organizations = useRead("organizations_list", { search: null }).data ?? [];
  const kind = text(url, "kind");
  const organization = number(url, "organization") ?? null;
  const source = useCallback(
    (offset: number, limit: number) =>
      query("activity_page", { organization, kind: kind === "" ? null : kind, offset, limit }),
    [organization, kind],
  );
  const columns = useMemo(() => activityColumns(undo), [undo]);
  const filtered = kind !== "" || organization !== null;
  return (
    <div className={styles.root}>
      <PageTitle title="Activity">
        <Dropdown
          className={styles.choice}
          aria-label="Type"
          value={kind === "" ? "Any type" : kindWords(kind)}
          selectedOptions={[kind]}
          onOptionSelect={(_, data) => setUrl({ kind: data.optionValue })}
        >
          <Option value="">Any type</Option>
          {kinds.map((key) => (
            <Option key={key} value={key}>
              {kindWords(key)}
            </Option>
          ))}
        </Dropdown>
        <Dropdown
          className={styles.choice}
          aria-label="Organization"
          value={organizations.find((row) => row.id === organization)?.name ?? "Any organization"}
          selectedOptions={[String(organization ?? "")]}
          onOptionSelect={(_, data) => setUrl({ organization: data.optionValue })}
        >
          <Option value="">Any organization</Option>
          {organizations.map((row) => (
            <Option key={row.id} value={String(row.id)}>
              {row.name}
            </Option>
          ))}
        </Dropdown>
        <Button
          icon={<ArrowClockwiseRegular />}
          onClick={() => void client.invalidateQueries({ queryKey: ["activity_page"] })}
        >
          Refresh
        </Button>
      </PageTitle>
      {answer?.brokenAt == null ? null : (
        <MessageBar intent="error" layout="multiline">
          <MessageBarBody>
            The log was changed outside Understudy: entry {answer.brokenAt} does not fit the one before it.
          </MessageBarBody>
        </MessageBar>
      )}
      <PagedTable
        label="Activity"
        name="activity"
        columns={columns}
        source={source}
        rowKey={(row) => row.id}
        rowName={(row) => row.details}
        onAnswer={setAnswer}
        empty={
          filtered ? (
            <EmptyState text="No rows match.">
              <Button onClick={() => setUrl({ kind: undefined, organization: undefined })}>Clear All Filters</Button>
            </EmptyState>
          ) : (
            <EmptyState icon={<HistoryRegular />} text="Nothing has been changed yet." />
          )
        }
      />
    </div>
  );
}

function activityColumns(undo: (activity: number) => void): Column<ActivityRow>[] {
  return [
    { id: "number", header: "Entry", width: 80, align: "end", hidden: true, render: (row) => row.id },
    { id: "date", header: "Date", width: 190, fixed: true, render: (row) => <When at={row.at} /> },
    { id: "by", header: "Changed By", width: 130, render: (row) => <span title={row.changedBy}>{row.changedBy}</span> },
    { id: "type", header: "Type", width: 160, render: (row) => kindWords(row.kind) },
    {
      id: "details",
      header: "Details",
      width: 200,
      grow: 3,
      fixed: true,
      render: (row) => <span title={row.details}>{row.details}</span>,
    },
    { id: "organization", header: "Organization", width: 130, grow: 1, render: (row) => row.organizationName ?? "–" },
    {
      id: "actions",
      header: "Actions",
      width: 130,
      fixed: true,
      pinned: true,
      render: (row) => (
        <>
          {row.undoable ? (
            <Button
              size="small"
              appearance="subtle"
              icon={<ArrowUndoRegular />}
              tabIndex={-1}
              aria-label={`Undo: ${row.details}`}
              onClick={() => undo(row.id)}
            >
              Undo
            </Button>
          ) : null}
          <CopyButton text={row.details} label={`Copy: ${row.details}`} iconOnly appearance="subtle" tabIndex={-1} />
        </>
      ),
    },
  ];
}
