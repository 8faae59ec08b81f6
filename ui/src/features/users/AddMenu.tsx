import {
  Menu,
  type MenuButtonProps,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  SplitButton,
} from "@fluentui/react-components";
import { AddRegular, ClipboardPasteRegular, CopyRegular, DocumentAddRegular } from "@fluentui/react-icons";
import { exportCommand } from "./exportCommand";

/** `Add`: one, paste, CSV. The click adds one. */
export function AddMenu({ onOne, onList }: { onOne: () => void; onList: () => void }) {
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
          <MenuItem icon={<CopyRegular />} onClick={() => void navigator.clipboard.writeText(exportCommand)}>
            Copy export command
          </MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
