import { Button, MessageBar, MessageBarActions, MessageBarBody } from "@fluentui/react-components";
import { useEffect, useRef } from "react";
import { counted } from "@/lib/format";

type CheckNoticeProps = { mailboxes: number; account: string; onAccept: () => void; onCancel: () => void };

/** What the first check will do, in place, before it does it. */
export function CheckNotice({ mailboxes, account, onAccept, onCancel }: CheckNoticeProps) {
  const accept = useRef<HTMLButtonElement>(null);
  useEffect(() => accept.current?.focus(), []);
  return (
    <MessageBar intent="info" layout="multiline">
      <MessageBarBody>
        {`Reads the Inbox id of ${counted(mailboxes, "mailbox", "mailboxes")} as ${account}. Changes nothing.`}
      </MessageBarBody>
      <MessageBarActions>
        <Button ref={accept} appearance="primary" size="small" onClick={onAccept}>
          Check
        </Button>
        <Button size="small" onClick={onCancel}>
          Cancel
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}
