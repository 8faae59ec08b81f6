import { Button, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { ArrowExportRegular, ClipboardPasteRegular, DocumentAddRegular, PeopleRegular } from "@fluentui/react-icons";
import { useCallback, useMemo, useState } from "react";
import { CopyButton } from "@/components/CopyButton";
import { EmptyState } from "@/components/EmptyState";
import { PagedTable } from "@/components/PagedTable";
import { useSavedCheck } from "@/components/savedCheck";
import { nothing, type Selection, selectedCount } from "@/components/selection";
import { useNotify } from "@/components/toast";
import type { UserChange } from "@/ipc/generated/UserChange";
import type { UserIds } from "@/ipc/generated/UserIds";
import type { UserRow } from "@/ipc/generated/UserRow";
import type { UsersPage } from "@/ipc/generated/UsersPage";
import { count, counted } from "@/lib/format";
import { useHotkeys } from "@/lib/keys";
import { query, useWrite } from "@/lib/queries";
import { text, useUrlState } from "@/lib/urlState";
import { AddMenu } from "./AddMenu";
import { BulkBar } from "./BulkBar";
import { userColumns } from "./columns";
import { DeleteUsersDialog, type Doomed } from "./DeleteUsersDialog";
import { exportCommand } from "./exportCommand";
import { Filters } from "./Filters";
import { filterKeys, filterOf, isFiltered, sortOf } from "./filter";
import { ImportDialog } from "./ImportDialog";
import { type ListSource, useIncomingList } from "./incomingList";
import { AddUserDialog, EditUserDialog } from "./UserDialog";
import { UserMenu } from "./UserMenu";

const useStyles = makeStyles({
  root: {
    display: "flex",
    flexDirection: "column",
    flexGrow: 1,
    minHeight: 0,
    borderRadius: tokens.borderRadiusMedium,
  },
  dropping: { outline: `2px dashed ${tokens.colorBrandStroke1}`, outlineOffset: "2px" },
  bar: {
    display: "flex",
    alignItems: "center",
    flexWrap: "wrap",
    flexShrink: 0,
    gap: tokens.spacingHorizontalS,
    marginBottom: tokens.spacingVerticalS,
  },
  right: { marginLeft: "auto" },
});

/** The list of users, of all organizations or of one (panel 10.1). */
export function UsersList({ organization }: { organization?: number }) {
  const styles = useStyles();
  const [url, setUrl] = useUrlState();
  const [answer, setAnswer] = useState<UsersPage>();
  const [selection, setSelection] = useState<Selection<number>>(nothing);
  const [editing, setEditing] = useState<UserRow>();
  const [doomed, setDoomed] = useState<Doomed>();
  const [incoming, setIncoming] = useState<ListSource>();
  const startCheck = useSavedCheck();
  const change = useChange();
  const exportAll = useExport();
  // The filter is rebuilt from the address at every change of it; its text decides whether it is another one.
  const filterText = JSON.stringify(filterOf(url));
  const filter = useMemo(() => JSON.parse(filterText) as ReturnType<typeof filterOf>, [filterText]);
  const sort = sortOf(url);
  const by = sort?.by;
  const direction = sort?.direction;
  const source = useCallback(
    (offset: number, limit: number) =>
      query("users_page", {
        ...(organization === undefined ? {} : { organization }),
        filter,
        ...(by === undefined ? {} : { sort: by, direction }),
        offset,
        limit,
      }),
    [organization, filter, by, direction],
  );
  const take = useCallback(
    (list: ListSource) => {
      setIncoming(list);
      setUrl({ add: "import" }, { push: true });
    },
    [setUrl],
  );
  const adding = text(url, "add");
  const { dropping, dropTarget } = useIncomingList(adding === "", take);
  const closeAdd = () => {
    setIncoming(undefined);
    setUrl({ add: undefined });
  };
  useHotkeys({
    "ctrl+n": () => setUrl({ add: "one" }, { push: true }),
    "ctrl+e": () => exportAll(organization, filter),
    escape: () => setSelection(nothing),
  });
  const columns = useMemo(
    () =>
      userColumns(organization !== undefined, (row) => (
        <UserMenu
          row={row}
          onCheck={(user) => void startCheck(user.organization, { kind: "users", ids: [user.id] })}
          onEdit={setEditing}
          onChange={(user, what) => change({ kind: "listed", ids: [user.id] }, what)}
          onDelete={(user, force) => setDoomed(one(user, force))}
        />
      )),
    [organization, startCheck, change],
  );
  const total = answer?.total ?? 0;
  const selected = selectedCount(selection, total);
  const filtered = isFiltered(filter);
  const chosen = chosenUsers(selection, organization, filter);
  return (
    <div className={mergeClasses(styles.root, dropping && styles.dropping)} {...dropTarget}>
      <div className={styles.bar}>
        <Filters />
        <Button
          className={styles.right}
          icon={<ArrowExportRegular />}
          disabled={total === 0}
          title="Writes the filtered rows to a file in Downloads (Ctrl+E)"
          onClick={() => exportAll(organization, filter)}
        >
          Export to CSV
        </Button>
        <AddMenu
          onOne={() => setUrl({ add: "one" }, { push: true })}
          onList={() => setUrl({ add: "import" }, { push: true })}
        />
      </div>
      {selected === 0 ? null : (
        <BulkBar
          selected={selected}
          checkBlocked={checkBlocked(selection, organization, filtered)}
          blocked={chosen === undefined ? "Open one organization to change all its users." : undefined}
          onCheck={() => {
            if (organization !== undefined && selection.kind === "listed") {
              void startCheck(organization, { kind: "users", ids: [...selection.keys] });
            } else if (organization !== undefined) {
              void startCheck(organization, { kind: "all" });
            }
          }}
          onChange={(what) => chosen !== undefined && change(chosen, what)}
          onDelete={(force) => chosen !== undefined && setDoomed({ users: chosen, what: selected, force })}
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
        onSort={(next) => setUrl({ sort: next?.by, direction: next?.direction })}
        selection={selection}
        onSelectionChange={setSelection}
        onOpen={setEditing}
        onEdit={setEditing}
        onDelete={(row) =>
          setDoomed(
            selected > 0 && chosen !== undefined ? { users: chosen, what: selected, force: false } : one(row, false),
          )
        }
        onAnswer={setAnswer}
        footer={
          filtered && answer !== undefined ? (
            <span>{`Showing ${count(total)} of ${count(answer.unfiltered)}`}</span>
          ) : undefined
        }
        empty={
          filtered ? (
            <EmptyState text="No rows match.">
              <Button onClick={() => setUrl(Object.fromEntries(filterKeys.map((key) => [key, undefined])))}>
                Clear All Filters
              </Button>
            </EmptyState>
          ) : (
            <EmptyState
              icon={<PeopleRegular />}
              text="No users yet."
              hint="Paste a list with Ctrl+V, or drop a file here."
            >
              <Button
                appearance="primary"
                icon={<ClipboardPasteRegular />}
                onClick={() => setUrl({ add: "import" }, { push: true })}
              >
                Paste addresses
              </Button>
              <Button icon={<DocumentAddRegular />} onClick={() => setUrl({ add: "import" }, { push: true })}>
                Import CSV
              </Button>
              <CopyButton text={exportCommand} label="Copy export command" />
            </EmptyState>
          )
        }
      />
      {adding === "one" ? <AddUserDialog organization={organization} onClose={closeAdd} /> : null}
      {adding === "import" ? <ImportDialog organization={organization} list={incoming} onClose={closeAdd} /> : null}
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

function one(row: UserRow, force: boolean): Doomed {
  return { users: { kind: "listed", ids: [row.id] }, what: row.address, force };
}

/** Which users the selection means. "All that match" is said to the engine, never listed here. */
function chosenUsers(
  selection: Selection<number>,
  organization: number | undefined,
  filter: ReturnType<typeof filterOf>,
): UserIds | undefined {
  if (selection.kind === "listed") {
    return { kind: "listed", ids: [...selection.keys] };
  }
  return organization === undefined ? undefined : { kind: "matching", organization, filter };
}

/** Why the selected users cannot be checked together: a run belongs to one organization and takes all users or ids. */
function checkBlocked(selection: Selection<number>, organization: number | undefined, filtered: boolean) {
  if (organization === undefined) {
    return "Open one organization to check its users.";
  }
  return selection.kind === "matching" && filtered
    ? "Clear the filters to check all users, or select users one by one."
    : undefined;
}

function useChange() {
  const { mutate } = useWrite("users_set");
  const notify = useNotify();
  return useCallback(
    (users: UserIds, change: UserChange) =>
      mutate(
        { users, change },
        {
          onSuccess: (changed) => notify({ text: `${counted(changed, "user")} changed.` }),
          onError: (error) => notify({ text: error.message, detail: error.hint, intent: "error" }),
        },
      ),
    [mutate, notify],
  );
}

function useExport() {
  const { mutate } = useWrite("users_export");
  const notify = useNotify();
  return useCallback(
    (organization: number | undefined, filter: ReturnType<typeof filterOf>) =>
      mutate(
        { ...(organization === undefined ? {} : { organization }), filter },
        {
          onSuccess: (file) =>
            notify({
              text: `${counted(file.rows, "row")} written.`,
              detail: file.path,
              action: { label: "Copy path", run: () => void navigator.clipboard.writeText(file.path) },
            }),
          onError: (error) => notify({ text: error.message, detail: error.hint, intent: "error" }),
        },
      ),
    [mutate, notify],
  );
}
