import {
  Button,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
  tokens,
} from "@fluentui/react-components";
import { DeleteRegular, DismissRegular, FlagRegular, PlayRegular } from "@fluentui/react-icons";
import type { UserChange } from "@/ipc/generated/UserChange";
import { offlineReason, useOffline } from "@/lib/appState";
import { counted } from "@/lib/format";

type Props = {
  /** How many users are selected. */
  selected: number;
  /** Why they cannot be checked together; undefined: they can. */
  checkBlocked: string | undefined;
  /** Why they cannot be changed together; undefined: they can. */
  blocked: string | undefined;
  onCheck: () => void;
  onChange: (change: UserChange) => void;
  onDelete: (force: boolean) => void;
  onClear: () => void;
};

const useStyles = makeStyles({
  root: {
    display: "flex",
    alignItems: "center",
    flexWrap: "wrap",
    flexShrink: 0,
    gap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`,
    marginBottom: tokens.spacingVerticalS,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground3,
  },
  count: { flexGrow: 1 },
});

const changes: [string, UserChange][] = [
  ["In scope", { kind: "in_scope", value: true }],
  ["Not in scope", { kind: "in_scope", value: false }],
  ["Must be refused", { kind: "must_refuse", value: true }],
  ["Must not be refused", { kind: "must_refuse", value: false }],
  ["Enable synchronization", { kind: "synchronization_disabled", value: false }],
  ["Disable synchronization", { kind: "synchronization_disabled", value: true }],
  ["Deactivate", { kind: "deactivate" }],
];

/** What can be done with the users that are selected. */
export function BulkBar(props: Props) {
  const styles = useStyles();
  const checkBlocked = useOffline() ? offlineReason : props.checkBlocked;
  return (
    <div className={styles.root} role="toolbar" aria-label="Selected users">
      <span className={styles.count}>{counted(props.selected, "user")} selected</span>
      <Button
        size="small"
        icon={<PlayRegular />}
        disabledFocusable={checkBlocked !== undefined}
        title={checkBlocked}
        onClick={props.onCheck}
      >
        Check
      </Button>
      <Menu>
        <MenuTrigger disableButtonEnhancement>
          <Button size="small" icon={<FlagRegular />} disabled={props.blocked !== undefined} title={props.blocked}>
            Set
          </Button>
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            {changes.map(([label, change]) => (
              <MenuItem key={label} onClick={() => props.onChange(change)}>
                {label}
              </MenuItem>
            ))}
          </MenuList>
        </MenuPopover>
      </Menu>
      <Button
        size="small"
        icon={<DeleteRegular />}
        disabled={props.blocked !== undefined}
        title={props.blocked}
        onClick={() => props.onDelete(false)}
      >
        Delete
      </Button>
      <Button size="small" appearance="subtle" icon={<DismissRegular />} onClick={props.onClear}>
        Clear selection
      </Button>
    </div>
  );
}
