import {
  Menu,
  type MenuButtonProps,
  MenuDivider,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  SplitButton,
} from "@fluentui/react-components";
import {
  AddRegular,
  ClipboardPasteRegular,
  ConferenceRoomRegular,
  CopyRegular,
  DocumentAddRegular,
  PeopleCommunityRegular,
  PersonSearchRegular,
} from "@fluentui/react-icons";
import { offlineReason, useOffline } from "@/lib/appState";
import { exportCommand } from "./exportCommand";
import type { LookupKind } from "./LookupDialog";

type AddMenuProps = { onOne: () => void; onList: () => void; onLookup: (kind: LookupKind) => void };

/** `Add`: one, paste, CSV, from Exchange. The click adds one. */
export function AddMenu({ onOne, onList, onLookup }: AddMenuProps) {
  const offline = useOffline();
  const network = offline ? { disabled: true, title: offlineReason } : {};
  return (
    <Menu positioning="below-end">
      <MenuTrigger disableButtonEnhancement>
        {(triggerProps: MenuButtonProps) => (
          <SplitButton
            appearance="primary"
            icon={<AddRegular />}
            primaryActionButton={{ onClick: onOne }}
            menuButton={{ ...triggerProps, "aria-label": "More ways to add" }}
          >
            Add
          </SplitButton>
        )}
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItem icon={<AddRegular />} secondaryContent="Ctrl+N" onClick={onOne}>
            Add one user
          </MenuItem>
          <MenuItem icon={<ClipboardPasteRegular />} secondaryContent="Ctrl+V" onClick={onList}>
            Paste addresses
          </MenuItem>
          <MenuItem icon={<DocumentAddRegular />} onClick={onList}>
            Import CSV
          </MenuItem>
          <MenuDivider />
          <MenuItem icon={<PeopleCommunityRegular />} {...network} onClick={() => onLookup("group")}>
            From an Exchange group…
          </MenuItem>
          <MenuItem icon={<ConferenceRoomRegular />} {...network} onClick={() => onLookup("rooms")}>
            Rooms from room lists…
          </MenuItem>
          <MenuItem icon={<PersonSearchRegular />} {...network} onClick={() => onLookup("name")}>
            Find by name…
          </MenuItem>
          <MenuDivider />
          <MenuItem icon={<CopyRegular />} onClick={() => void navigator.clipboard.writeText(exportCommand)}>
            Copy export command
          </MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
