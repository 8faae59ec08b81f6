import { Input, Text, useId } from "@fluentui/react-components";
import type { FieldMessage } from "@/ipc/generated/FieldMessage";
import { AppliedNote } from "./AppliedNote";
import { accountForm } from "./accountForm";
import { FieldRow, hasError } from "./FieldRow";
import type { Applied } from "./formState";

type AccountLogonFieldProps = {
  value: string;
  messages: readonly FieldMessage[];
  applied: Applied | undefined;
  onChange: (value: string) => void;
  onBlur: () => void;
  onUndo: () => void;
};

/** `Account Logon`: UPN, e-mail address or DOMAIN\user. */
export function AccountLogonField({ value, messages, applied, onChange, onBlur, onUndo }: AccountLogonFieldProps) {
  const id = useId("account-logon");
  const form = accountForm(value);
  return (
    <FieldRow
      label="Account Logon"
      htmlFor={id}
      messages={messages}
      below={<AppliedNote applied={applied} onUndo={onUndo} />}
      aside={form && <Text size={200}>{`The server will see: ${form}`}</Text>}
    >
      <Input
        id={id}
        data-field="accountLogon"
        style={{ width: "100%" }}
        value={value}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={hasError(messages)}
        aria-describedby={`${id}-messages`}
        onChange={(_, data) => onChange(data.value)}
        onBlur={onBlur}
      />
    </FieldRow>
  );
}
