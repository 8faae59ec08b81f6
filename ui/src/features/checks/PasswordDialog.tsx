import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
} from "@fluentui/react-components";
import { type FormEvent, useRef, useState } from "react";
import { SecretInput } from "@/components/SecretInput";

type PasswordDialogProps = {
  account: string;
  onPassword: (password: string) => void;
  onCancel: () => void;
};

/** Asks for a password that is not stored. What is typed stays in the field and is handed over once. */
export function PasswordDialog({ account, onPassword, onCancel }: PasswordDialogProps) {
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const password = input.current?.value ?? "";
    if (password === "") return;
    if (input.current) input.current.value = "";
    onPassword(password);
  };
  return (
    <Dialog open onOpenChange={(_, data) => data.open || onCancel()}>
      <DialogSurface>
        <form onSubmit={submit}>
          <DialogBody>
            <DialogTitle>{`Enter the password of ${account}`}</DialogTitle>
            <DialogContent>
              <Field label="Password" hint="It is not stored.">
                <SecretInput
                  inputRef={input}
                  type="password"
                  autoComplete="off"
                  onChange={(_, { value }) => setTyped(value !== "")}
                />
              </Field>
            </DialogContent>
            <DialogActions>
              <Button type="submit" appearance="primary" disabled={!typed}>
                Check
              </Button>
              <Button onClick={onCancel}>Cancel</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
