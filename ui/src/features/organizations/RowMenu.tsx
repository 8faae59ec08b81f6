import { MenuDivider, MenuItem, Tooltip } from "@fluentui/react-components";
import {
  ArrowSyncRegular,
  CopyRegular,
  DeleteRegular,
  EditRegular,
  OpenRegular,
  PlayRegular,
} from "@fluentui/react-icons";
import { RowActions } from "@/components/RowActions";
import type { OrganizationRow } from "@/ipc/generated/OrganizationRow";
import { offlineReason, useOffline } from "@/lib/appState";

type Props = {
  row: OrganizationRow;
  onOpen: () => void;
  onEdit: () => void;
  onDuplicate: () => void;
  onCheck: () => void;
  onEnabled: (enabled: boolean) => void;
  onDelete: () => void;
};

/** `Actions` of an organization. */
export function RowMenu({ row, ...on }: Props) {
  const offline = useOffline();
  const check = (
    <MenuItem
      icon={<PlayRegular />}
      secondaryContent="F5"
      disabled={offline || row.counts.users === 0}
      onClick={on.onCheck}
    >
      Check all users
    </MenuItem>
  );
  const copy = (text: string) => void navigator.clipboard.writeText(text);
  return (
    <RowActions of={row.name}>
      <MenuItem icon={<OpenRegular />} secondaryContent="Enter" onClick={on.onOpen}>
        Open
      </MenuItem>
      <MenuItem icon={<EditRegular />} secondaryContent="F2" onClick={on.onEdit}>
        Edit
      </MenuItem>
      <MenuItem icon={<CopyRegular />} onClick={on.onDuplicate}>
        Duplicate
      </MenuItem>
      {offline ? (
        <Tooltip content={offlineReason} relationship="description">
          {check}
        </Tooltip>
      ) : (
        check
      )}
      <MenuItem icon={<ArrowSyncRegular />} onClick={() => on.onEnabled(!row.enabled)}>
        {row.enabled ? "Disable synchronization" : "Enable synchronization"}
      </MenuItem>
      <MenuDivider />
      <MenuItem onClick={() => copy(row.name)}>Copy name</MenuItem>
      <MenuItem onClick={() => copy(row.externalId)}>Copy External Id</MenuItem>
      <MenuDivider />
      <MenuItem icon={<DeleteRegular />} secondaryContent="Delete" disabled={row.isDefault} onClick={on.onDelete}>
        Delete
      </MenuItem>
    </RowActions>
  );
}
