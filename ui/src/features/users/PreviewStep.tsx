import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { useCallback, useState } from "react";
import { type Column, PagedTable } from "@/components/PagedTable";
import { hovered, marked } from "@/components/tableLayout";
import { StateBadge } from "@/components/VerdictBadge";
import type { ImportGroup } from "@/ipc/generated/ImportGroup";
import type { ImportPreview } from "@/ipc/generated/ImportPreview";
import type { ImportPreviewRow } from "@/ipc/generated/ImportPreviewRow";
import { count } from "@/lib/format";
import { query } from "@/lib/queries";
import { groups } from "./groups";

const useStyles = makeStyles({
  root: { display: "flex", flexGrow: 1, minHeight: 0, gap: tokens.spacingHorizontalM },
  groups: {
    display: "flex",
    flexDirection: "column",
    flexShrink: 0,
    gap: tokens.spacingVerticalXS,
    width: "270px",
    overflowY: "auto",
  },
  group: {
    display: "grid",
    gridTemplateColumns: "1fr auto",
    columnGap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS}`,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    color: tokens.colorNeutralForeground1,
    backgroundColor: tokens.colorNeutralBackground1,
    fontFamily: "inherit",
    fontSize: tokens.fontSizeBase300,
    textAlign: "left",
    cursor: "pointer",
    ":hover": { backgroundColor: hovered },
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  chosen: {
    border: `1px solid ${tokens.colorBrandStroke1}`,
    ...marked,
  },
  fate: { gridColumn: "1 / 3", color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
});

const columns: Column<ImportPreviewRow>[] = [
  { id: "line", header: "Line", width: 60, align: "end", render: (row) => count(row.line) },
  {
    id: "address",
    header: "E-Mail",
    width: 170,
    grow: 2,
    render: (row) => <span title={row.address}>{row.address}</span>,
  },
  { id: "name", header: "Name", width: 90, grow: 1, render: (row) => row.name || "–" },
  {
    id: "reason",
    header: "What happens",
    width: 150,
    grow: 2,
    render: (row) => <span title={row.reason ?? undefined}>{whatHappens(row)}</span>,
  },
];

/** The address stands in its own column: said again, it would push the reason out of sight. */
function whatHappens({ address, reason, group }: ImportPreviewRow): string {
  if (reason === null) return groups[group].fate;
  if (!reason.startsWith(`${address} `)) return reason;
  const rest = reason.slice(address.length + 1);
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

/** What adding the list would do, group by group. */
export function PreviewStep({ preview }: { preview: ImportPreview }) {
  const styles = useStyles();
  const [group, setGroup] = useState<ImportGroup>();
  const source = useCallback(
    (offset: number, limit: number) =>
      query("users_import_rows", {
        token: preview.token,
        ...(group === undefined ? {} : { group }),
        offset,
        limit,
      }),
    [preview.token, group],
  );
  return (
    <div className={styles.root}>
      <div className={styles.groups}>
        {preview.groups.map((entry) => {
          const about = groups[entry.group];
          const chosen = entry.group === group;
          return (
            <button
              key={entry.group}
              type="button"
              className={mergeClasses(styles.group, chosen && styles.chosen)}
              aria-pressed={chosen}
              onClick={() => setGroup(chosen ? undefined : entry.group)}
            >
              <StateBadge tone={about.tone}>{about.label}</StateBadge>
              <strong>{count(entry.count)}</strong>
              <span className={styles.fate}>{about.fate}</span>
            </button>
          );
        })}
      </div>
      <PagedTable
        label="Preview"
        columns={columns}
        source={source}
        rowKey={(row) => `${row.line} ${row.address}`}
        rowName={(row) => row.address}
        empty={null}
      />
    </div>
  );
}
