import { Button, Field, Input, makeStyles, Radio, RadioGroup, Text, tokens, useId } from "@fluentui/react-components";
import { type RefObject, useState } from "react";
import { SecretInput } from "@/components/SecretInput";
import type { FieldMessage } from "@/ipc/generated/FieldMessage";
import type { KeyStoreState } from "@/ipc/generated/KeyStoreState";
import type { ProxySetting } from "@/ipc/generated/ProxySetting";
import { proxyWords } from "@/lib/labels";
import { FieldRow, hasError } from "./FieldRow";
import type { ProxyPasswordDraft } from "./formState";

type ProxyOptionProps = {
  value: ProxySetting;
  /** What `Inherit` means now: the setting of the app. */
  inherited: ProxySetting;
  messages: readonly FieldMessage[];
  draft: ProxyPasswordDraft;
  /** A password for the proxy's user is in the key store. */
  stored: boolean;
  keyStore: KeyStoreState;
  /** The only place where a typed password is. */
  inputRef: RefObject<HTMLInputElement | null>;
  onChange: (value: ProxySetting) => void;
  onDraft: (change: Partial<ProxyPasswordDraft>) => void;
  onBlur: () => void;
};

/** `Proxy`: that of the app, none, or one of this organization with a name and password of its own. */
export function ProxyOption(props: ProxyOptionProps) {
  const { value, inherited, messages, onChange, onDraft } = props;
  const styles = useStyles();
  const id = useId("proxy");
  // What was typed stays while another kind is tried.
  const [typed, setTyped] = useState(value.kind === "custom" ? value : { kind: "custom" as const, address: "" });
  const choose = (kind: string) => {
    if (kind !== "custom") onDraft({ typed: false, replacing: false });
    if (kind === "custom") onChange(typed);
    else if (kind === "none") onChange({ kind: "none" });
    else onChange({ kind: "inherit" });
  };
  const set = (next: ProxySetting & { kind: "custom" }) => {
    setTyped(next);
    onChange(next);
  };
  return (
    <FieldRow
      label="Proxy"
      htmlFor={id}
      tall
      messages={messages}
      below={
        <>
          {value.kind === "inherit" && (
            <Text size={200} className={styles.quiet}>{`Settings, Network: ${proxyWords(inherited)}.`}</Text>
          )}
          {value.kind === "custom" && <Custom {...props} value={value} onSet={set} />}
        </>
      }
    >
      <RadioGroup
        id={id}
        layout="horizontal"
        className={styles.choices}
        aria-label="Proxy"
        value={value.kind}
        onChange={(_, data) => choose(data.value)}
      >
        <Radio value="inherit" label="Inherit" />
        <Radio value="none" label="None" />
        <Radio value="custom" label="Custom" />
      </RadioGroup>
    </FieldRow>
  );
}

type CustomProxy = ProxySetting & { kind: "custom" };
type CustomProps = ProxyOptionProps & { value: CustomProxy; onSet: (value: CustomProxy) => void };

function Custom({ value, messages, draft, stored, keyStore, inputRef, onSet, onDraft, onBlur }: CustomProps) {
  const styles = useStyles();
  const user = value.user ?? "";
  return (
    <div className={styles.custom}>
      <Field label="Proxy address" className={styles.field}>
        <Input
          data-field="proxy"
          value={value.address}
          placeholder="proxy.contoso.com:8080"
          autoComplete="off"
          spellCheck={false}
          aria-invalid={hasError(messages)}
          onChange={(_, data) => onSet({ ...value, address: data.value })}
          onBlur={onBlur}
        />
      </Field>
      <Field label="Proxy user" hint="Only for a proxy that asks for a sign-in (407)." className={styles.field}>
        <Input
          value={user}
          autoComplete="off"
          spellCheck={false}
          onChange={(_, { value: name }) => {
            const { kind, address } = value;
            onSet(name === "" ? { kind, address } : { kind, address, user: name });
          }}
          onBlur={onBlur}
        />
      </Field>
      {user !== "" && (
        <ProxyPassword draft={draft} stored={stored} keyStore={keyStore} inputRef={inputRef} onDraft={onDraft} />
      )}
    </div>
  );
}

type ProxyPasswordProps = Pick<ProxyOptionProps, "draft" | "stored" | "keyStore" | "inputRef" | "onDraft">;

/** Stored or being typed; a stored one can be replaced, never shown. */
function ProxyPassword({ draft, stored, keyStore, inputRef, onDraft }: ProxyPasswordProps) {
  const styles = useStyles();
  if (stored && !draft.replacing) {
    return (
      <div className={styles.line}>
        <Field label="Proxy password" hint={`Stored in ${keyStore.name}`} className={styles.field}>
          <Input disabled value="••••••••" />
        </Field>
        <Button size="small" onClick={() => onDraft({ replacing: true })}>
          Replace
        </Button>
      </div>
    );
  }
  const keepIt = () => {
    if (inputRef.current) inputRef.current.value = "";
    onDraft({ typed: false, replacing: false });
  };
  return (
    <div className={styles.line}>
      <Field
        label="Proxy password"
        hint={keyStore.available ? `Not stored. Save keeps it in ${keyStore.name}.` : "Not stored."}
        className={styles.field}
      >
        <SecretInput
          inputRef={inputRef}
          type="password"
          autoComplete="new-password"
          onChange={(_, { value }) => onDraft({ typed: value !== "" })}
        />
      </Field>
      {stored && (
        <Button size="small" appearance="subtle" onClick={keepIt}>
          Keep the stored one
        </Button>
      )}
    </div>
  );
}

const useStyles = makeStyles({
  choices: { flexWrap: "wrap", marginLeft: `calc(-1 * ${tokens.spacingHorizontalS})` },
  quiet: { color: tokens.colorNeutralForeground3 },
  custom: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS },
  field: { flexGrow: 1, maxWidth: "420px" },
  line: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS },
});
