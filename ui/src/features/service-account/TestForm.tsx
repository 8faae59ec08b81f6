import {
  Checkbox,
  Dropdown,
  Input,
  makeStyles,
  Option,
  Radio,
  RadioGroup,
  Text,
  tokens,
} from "@fluentui/react-components";
import type { RefObject } from "react";
import { Field, fieldMessage, type Message } from "@/components/Field";
import { SecretInput } from "@/components/SecretInput";
import type { AppState } from "@/ipc/generated/AppState";
import type { IdentifyBy } from "@/ipc/generated/IdentifyBy";
import type { PasswordState } from "@/ipc/generated/PasswordState";
import type { CommandError } from "@/ipc/problem";
import { folders, identifiers, isOwnMailbox, type Missing, type Typed } from "./fields";
import { MailboxField } from "./MailboxField";

export type TestFormProps = {
  organization: number;
  app: AppState;
  stored: PasswordState;
  typed: Typed;
  /** What is missing, once the test was to be performed. */
  missing: Missing;
  problem: CommandError | null;
  mailbox: RefObject<HTMLInputElement | null>;
  /** The only place where a typed password is. */
  password: RefObject<HTMLInputElement | null>;
  onChange: (change: Partial<Typed>) => void;
  onPerform: () => void;
};

/** The fields of Microsoft's test, in their order. */
export function TestForm({ organization, app, stored, typed, missing, problem, ...props }: TestFormProps) {
  const styles = useStyles();
  const { onChange } = props;
  const at = (field: keyof Missing): Message | null => {
    const text = missing[field];
    return text === undefined ? fieldMessage(problem, field) : { level: "error", text };
  };
  const own: Message | null = isOwnMailbox(typed)
    ? { level: "warning", text: "This is the account's own mailbox: it opens without any right to impersonate." }
    : null;
  return (
    <div className={styles.form}>
      <MailboxField
        organization={organization}
        value={typed.mailbox}
        message={at("mailbox") ?? own}
        inputRef={props.mailbox}
        onChange={(mailbox) => onChange({ mailbox })}
        onPerform={props.onPerform}
      />
      <Field label="Service Account User Name" required message={at("accountLogon")}>
        <Input
          value={typed.account}
          autoComplete="off"
          spellCheck={false}
          onChange={(_, data) => onChange({ account: data.value })}
        />
      </Field>
      <Field
        label="Password"
        hint={passwordHint(stored, app.keyStore.name)}
        message={problem?.code === "password_needed" ? { level: "error", text: problem.message } : null}
      >
        <SecretInput
          inputRef={props.password}
          type="password"
          autoComplete="off"
          spellCheck={false}
          placeholder={stored.hasPassword ? "••••••••" : ""}
        />
      </Field>
      <Server typed={typed} message={at("ewsUrl")} onChange={onChange} />
      <Field label="Test predefined folder">
        <Dropdown
          value={folders[typed.folder] ?? typed.folder}
          selectedOptions={[typed.folder]}
          onOptionSelect={(_, data) => data.optionValue !== undefined && onChange({ folder: data.optionValue })}
        >
          {Object.entries(folders).map(([key, label]) => (
            <Option key={key} value={key}>
              {label}
            </Option>
          ))}
        </Dropdown>
      </Field>
      <Impersonation typed={typed} problem={problem} onChange={onChange} />
      <div className={styles.choice}>
        <Checkbox label="Ignore Trust for SSL" disabled aria-describedby="ignore-trust" />
        <Text id="ignore-trust" size={200} className={styles.hint}>
          Use TLS trust instead.
        </Text>
      </div>
      <Checkbox
        label="Also create and delete a draft (writes to this mailbox)"
        checked={typed.writeTest}
        onChange={(_, data) => onChange({ writeTest: data.checked === true })}
      />
    </div>
  );
}

type PartProps = { typed: Typed; onChange: (change: Partial<Typed>) => void };

/** Where the server is: a URL, or what Autodiscover finds. */
function Server({ typed, message, onChange }: PartProps & { message: Message | null }) {
  const styles = useStyles();
  return (
    <div className={styles.group}>
      <RadioGroup
        aria-label="Server"
        value={typed.useAutodiscover ? "autodiscover" : "url"}
        onChange={(_, data) => onChange({ useAutodiscover: data.value === "autodiscover" })}
      >
        <Radio value="url" label="Specify Exchange Web Services URL" />
        <Radio value="autodiscover" label="Use Autodiscover to detect server settings" />
      </RadioGroup>
      {!typed.useAutodiscover && (
        <Field label="Exchange Web Services URL" message={message}>
          <Input
            value={typed.ewsUrl}
            inputMode="url"
            autoComplete="off"
            spellCheck={false}
            placeholder="https://mail.example.com/EWS/Exchange.asmx"
            onChange={(_, data) => onChange({ ewsUrl: data.value })}
          />
        </Field>
      )}
    </div>
  );
}

/** For whom the account acts. */
function Impersonation({ typed, problem, onChange }: PartProps & { problem: CommandError | null }) {
  const styles = useStyles();
  const identities = (["smtp", "upn", "sid"] as const satisfies IdentifyBy[]).map((key): IdentifyBy => key);
  const offered = identities.includes(typed.identifyBy) ? identities : [...identities, typed.identifyBy];
  return (
    <div className={styles.group}>
      <Checkbox
        label="Use Exchange Impersonation"
        checked={typed.impersonate}
        onChange={(_, data) => onChange({ impersonate: data.checked === true })}
      />
      {typed.impersonate && (
        <>
          <Field label="Impersonated user" message={fieldMessage(problem, "impersonatedUser")}>
            <Input
              value={typed.impersonatedUser ?? typed.mailbox}
              autoComplete="off"
              spellCheck={false}
              onChange={(_, data) => onChange({ impersonatedUser: data.value })}
            />
          </Field>
          <Field label="Impersonated user identifier">
            <Dropdown
              value={identifiers[typed.identifyBy]}
              selectedOptions={[typed.identifyBy]}
              onOptionSelect={(_, data) => {
                const chosen = offered.find((key) => key === data.optionValue);
                if (chosen) onChange({ identifyBy: chosen });
              }}
            >
              {offered.map((key) => (
                <Option key={key} value={key}>
                  {identifiers[key]}
                </Option>
              ))}
            </Dropdown>
          </Field>
        </>
      )}
    </div>
  );
}

function passwordHint(stored: PasswordState, keyStore: string): string {
  if (stored.hasPassword)
    return `Left empty: the one stored in ${keyStore}. What is typed is for this test, not saved.`;
  return stored.askEachTime && stored.setAt !== null
    ? "Left empty: the one of this session. What is typed is for this test, not saved."
    : "For this test; it is not saved.";
}

const useStyles = makeStyles({
  form: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM, minWidth: 0 },
  group: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS, minWidth: 0 },
  choice: { display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: tokens.spacingHorizontalS },
  hint: { color: tokens.colorNeutralForeground3 },
});
