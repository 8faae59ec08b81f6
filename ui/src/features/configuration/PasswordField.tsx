import { Button, Input, makeStyles, Radio, RadioGroup, Text, tokens, useId } from "@fluentui/react-components";
import { Eye20Regular, EyeOff20Regular } from "@fluentui/react-icons";
import { type RefObject, useState } from "react";
import { SecretInput } from "@/components/SecretInput";
import type { FieldMessage } from "@/ipc/generated/FieldMessage";
import type { KeyStoreState } from "@/ipc/generated/KeyStoreState";
import type { PasswordState } from "@/ipc/generated/PasswordState";
import { dateTime } from "@/lib/format";
import { FieldRow, hasError } from "./FieldRow";
import type { Keep, PasswordDraft } from "./formState";

type PasswordFieldProps = {
  /** The only place where a typed password is. */
  inputRef: RefObject<HTMLInputElement | null>;
  draft: PasswordDraft;
  stored: PasswordState;
  keyStore: KeyStoreState;
  messages: readonly FieldMessage[];
  /** The chosen authentication takes no password. */
  unused: boolean;
  onChange: (change: Partial<PasswordDraft>) => void;
  onBlur: () => void;
};

/** `Password`: shows only what is being typed; a stored one can be replaced or removed, never shown. */
export function PasswordField(props: PasswordFieldProps) {
  const { inputRef, draft, stored, keyStore, messages, unused, onChange, onBlur } = props;
  const styles = useStyles();
  const id = useId("password");
  const isStored = stored.hasPassword && !draft.replacing && !draft.removing;
  return (
    <FieldRow
      label="Password"
      htmlFor={id}
      messages={messages}
      aside={
        <PasswordActions
          draft={draft}
          stored={stored}
          onChange={(change) => {
            if (inputRef.current) inputRef.current.value = "";
            onChange(change);
          }}
        />
      }
      below={
        <>
          {unused && <Text size={200}>Not used: My Windows sign-in takes the account you are signed in with.</Text>}
          <PasswordFacts draft={draft} stored={stored} keyStore={keyStore} />
          <KeepChoice keep={draft.keep} keyStore={keyStore} onChange={(keep) => onChange({ keep })} />
        </>
      }
    >
      {isStored ? (
        <Input id={id} className={styles.field} disabled value="••••••••" aria-label="Password, stored" />
      ) : (
        <TypedPassword
          id={id}
          inputRef={inputRef}
          invalid={hasError(messages)}
          onTyped={(typed, outerSpaces) => onChange({ typed, outerSpaces })}
          onBlur={onBlur}
        />
      )}
    </FieldRow>
  );
}

type TypedPasswordProps = {
  id: string;
  inputRef: RefObject<HTMLInputElement | null>;
  invalid: boolean;
  onTyped: (typed: boolean, outerSpaces: boolean) => void;
  onBlur: () => void;
};

function TypedPassword({ id, inputRef, invalid, onTyped, onBlur }: TypedPasswordProps) {
  const styles = useStyles();
  const [shown, setShown] = useState(false);
  return (
    <SecretInput
      id={id}
      data-field="password"
      className={styles.field}
      inputRef={inputRef}
      type={shown ? "text" : "password"}
      autoComplete="new-password"
      spellCheck={false}
      aria-invalid={invalid}
      aria-describedby={`${id}-messages`}
      onChange={(_, { value }) => onTyped(value !== "", value !== value.trim())}
      onBlur={onBlur}
      contentAfter={
        <Button
          appearance="transparent"
          size="small"
          icon={shown ? <EyeOff20Regular /> : <Eye20Regular />}
          aria-label={shown ? "Hide the password" : "Show the password being typed"}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        />
      }
    />
  );
}

type PasswordActionsProps = {
  draft: PasswordDraft;
  stored: PasswordState;
  onChange: (change: Partial<PasswordDraft>) => void;
};

function PasswordActions({ draft, stored, onChange }: PasswordActionsProps) {
  if (!stored.hasPassword) return null;
  if (draft.replacing || draft.removing) {
    const keepIt = { replacing: false, removing: false, typed: false, outerSpaces: false };
    return (
      <Button size="small" appearance="subtle" onClick={() => onChange(keepIt)}>
        Keep the stored one
      </Button>
    );
  }
  return (
    <>
      <Button size="small" onClick={() => onChange({ replacing: true })}>
        Replace
      </Button>
      <Button size="small" appearance="subtle" onClick={() => onChange({ removing: true })}>
        Remove
      </Button>
    </>
  );
}

function PasswordFacts({ draft, stored, keyStore }: Pick<PasswordFieldProps, "draft" | "stored" | "keyStore">) {
  const facts: string[] = [];
  if (draft.removing) facts.push("The stored password will be removed when you save.");
  else if (stored.hasPassword) facts.push(`Stored in ${[keyStore.name, setWhen(stored)].filter(Boolean).join(", ")}`);
  else if (stored.askEachTime && stored.setAt) facts.push(`In memory for this session, ${dateTime(stored.setAt)}`);
  if (stored.provenAt && !draft.removing) facts.push(`Last accepted by Exchange ${dateTime(stored.provenAt)}`);
  if (facts.length === 0) return null;
  return facts.map((fact) => (
    <Text key={fact} size={200}>
      {fact}
    </Text>
  ));
}

function setWhen(stored: PasswordState): string | null {
  return stored.setAt === null ? null : dateTime(stored.setAt);
}

type KeepChoiceProps = { keep: Keep; keyStore: KeyStoreState; onChange: (keep: Keep) => void };

function KeepChoice({ keep, keyStore, onChange }: KeepChoiceProps) {
  const styles = useStyles();
  return (
    <>
      <RadioGroup
        layout="horizontal"
        className={styles.choices}
        aria-label="Where the password is kept"
        value={keep}
        onChange={(_, data) => onChange(data.value === "ask" ? "ask" : "store")}
      >
        <Radio value="store" label={`Keep in ${keyStore.name}`} disabled={!keyStore.available} />
        <Radio value="ask" label="Ask each time" />
      </RadioGroup>
      {!keyStore.available && (
        <Text size={200} className={styles.reason}>
          {[keyStore.problem?.message ?? `${keyStore.name} can't be used now.`, keyStore.problem?.hint]
            .filter(Boolean)
            .join(" ")}
        </Text>
      )}
    </>
  );
}

const useStyles = makeStyles({
  field: { width: "100%", minWidth: 0 },
  choices: { flexWrap: "wrap", marginLeft: `calc(-1 * ${tokens.spacingHorizontalS})` },
  reason: { color: tokens.colorNeutralForeground2 },
});
