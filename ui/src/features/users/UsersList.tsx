import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { useCallback, useMemo, useState } from "react";
import { PagedTable } from "@/components/PagedTable";
import { useSavedCheck } from "@/components/savedCheck";
import { nothing, type Selection, selectedCount } from "@/components/selection";
import type { UserRow } from "@/ipc/generated/UserRow";
import type { UsersPage } from "@/ipc/generated/UsersPage";
import { count } from "@/lib/format";
import { useHotkeys } from "@/lib/keys";
import { useStable } from "@/lib/stable";
import { text, useUrlState } from "@/lib/urlState";
import { BulkBar } from "./BulkBar";
import { checkBlocked, chosenUsers, scopeOf } from "./chosenUsers";
import { userColumns } from "./columns";
import { DeleteUsersDialog, type Doomed } from "./DeleteUsersDialog";
import { filterKeys } from "./filter";
import { ImportDialog } from "./ImportDialog";
import { type ListSource, useIncomingList } from "./incomingList";
import { LookupDialog, type LookupKind, lookupTitles } from "./LookupDialog";
import { NoUsers } from "./NoUsers";
import { AddUserDialog, EditUserDialog } from "./UserDialog";
import { UserMenu } from "./UserMenu";
import { UsersBar } from "./UsersBar";
import { useChange, useExport } from "./useUserActions";
import { useUsersQuery } from "./useUsersQuery";

/** The list of users, of all organizations or of one (panel 10.1). */
export function UsersList({ organization }: { organization?: number }) {
  const styles = useStyles();
  const { filter, filtered, sort, source, show } = useUsersQuery(organization);
  const [total, setTotal] = useState(0);
  const [selection, setSelection] = useState<Selection<number>>(nothing);
  const [editing, setEditing] = useState<UserRow>();
  const [doomed, setDoomed] = useState<Doomed>();
  const adding = useAdding();
  const columns = useColumns(organization, setEditing, setDoomed);
  const exportAll = useExport();
  const selected = selectedCount(selection, total);
  const chosen = selected === 0 ? undefined : chosenUsers(selection, organization, filter);
  const write = useStable(() => exportAll(organization, filter));
  useHotkeys({ "ctrl+n": adding.one, "ctrl+e": write, escape: () => setSelection(nothing) });
  return (
    <div className={mergeClasses(styles.root, adding.dropping && styles.dropping)} {...adding.dropTarget}>
      <UsersBar
        none={total === 0}
        onFilter={show}
        onExport={write}
        onOne={adding.one}
        onList={adding.list}
        onLookup={adding.lookup}
      />
      {selected === 0 ? null : (
        <Selected
          organization={organization}
          selection={selection}
          selected={selected}
          filter={filter}
          filtered={filtered}
          onDelete={setDoomed}
          onClear={() => setSelection(nothing)}
        />
      )}
      <PagedTable
        label="Users"
        name={organization === undefined ? "users" : "organization-users"}
        columns={columns}
        source={source}
        rowKey={(row) => row.id}
        rowName={(row) => row.address}
        sort={sort}
        onSort={(next) => show({ sort: next?.by, direction: next?.direction })}
        selection={selection}
        onSelectionChange={setSelection}
        onOpen={setEditing}
        onEdit={setEditing}
        onDelete={(row) =>
          setDoomed(chosen === undefined ? one(row, false) : { users: chosen, what: selected, force: false })
        }
        onAnswer={useCallback((page: UsersPage) => setTotal(page.total), [])}
        footer={filtered ? showing : undefined}
        empty={<NoUsers filtered={filtered} onClear={() => show(noFilter)} onImport={adding.list} />}
      />
      {adding.what === "one" ? <AddUserDialog organization={organization} onClose={adding.close} /> : null}
      {adding.what === "import" ? (
        <ImportDialog organization={organization} list={adding.incoming} onClose={adding.close} />
      ) : null}
      {isLookup(adding.what) ? (
        <LookupDialog key={adding.what} kind={adding.what} organization={organization} onClose={adding.close} />
      ) : null}
      {editing === undefined ? null : <EditUserDialog row={editing} onClose={() => setEditing(undefined)} />}
      {doomed === undefined ? null : (
        <DeleteUsersDialog
          doomed={doomed}
          onClose={() => setDoomed(undefined)}
          onDeleted={() => setSelection(nothing)}
        />
      )}
    </div>
  );
}

const showing = ({ total, unfiltered }: UsersPage) => <span>{`Showing ${count(total)} of ${count(unfiltered)}`}</span>;

function isLookup(what: string): what is LookupKind {
  return what in lookupTitles;
}

const noFilter = Object.fromEntries(filterKeys.map((key) => [key, undefined]));

function one(row: UserRow, force: boolean): Doomed {
  return { users: { kind: "listed", ids: [row.id] }, what: row.address, force };
}

/** Adding users: which dialog is open, as the address says, and a list that was pasted or dropped. */
function useAdding() {
  const [url, setUrl] = useUrlState();
  const [incoming, setIncoming] = useState<ListSource>();
  const open = useCallback((what: "one" | "import" | LookupKind) => setUrl({ add: what }, { push: true }), [setUrl]);
  const take = useCallback(
    (list: ListSource) => {
      setIncoming(list);
      open("import");
    },
    [open],
  );
  const what = text(url, "add");
  const { dropping, dropTarget } = useIncomingList(what === "", take);
  const close = () => {
    setIncoming(undefined);
    setUrl({ add: undefined });
  };
  return {
    what,
    incoming,
    dropping,
    dropTarget,
    close,
    one: useCallback(() => open("one"), [open]),
    list: useCallback(() => open("import"), [open]),
    lookup: open,
  };
}

function useColumns(
  organization: number | undefined,
  onEdit: (row: UserRow) => void,
  onDelete: (doomed: Doomed) => void,
) {
  const startCheck = useSavedCheck();
  const change = useChange();
  return useMemo(
    () =>
      userColumns(organization !== undefined, (row) => (
        <UserMenu
          row={row}
          onCheck={(user) => void startCheck(user.organization, { kind: "users", ids: [user.id] })}
          onEdit={onEdit}
          onChange={(user, what) => change({ kind: "listed", ids: [user.id] }, what)}
          onDelete={(user, force) => onDelete(one(user, force))}
        />
      )),
    [organization, startCheck, change, onEdit, onDelete],
  );
}

type SelectedProps = {
  organization: number | undefined;
  selection: Selection<number>;
  selected: number;
  filter: ReturnType<typeof useUsersQuery>["filter"];
  filtered: boolean;
  onDelete: (doomed: Doomed) => void;
  onClear: () => void;
};

/** What can be done with the users that are selected, and why not. */
function Selected({ organization, selection, selected, filter, filtered, onDelete, onClear }: SelectedProps) {
  const startCheck = useSavedCheck();
  const change = useChange();
  const chosen = chosenUsers(selection, organization, filter);
  return (
    <BulkBar
      selected={selected}
      checkBlocked={checkBlocked(selection, organization, filtered)}
      blocked={chosen === undefined ? "Open one organization to change all its users." : undefined}
      onCheck={() => organization !== undefined && void startCheck(organization, scopeOf(selection))}
      onChange={(what) => chosen !== undefined && change(chosen, what)}
      onDelete={(force) => chosen !== undefined && onDelete({ users: chosen, what: selected, force })}
      onClear={onClear}
    />
  );
}

const useStyles = makeStyles({
  root: {
    display: "flex",
    flexDirection: "column",
    flexGrow: 1,
    minHeight: 0,
    borderRadius: tokens.borderRadiusMedium,
  },
  dropping: { outline: `2px dashed ${tokens.colorBrandStroke1}`, outlineOffset: "2px" },
});
