import {
  Button,
  Field,
  Input,
  Menu,
  MenuDivider,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
  SplitButton,
} from "@fluentui/react-components";
import { PlayRegular } from "@fluentui/react-icons";
import { useState } from "react";
import { FormDialog } from "@/components/FormDialog";
import type { CheckScope } from "@/ipc/generated/CheckScope";
import { SampleDialog } from "./SampleDialog";

type CheckButtonProps = {
  /** Users of the organization. */
  users: number;
  /** A check of this organization goes on. */
  running: boolean;
  /** Where on the screen the reason stands, if there is one. */
  reasonId: string | undefined;
  /** Why nothing can be checked now. */
  blocked: string | null;
  /** Why all users cannot be checked, though one address can. */
  usersBlocked: string | null;
  /** Nothing has failed that could be checked again. */
  nothingFailed: boolean;
  onCheck: (scope: CheckScope) => void;
  onShow: () => void;
  /** `Selected…`: to the list they are selected in. */
  onSelect: () => void;
  /** `Service Account Access…`: the test of one mailbox, step by step. */
  onServiceAccount: () => void;
};

/** `Check Users Exchange Impersonated Access` with its menu; while a check goes on, the way to it. */
export function CheckButton({
  users,
  running,
  blocked,
  usersBlocked,
  nothingFailed,
  reasonId,
  onCheck,
  onShow,
  onSelect,
  onServiceAccount,
}: CheckButtonProps) {
  const styles = useStyles();
  const [asking, setAsking] = useState<"address" | "sample" | null>(null);
  const reason = blocked ?? usersBlocked;
  const check = (scope: CheckScope) => {
    setAsking(null);
    onCheck(scope);
  };
  if (running) {
    return (
      <Button icon={<PlayRegular />} aria-keyshortcuts="F5" onClick={onShow}>
        Show running check
      </Button>
    );
  }
  return (
    <>
      <Menu positioning="below-end">
        <MenuTrigger disableButtonEnhancement>
          {(trigger) => (
            <SplitButton
              className={styles.button}
              icon={<PlayRegular />}
              menuButton={{ ...trigger, disabled: blocked !== null, "aria-label": "Which mailboxes to check" }}
              primaryActionButton={{
                disabledFocusable: reason !== null,
                "aria-describedby": reasonId,
                "aria-keyshortcuts": "F5",
                onClick: () => reason === null && onCheck({ kind: "all" }),
              }}
            >
              Check Users Exchange Impersonated Access
            </SplitButton>
          )}
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            <MenuItem disabled={usersBlocked !== null} onClick={() => onCheck({ kind: "all" })}>
              All users
            </MenuItem>
            <MenuItem disabled={usersBlocked !== null} onClick={onSelect}>
              Selected…
            </MenuItem>
            <MenuItem disabled={nothingFailed} onClick={() => onCheck({ kind: "failed_only" })}>
              Failed only
            </MenuItem>
            <MenuItem disabled={usersBlocked !== null} onClick={() => setAsking("sample")}>
              Sample of…
            </MenuItem>
            <MenuItem onClick={() => setAsking("address")}>One address…</MenuItem>
            <MenuDivider />
            <MenuItem onClick={onServiceAccount}>Service Account Access…</MenuItem>
          </MenuList>
        </MenuPopover>
      </Menu>
      {asking === "address" && (
        <OneAddress onCheck={(address) => check({ kind: "address", address })} onCancel={() => setAsking(null)} />
      )}
      {asking === "sample" && (
        <SampleDialog
          users={users}
          onCheck={(size) => check({ kind: "sample", size })}
          onCancel={() => setAsking(null)}
        />
      )}
    </>
  );
}

type OneAddressProps = { onCheck: (address: string) => void; onCancel: () => void };

function OneAddress({ onCheck, onCancel }: OneAddressProps) {
  const [address, setAddress] = useState("");
  const typed = address.trim();
  return (
    <FormDialog
      title="Check one address"
      verb="Check"
      disabled={typed === ""}
      onSubmit={() => onCheck(typed)}
      onClose={onCancel}
    >
      <Field label="Address to check" hint="It need not be among the users.">
        <Input value={address} autoComplete="off" spellCheck={false} onChange={(_, data) => setAddress(data.value)} />
      </Field>
    </FormDialog>
  );
}

const useStyles = makeStyles({ button: { whiteSpace: "nowrap" } });
