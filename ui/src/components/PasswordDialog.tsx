import { Field } from "@fluentui/react-components";
import { useRef, useState } from "react";
import { FormDialog } from "./FormDialog";
import { SecretInput } from "./SecretInput";

type PasswordDialogProps = {
  account: string;
  /** What is done with it. Default `Check`. */
  verb?: string;
  onPassword: (password: string) => void;
  onCancel: () => void;
};

/** Asks for a password that is not stored. What is typed stays in the field and is handed over once. */
export function PasswordDialog({ account, verb = "Check", onPassword, onCancel }: PasswordDialogProps) {
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(false);
  const submit = () => {
    const password = input.current?.value ?? "";
    if (password === "") return;
    if (input.current) input.current.value = "";
    onPassword(password);
  };
  return (
    <FormDialog
      title={`Enter the password of ${account}`}
      verb={verb}
      disabled={!typed}
      onSubmit={submit}
      onClose={onCancel}
    >
      <Field label="Password" hint="It is not stored.">
        <SecretInput
          inputRef={input}
          type="password"
          autoComplete="off"
          onChange={(_, { value }) => setTyped(value !== "")}
        />
      </Field>
    </FormDialog>
  );
}
