import { makeStyles, Text, tokens, useId } from "@fluentui/react-components";
import type { RefObject } from "react";
import { SecretInput } from "@/components/SecretInput";

type ClientSecretProps = {
  /** The only place where a typed secret is. */
  inputRef: RefObject<HTMLInputElement | null>;
  describedBy: string;
  onGiven: (given: boolean) => void;
  onLeave: () => void;
};

/** `Client secret`: its value, not its ID. */
export function ClientSecret({ inputRef, describedBy, onGiven, onLeave }: ClientSecretProps) {
  const styles = useStyles();
  const hint = useId("client-secret-hint");
  return (
    <>
      <SecretInput
        aria-label="Client secret"
        aria-describedby={`${describedBy} ${hint}`}
        data-field="appCredential"
        className={styles.field}
        inputRef={inputRef}
        type="password"
        autoComplete="new-password"
        spellCheck={false}
        onChange={(_, { value }) => onGiven(value !== "")}
        onBlur={onLeave}
      />
      <Text id={hint} size={200} className={styles.hint}>
        Enter the value of the secret, not its ID. Entra shows it only once.
      </Text>
    </>
  );
}

const useStyles = makeStyles({
  field: { width: "100%", maxWidth: "420px" },
  hint: { color: tokens.colorNeutralForeground3 },
});
