import { Input, Text } from "@fluentui/react-components";
import { useState } from "react";
import { Field, type Message } from "@/components/Field";
import { FormDialog } from "@/components/FormDialog";
import { count, counted } from "@/lib/format";
import { mostUnseen } from "./sampleBound";

type SampleDialogProps = {
  /** Users of the organization. */
  users: number;
  onCheck: (size: number) => void;
  onCancel: () => void;
};

const usual = 200;

/** `Sample of…`: how many, and what so many can say of the others, before one of them is asked. */
export function SampleDialog({ users, onCheck, onCancel }: SampleDialogProps) {
  const [typed, setTyped] = useState(String(Math.min(usual, users)));
  const size = sizeOf(typed);
  return (
    <FormDialog
      title="Check a random sample"
      verb="Check"
      disabled={size === null}
      onSubmit={() => size !== null && onCheck(Math.min(size, users))}
      onClose={onCancel}
    >
      <Field
        label="How many mailboxes"
        hint={`Drawn at random from ${counted(users, "user")}. Each check draws anew.`}
        message={size === null ? wrong : null}
      >
        <Input value={typed} inputMode="numeric" autoComplete="off" onChange={(_, data) => setTyped(data.value)} />
      </Field>
      <Text role="status">{size === null ? "" : whatItSays(size, users)}</Text>
    </FormDialog>
  );
}

const wrong: Message = { level: "error", text: "Enter a whole number from 1." };

function sizeOf(typed: string): number | null {
  const text = typed.trim().replaceAll(",", "");
  return /^\d{1,9}$/.test(text) && Number(text) > 0 ? Number(text) : null;
}

/** What is known of all users should every mailbox of the sample open. */
export function whatItSays(size: number, users: number): string {
  if (size >= users) return "That is every user: nothing is left to chance.";
  const unseen = mostUnseen(users, size);
  if (unseen === 0) return `If all ${count(size)} open, so do the others, with 95 % confidence.`;
  const opened = size === 1 ? "If it opens" : `If all ${count(size)} open`;
  return `${opened}, at most ${count(unseen)} of ${counted(users, "user")} (${percent(unseen / users)}) fail, with 95 % confidence.`;
}

/** Rounded up: a bound must not promise more than it holds. */
function percent(share: number): string {
  const value = Math.ceil(share * 1000) / 10;
  return `${value >= 10 ? Math.ceil(value) : value.toFixed(1)} %`;
}
