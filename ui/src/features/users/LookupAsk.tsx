import { Input, makeStyles, Text, tokens } from "@fluentui/react-components";
import type { FormEvent } from "react";
import { Field, fieldMessage } from "@/components/Field";
import type { CommandError } from "@/ipc/problem";
import type { LookupKind } from "./LookupDialog";
import { TargetField } from "./TargetField";
import type { useTarget } from "./useTarget";

const fields = {
  group: {
    field: "address",
    label: "Address of the group",
    hint: "Members of nested groups are found too. Contacts are left out.",
    placeholder: "sales@contoso.com",
  },
  name: {
    field: "name",
    label: "Name or part of it",
    hint: "Exchange answers at most 100 names.",
    placeholder: "Grace Hopper",
  },
} as const;

type LookupAskProps = {
  kind: LookupKind;
  where: ReturnType<typeof useTarget>;
  /** Who asks; empty where it is not known. */
  account: string;
  value: string;
  problem: CommandError | null;
  onChange: (value: string) => void;
  onSubmit: () => void;
};

/** Whom to look up, and as whom Exchange is asked. */
export function LookupAsk({ kind, where, account, value, problem, onChange, onSubmit }: LookupAskProps) {
  const styles = useStyles();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className={styles.root} onSubmit={submit} noValidate>
      <TargetField {...where} />
      {kind === "rooms" ? (
        <Text>
          Reads every room list and the rooms on it. Where no room list is defined, it says so with the command.
        </Text>
      ) : (
        <Field
          label={fields[kind].label}
          hint={fields[kind].hint}
          message={fieldMessage(problem, fields[kind].field)}
          required
        >
          <Input
            autoFocus
            value={value}
            placeholder={fields[kind].placeholder}
            spellCheck={false}
            autoComplete="off"
            onChange={(_, data) => onChange(data.value)}
          />
        </Field>
      )}
      <Text size={200} className={styles.who}>
        {`Exchange is asked as ${account === "" ? "the service account" : account}; where it has no mailbox, while impersonating a user. Nothing is changed there.`}
      </Text>
    </form>
  );
}

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM, maxWidth: "560px" },
  who: { color: tokens.colorNeutralForeground2 },
});
