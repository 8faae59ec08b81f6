import { PresenceBlockedRegular } from "@fluentui/react-icons";
import type { ReactNode } from "react";
import type { Column } from "@/components/PagedTable";
import { StateBadge, type Tone, VerdictBadge } from "@/components/VerdictBadge";
import { When } from "@/components/When";
import type { SyncAccess } from "@/ipc/generated/SyncAccess";
import type { UserRow } from "@/ipc/generated/UserRow";
import type { UsersSort } from "@/ipc/generated/UsersSort";
import { locations, syncAccess } from "@/lib/labels";

const tones: Record<SyncAccess, Tone> = {
  not_activated: "neutral",
  active: "good",
  needs_renewal: "warning",
  failed: "bad",
};

/** The columns of the list (panel 10.1). `menu` draws the actions of a row. */
export function userColumns(ofOne: boolean, menu: (row: UserRow) => ReactNode): Column<UserRow, UsersSort>[] {
  const organization: Column<UserRow, UsersSort> = {
    id: "organization",
    header: "Organization",
    width: 130,
    grow: 1,
    render: (row) => <span title={row.organizationName}>{row.organizationName}</span>,
  };
  return [
    {
      id: "name",
      header: "Name",
      width: 130,
      grow: 2,
      sortBy: "name",
      fixed: true,
      render: (row) => <span title={row.name}>{row.name || "–"}</span>,
    },
    {
      id: "address",
      header: "E-Mail",
      width: 230,
      grow: 3,
      sortBy: "address",
      fixed: true,
      render: (row) => <span title={row.address}>{row.address}</span>,
    },
    ...(ofOne ? [] : [organization]),
    {
      id: "access",
      header: "Sync access",
      width: 130,
      sortBy: "sync_access",
      render: (row) => <StateBadge tone={tones[row.syncAccess]}>{syncAccess[row.syncAccess]}</StateBadge>,
    },
    { id: "status", header: "Mailbox Status", width: 130, render: (row) => mailboxStatus(row.syncAccess) },
    { id: "disabled", header: "Synchronization Disabled", width: 200, render: (row) => <Disabled row={row} /> },
    {
      id: "verdict",
      header: "Last check",
      width: 290,
      sortBy: "last_checked",
      render: (row) => <LastCheck row={row} />,
    },
    {
      id: "results",
      header: "Check Results",
      width: 200,
      grow: 2,
      sortBy: "last_verdict",
      render: (row) => <span title={row.lastMessage ?? undefined}>{row.lastMessage ?? "–"}</span>,
    },
    { id: "created", header: "Created On", width: 180, sortBy: "added", render: (row) => <When at={row.createdAt} /> },
    { id: "kind", header: "Kind", width: 120, hidden: true, render: (row) => row.kind ?? "–" },
    { id: "upn", header: "UPN", width: 200, hidden: true, render: (row) => row.upn ?? "–" },
    { id: "aliases", header: "Aliases", width: 200, hidden: true, render: (row) => row.aliases.join(", ") || "–" },
    { id: "scope", header: "In scope", width: 90, hidden: true, render: (row) => truth(row.inScope) },
    { id: "tags", header: "Tags", width: 120, hidden: true, render: (row) => row.tags || "–" },
    { id: "location", header: "Location", width: 150, hidden: true, render: (row) => locations[row.location] },
    { id: "good", header: "Last good", width: 180, hidden: true, render: (row) => <When at={row.lastGoodAt} /> },
    { id: "updated", header: "Updated On", width: 180, hidden: true, render: (row) => <When at={row.updatedAt} /> },
    {
      id: "error",
      header: "Disabled Due To An Error",
      width: 180,
      hidden: true,
      render: (row) => truth(row.syncAccess === "failed"),
    },
    { id: "actions", header: "Actions", width: 84, fixed: true, pinned: true, render: menu },
  ];
}

/** `Initialized` = Active or Needs renewal. */
export function mailboxStatus(access: SyncAccess): "Initialized" | "Not initialized" {
  return access === "active" || access === "needs_renewal" ? "Initialized" : "Not initialized";
}

function truth(value: boolean): "True" | "False" {
  return value ? "True" : "False";
}

function Disabled({ row }: { row: UserRow }) {
  return row.synchronizationDisabled ? (
    <StateBadge tone="bad" icon={<PresenceBlockedRegular />}>
      True
    </StateBadge>
  ) : (
    <span>False</span>
  );
}

function LastCheck({ row }: { row: UserRow }) {
  if (row.lastVerdict === null) {
    return <span>{row.mustRefuse ? "Must be refused, never checked" : "Never checked"}</span>;
  }
  return (
    <span title={row.lastCheckedAt ?? undefined}>
      <VerdictBadge verdict={row.lastVerdict} expectation={row.mustRefuse ? "must_refuse" : "must_open"} />{" "}
      <When at={row.lastCheckedAt} />
    </span>
  );
}
