import { makeStyles, tokens } from "@fluentui/react-components";
import { PresenceBlockedRegular } from "@fluentui/react-icons";
import { Link } from "@tanstack/react-router";
import type { Column } from "@/components/PagedTable";
import { RunVerdictBadge } from "@/components/RunVerdictBadge";
import { StateBadge } from "@/components/VerdictBadge";
import { When } from "@/components/When";
import type { OrganizationRow } from "@/ipc/generated/OrganizationRow";
import { count } from "@/lib/format";
import { accessTypes, platforms } from "@/lib/labels";
import type { ListSort } from "./list";
import { RowMenu } from "./RowMenu";
import { SyncCountsText } from "./SyncCountsText";

/** What can be done with a row. */
export type Actions = {
  open: (row: OrganizationRow) => void;
  edit: (row: OrganizationRow) => void;
  duplicate: (row: OrganizationRow) => void;
  remove: (row: OrganizationRow) => void;
  check: (row: OrganizationRow) => void;
  setEnabled: (row: OrganizationRow, enabled: boolean) => void;
};

/** The columns of the list (panel 4). */
export function organizationColumns(actions: Actions): Column<OrganizationRow, ListSort>[] {
  return [
    { id: "id", header: "ID", width: 70, hidden: true, render: (row) => row.id },
    {
      id: "name",
      header: "Name",
      width: 170,
      grow: 2,
      sortBy: "name",
      fixed: true,
      render: (row) => <Name row={row} />,
    },
    {
      id: "access",
      header: "Mailbox Access Type",
      width: 200,
      grow: 2,
      sortBy: "access",
      render: (row) => <span title={accessTypes[row.accessType]}>{accessTypes[row.accessType]}</span>,
    },
    {
      id: "enabled",
      header: "Synchronization Status",
      width: 205,
      sortBy: "enabled",
      render: (row) => <Enabled enabled={row.enabled} />,
    },
    {
      id: "users",
      header: "Users",
      width: 70,
      align: "end",
      sortBy: "users",
      render: (row) => count(row.counts.users),
    },
    { id: "sync", header: "Sync access", width: 220, grow: 2, render: (row) => <SyncCountsText counts={row.counts} /> },
    {
      id: "checked",
      header: "Last check",
      width: 330,
      grow: 2,
      sortBy: "checked",
      render: (row) => <LastCheck row={row} />,
    },
    { id: "platform", header: "Platform", width: 120, hidden: true, render: (row) => platforms[row.platform] },
    { id: "externalId", header: "External Id", width: 130, hidden: true, render: (row) => row.externalId },
    {
      id: "actions",
      header: "Actions",
      width: 84,
      fixed: true,
      pinned: true,
      render: (row) => (
        <RowMenu
          row={row}
          onOpen={() => actions.open(row)}
          onEdit={() => actions.edit(row)}
          onDuplicate={() => actions.duplicate(row)}
          onDelete={() => actions.remove(row)}
          onCheck={() => actions.check(row)}
          onEnabled={(enabled) => actions.setEnabled(row, enabled)}
        />
      ),
    },
  ];
}

const useStyles = makeStyles({
  link: {
    color: tokens.colorBrandForegroundLink,
    textDecorationLine: "none",
    ":hover": { textDecorationLine: "underline" },
  },
});

function Name({ row }: { row: OrganizationRow }) {
  const styles = useStyles();
  return (
    <Link className={styles.link} to="/organizations/$id/users" params={{ id: row.id }} tabIndex={-1} title={row.name}>
      {row.name}
    </Link>
  );
}

function Enabled({ enabled }: { enabled: boolean }) {
  return enabled ? (
    <span>Enabled</span>
  ) : (
    <StateBadge tone="bad" icon={<PresenceBlockedRegular />}>
      Disabled
    </StateBadge>
  );
}

function LastCheck({ row }: { row: OrganizationRow }) {
  if (row.lastRun === null) {
    return <span>Never checked</span>;
  }
  return (
    <>
      <RunVerdictBadge row={row.lastRun} />, <When at={row.lastRun.finishedAt ?? row.lastRun.startedAt} />
    </>
  );
}
