import { Combobox, Option } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type RefObject, useState } from "react";
import { Field, type Message } from "@/components/Field";
import type { UsersFilter } from "@/ipc/generated/UsersFilter";
import { query } from "@/lib/queries";

type MailboxFieldProps = {
  organization: number;
  value: string;
  message: Message | null;
  inputRef: RefObject<HTMLInputElement | null>;
  onChange: (mailbox: string) => void;
  /** Ctrl+Enter. */
  onPerform: () => void;
};

/** Most users that are offered while typing. */
const offered = 8;

const everyone: UsersFilter = {
  search: null,
  syncAccess: null,
  verdict: null,
  mustRefuse: null,
  synchronizationDisabled: null,
  location: null,
};

/** `Target mailbox email address`: a user is picked while typing, any other address is taken too. */
export function MailboxField({ organization, value, message, inputRef, onChange, onPerform }: MailboxFieldProps) {
  const search = value.trim();
  const users = useQuery({
    ...query("users_page", { organization, filter: { ...everyone, search }, offset: 0, limit: offered }),
    placeholderData: (before) => before,
  });
  const rows = users.data?.rows ?? [];
  const [open, setOpen] = useState(false);
  // Ctrl+Enter is the screen's; the list would take every Enter.
  const leaveToScreen = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    setOpen(false);
    onPerform();
  };
  return (
    <Field
      label="Target mailbox email address"
      required
      hint="Pick a user: the account's own mailbox proves nothing."
      message={message}
    >
      <Combobox
        ref={inputRef}
        freeform
        autoComplete="off"
        spellCheck={false}
        value={value}
        open={open && rows.length > 0}
        onOpenChange={(_, data) => setOpen(data.open)}
        onKeyDownCapture={leaveToScreen}
        selectedOptions={[value]}
        onChange={(event) => onChange(event.target.value)}
        onOptionSelect={(_, data) => data.optionValue !== undefined && onChange(data.optionValue)}
      >
        {rows.map((row) => (
          <Option key={row.id} value={row.address} text={row.address}>
            {row.name === "" ? row.address : `${row.name} (${row.address})`}
          </Option>
        ))}
      </Combobox>
    </Field>
  );
}
