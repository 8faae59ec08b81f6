import { MenuDivider, MenuItem, MenuItemCheckbox } from "@fluentui/react-components";
import { CopyRegular, DeleteRegular, EditRegular, PersonProhibitedRegular, PlayRegular } from "@fluentui/react-icons";
import { RowActions } from "@/components/RowActions";
import type { UserChange } from "@/ipc/generated/UserChange";
import type { UserRow } from "@/ipc/generated/UserRow";
import { offlineReason, useOffline } from "@/lib/appState";

type Props = {
  row: UserRow;
  onCheck: (row: UserRow) => void;
  onEdit: (row: UserRow) => void;
  onChange: (row: UserRow, change: UserChange) => void;
  onDelete: (row: UserRow, force: boolean) => void;
};

const flags = [
  ["in_scope", "In scope"],
  ["must_refuse", "Must be refused"],
  ["synchronization_disabled", "Synchronization Disabled"],
] as const;

/** `Actions` of a user. */
export function UserMenu(props: Props) {
  const now = flagsOf(props.row);
  return (
    <RowActions
      of={props.row.address}
      checkedValues={{ flags: flags.map(([kind]) => kind).filter((kind) => now[kind]) }}
    >
      <Items {...props} />
    </RowActions>
  );
}

function flagsOf(row: UserRow) {
  return {
    in_scope: row.inScope,
    must_refuse: row.mustRefuse,
    synchronization_disabled: row.synchronizationDisabled,
  };
}

function Items({ row, onCheck, onEdit, onChange, onDelete }: Props) {
  const offline = useOffline();
  const now = flagsOf(row);
  const initialized = row.syncAccess === "active" || row.syncAccess === "needs_renewal";
  return (
    <>
      <MenuItem
        icon={<PlayRegular />}
        disabled={offline}
        title={offline ? offlineReason : undefined}
        onClick={() => onCheck(row)}
      >
        Check User's Exchange Impersonated Access
      </MenuItem>
      <MenuItem icon={<EditRegular />} secondaryContent="F2" onClick={() => onEdit(row)}>
        Edit
      </MenuItem>
      <MenuDivider />
      {flags.map(([kind, label]) => (
        <MenuItemCheckbox
          key={kind}
          name="flags"
          value={kind}
          onClick={() => onChange(row, { kind, value: !now[kind] })}
        >
          {label}
        </MenuItemCheckbox>
      ))}
      <MenuItem
        icon={<PersonProhibitedRegular />}
        disabled={!initialized}
        onClick={() => onChange(row, { kind: "deactivate" })}
      >
        Deactivate
      </MenuItem>
      <MenuDivider />
      <MenuItem icon={<CopyRegular />} onClick={() => void navigator.clipboard.writeText(row.address)}>
        Copy address
      </MenuItem>
      <MenuItem
        icon={<CopyRegular />}
        disabled={row.lastMessage === null || row.lastVerdict === "granted"}
        onClick={() => void navigator.clipboard.writeText(row.lastMessage ?? "")}
      >
        Copy error
      </MenuItem>
      <MenuDivider />
      <MenuItem icon={<DeleteRegular />} secondaryContent="Delete" onClick={() => onDelete(row, false)}>
        Delete
      </MenuItem>
      <MenuItem icon={<DeleteRegular />} disabled={!initialized} onClick={() => onDelete(row, true)}>
        Force delete
      </MenuItem>
    </>
  );
}
