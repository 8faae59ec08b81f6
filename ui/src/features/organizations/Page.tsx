import { Button, Dropdown, makeStyles, Option, tokens } from "@fluentui/react-components";
import { AddRegular, BuildingRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { EmptyState } from "@/components/EmptyState";
import { PagedTable } from "@/components/PagedTable";
import { PageTitle } from "@/components/PageTitle";
import { SearchField } from "@/components/SearchField";
import { useSavedCheck } from "@/components/savedCheck";
import { useNotify } from "@/components/toast";
import type { OrganizationRow } from "@/ipc/generated/OrganizationRow";
import type { SortDirection } from "@/ipc/generated/SortDirection";
import { useHotkeys } from "@/lib/keys";
import { useWrite } from "@/lib/queries";
import { number, text, useUrlState } from "@/lib/urlState";
import { type Actions, organizationColumns } from "./columns";
import { DeleteDialog } from "./DeleteDialog";
import { DuplicateDialog } from "./DuplicateDialog";
import { EditDialog } from "./EditDialog";
import { type ListSort, listSource } from "./list";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", flexGrow: 1, minHeight: 0 },
  status: { minWidth: "170px" },
  empty: { paddingTop: tokens.spacingVerticalL },
});

const statuses: Record<string, string> = { "": "Any status", enabled: "Enabled", disabled: "Disabled" };

/** The list of organizations (panel 4). */
export function OrganizationsPage() {
  const styles = useStyles();
  const navigate = useNavigate();
  const [url, setUrl] = useUrlState();
  const [all, setAll] = useState<readonly OrganizationRow[]>([]);
  const actions = useActions();
  const search = text(url, "search");
  const status = text(url, "status");
  const by = text(url, "sort") as ListSort | "";
  const direction = (text(url, "direction") || "ascending") as SortDirection;
  const sort = useMemo(() => (by === "" ? undefined : { by, direction }), [by, direction]);
  const source = useMemo(() => listSource({ search, status, sort }), [search, status, sort]);
  const columns = useMemo(() => organizationColumns(actions), [actions]);
  const create = () => void navigate({ to: "/organizations/new" });
  useHotkeys({ "ctrl+n": create });
  const filtered = search !== "" || status !== "";
  const onAnswer = useCallback((answer: { all: OrganizationRow[] }) => setAll(answer.all), []);
  const close = () => setUrl({ edit: undefined, duplicate: undefined, delete: undefined });
  const named = (key: string) => all.find((row) => row.id === number(url, key));
  const editing = named("edit");
  const duplicating = named("duplicate");
  const deleting = named("delete");
  return (
    <div className={styles.root}>
      <PageTitle title="Organizations">
        <SearchField
          label="Filter by name or External Id"
          value={search}
          onChange={(value) => setUrl({ search: value })}
        />
        <Dropdown
          className={styles.status}
          aria-label="Synchronization Status"
          value={statuses[status] ?? ""}
          selectedOptions={[status]}
          onOptionSelect={(_, data) => setUrl({ status: data.optionValue })}
        >
          {Object.entries(statuses).map(([key, label]) => (
            <Option key={key} value={key}>
              {label}
            </Option>
          ))}
        </Dropdown>
        <Button appearance="primary" icon={<AddRegular />} onClick={create}>
          New
        </Button>
      </PageTitle>
      <PagedTable
        label="Organizations"
        name="organizations"
        columns={columns}
        source={source}
        rowKey={(row) => row.id}
        rowName={(row) => row.name}
        sort={sort}
        onSort={(next) => setUrl({ sort: next?.by, direction: next?.direction })}
        onOpen={actions.open}
        onEdit={(row) => setUrl({ edit: row.id }, { push: true })}
        onDelete={(row) => setUrl({ delete: row.id }, { push: true })}
        onCheck={actions.check}
        onAnswer={onAnswer}
        empty={
          filtered ? (
            <EmptyState text="No rows match.">
              <Button onClick={() => setUrl({ search: undefined, status: undefined })}>Clear All Filters</Button>
            </EmptyState>
          ) : null
        }
        footer={null}
      />
      {!filtered && isUntouched(all) ? (
        <div className={styles.empty}>
          <EmptyState icon={<BuildingRegular />} text="Only the default organization so far.">
            <Button appearance="primary" onClick={create}>
              New
            </Button>
          </EmptyState>
        </div>
      ) : null}
      {editing === undefined ? null : <EditDialog key={editing.id} row={editing} onClose={close} />}
      {duplicating === undefined ? null : <DuplicateDialog key={duplicating.id} row={duplicating} onClose={close} />}
      {deleting === undefined ? null : <DeleteDialog row={deleting} onClose={close} />}
    </div>
  );
}

/** Nothing but the default organization, and nothing in it yet; practice brings one of its own. */
function isUntouched(all: readonly OrganizationRow[]): boolean {
  const [only] = all;
  return all.length === 1 && only?.isDefault === true && only.counts.users === 0 && only.lastRun === null;
}

/** What can be done with a row. */
function useActions(): Actions {
  const navigate = useNavigate();
  const notify = useNotify();
  const startCheck = useSavedCheck();
  const [, setUrl] = useUrlState();
  const { mutate: setEnabled } = useWrite("organization_set_enabled");
  return useMemo(
    () => ({
      open: (row) => void navigate({ to: "/organizations/$id/users", params: { id: row.id } }),
      edit: (row) => setUrl({ edit: row.id }, { push: true }),
      duplicate: (row) => setUrl({ duplicate: row.id }, { push: true }),
      remove: (row) => setUrl({ delete: row.id }, { push: true }),
      check: (row) => void startCheck(row.id, { kind: "all" }),
      setEnabled: (row, enabled) =>
        setEnabled(
          { organization: row.id, enabled },
          { onError: (error) => notify({ text: error.message, detail: error.hint, intent: "error" }) },
        ),
    }),
    [navigate, notify, startCheck, setUrl, setEnabled],
  );
}
