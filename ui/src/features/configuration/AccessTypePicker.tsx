import { Badge, Combobox, makeStyles, Option, Text, tokens, useId } from "@fluentui/react-components";
import { useState } from "react";
import { DatedBadge } from "@/components/DatedBadge";
import type { AccessType } from "@/ipc/generated/AccessType";
import type { AccessTypeInfo } from "@/ipc/generated/AccessTypeInfo";
import type { FieldMessage } from "@/ipc/generated/FieldMessage";
import { matchingAccessTypes } from "./accessTypeSearch";
import { FieldRow } from "./FieldRow";

type AccessTypePickerProps = {
  entries: readonly AccessTypeInfo[];
  value: AccessType;
  messages: readonly FieldMessage[];
  /** Beside the field, `{n} active mailboxes will need renewal.` */
  warning: string | null;
  onChange: (value: AccessType) => void;
};

/** `Mailbox Access Type`: nine entries, found by label, subtitle and older names. */
export function AccessTypePicker({ entries, value, messages, warning, onChange }: AccessTypePickerProps) {
  const styles = useStyles();
  const id = useId("access-type");
  const [typed, setTyped] = useState<string | null>(null);
  const selected = entries.find((entry) => entry.key === value);
  const shown = typed === null ? [...entries] : matchingAccessTypes(entries, typed);
  return (
    <FieldRow
      label="Mailbox Access Type"
      htmlFor={id}
      wide
      messages={messages}
      note={warning}
      aside={selected && <DatedBadge badge={selected.badge} />}
    >
      <Combobox
        id={id}
        aria-describedby={`${id}-messages`}
        className={styles.field}
        listbox={{ className: styles.listbox }}
        value={typed ?? selected?.label ?? ""}
        selectedOptions={[value]}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={() => setTyped(null)}
        onOptionSelect={(_, data) => {
          // Typing takes the selection back with an event of its own; the choice stays until another is made.
          const entry = entries.find((candidate) => candidate.key === data.optionValue);
          if (!entry) return;
          setTyped(null);
          onChange(entry.key);
        }}
      >
        {shown.map((entry) => (
          <Option key={entry.key} value={entry.key} text={entry.label}>
            <EntryText entry={entry} />
          </Option>
        ))}
        {shown.length === 0 && (
          <Option key="none" value="" text="" disabled>
            No entry matches.
          </Option>
        )}
      </Combobox>
    </FieldRow>
  );
}

function EntryText({ entry }: { entry: AccessTypeInfo }) {
  const styles = useStyles();
  return (
    <div className={styles.entry}>
      <div className={styles.entryText}>
        <Text>{entry.label}</Text>
        {entry.subtitle !== "" && (
          <Text size={200} className={styles.subtitle}>
            {entry.subtitle}
          </Text>
        )}
      </div>
      <div className={styles.marks}>
        <DatedBadge badge={entry.badge} />
        {!entry.served && (
          <Badge appearance="outline" color="informative">
            Shown for the record
          </Badge>
        )}
      </div>
    </div>
  );
}

const useStyles = makeStyles({
  field: { width: "100%", minWidth: 0 },
  listbox: { maxHeight: "min(460px, 46vh)", width: "580px", minWidth: "580px" },
  entry: {
    display: "flex",
    flexGrow: 1,
    alignItems: "center",
    justifyContent: "space-between",
    gap: tokens.spacingHorizontalM,
  },
  entryText: { display: "flex", flexDirection: "column", minWidth: 0 },
  subtitle: { color: tokens.colorNeutralForeground3 },
  marks: { display: "flex", flexDirection: "column", alignItems: "flex-end", gap: "2px", flexShrink: 0 },
});
