import { Button, Dropdown, makeStyles, Option, Text, tokens, useId } from "@fluentui/react-components";
import { ChevronDownRegular, ChevronRightRegular } from "@fluentui/react-icons";
import { useState } from "react";
import type { Authentication } from "@/ipc/generated/Authentication";
import type { CertificateInfo } from "@/ipc/generated/CertificateInfo";
import type { EmailConfigurationForm } from "@/ipc/generated/EmailConfigurationForm";
import type { FieldMessage } from "@/ipc/generated/FieldMessage";
import type { IdentifyBy } from "@/ipc/generated/IdentifyBy";
import { authentications } from "@/lib/labels";
import { FieldRow } from "./FieldRow";
import { TlsTrustOption } from "./TlsTrustOption";

type ConnectionOptionsProps = {
  form: EmailConfigurationForm;
  messages: readonly FieldMessage[];
  /** The chain the last run saw, leaf first. */
  seen: readonly CertificateInfo[];
  onChange: (change: Partial<EmailConfigurationForm>) => void;
};

/** Schemes in their order, and why a scheme cannot be chosen yet. */
const schemes: readonly { key: Authentication; reason: string | null }[] = [
  { key: "automatic", reason: null },
  { key: "negotiate", reason: "Comes with the next version." },
  { key: "ntlm", reason: "Comes with the next version." },
  { key: "basic", reason: null },
  { key: "signed_in_user", reason: "Comes with the next version." },
];

const identities: Record<IdentifyBy, string> = {
  smtp: "SmtpAddress",
  upn: "PrincipalName",
  sid: "SID",
  primary_smtp: "PrimarySmtpAddress",
};

/** `Connection options`: authentication, trust, and how a mailbox is named. */
export function ConnectionOptions({ form, messages, seen, onChange }: ConnectionOptionsProps) {
  const styles = useStyles();
  const [open, setOpen] = useState(() => changes(form).length > 0);
  const id = useId("connection-options");
  const set = changes(form);
  const needed = messages.some((message) => message.level === "error");
  const shown = open || needed;
  return (
    <section className={styles.root} aria-label="Connection options">
      <div className={styles.head}>
        <Button
          appearance="subtle"
          className={styles.toggle}
          icon={shown ? <ChevronDownRegular /> : <ChevronRightRegular />}
          aria-expanded={shown}
          aria-controls={id}
          onClick={() => setOpen(!shown)}
        >
          Connection options
        </Button>
        <Text size={200} className={styles.summary}>
          {set.length === 0 ? "Authentication, TLS trust, Impersonate by: as usual" : set.join(" · ")}
        </Text>
      </div>
      {shown && (
        <div id={id} className={styles.body}>
          <AuthenticationOption
            value={form.authentication}
            messages={of(messages, "authentication")}
            onChange={(authentication) => onChange({ authentication })}
          />
          <TlsTrustOption
            value={form.tlsTrust}
            messages={of(messages, "tlsTrust")}
            seen={seen}
            onChange={(tlsTrust) => onChange({ tlsTrust })}
          />
          <IdentifyByOption value={form.identifyBy} onChange={(identifyBy) => onChange({ identifyBy })} />
        </div>
      )}
    </section>
  );
}

type AuthenticationOptionProps = {
  value: Authentication;
  messages: readonly FieldMessage[];
  onChange: (value: Authentication) => void;
};

function AuthenticationOption({ value, messages, onChange }: AuthenticationOptionProps) {
  const styles = useStyles();
  const id = useId("authentication");
  return (
    <FieldRow
      label="Authentication"
      htmlFor={id}
      messages={messages}
      below={
        <Text size={200} className={styles.summary}>
          {value === "basic"
            ? "Sends the password to the server, protected by TLS only."
            : "Uses the strongest scheme the server offers and Understudy speaks; never a second one after a refused password."}
        </Text>
      }
    >
      <Dropdown
        id={id}
        className={styles.field}
        listbox={{ className: styles.listbox }}
        value={authentications[value]}
        selectedOptions={[value]}
        onOptionSelect={(_, data) => {
          const scheme = schemes.find((candidate) => candidate.key === data.optionValue);
          if (scheme) onChange(scheme.key);
        }}
      >
        {schemes.map(({ key, reason }) => (
          <Option key={key} value={key} text={authentications[key]} disabled={reason !== null && key !== value}>
            <span className={styles.option}>
              {authentications[key]}
              {reason !== null && <Text size={200}>{reason}</Text>}
            </span>
          </Option>
        ))}
      </Dropdown>
    </FieldRow>
  );
}

function IdentifyByOption({ value, onChange }: { value: IdentifyBy; onChange: (value: IdentifyBy) => void }) {
  const styles = useStyles();
  const id = useId("identify-by");
  const offered = (["smtp", "upn", "sid"] as const satisfies IdentifyBy[]).map((key) => key as IdentifyBy);
  const shown = offered.includes(value) ? offered : [...offered, value];
  return (
    <FieldRow
      label="Impersonate by"
      htmlFor={id}
      below={
        value !== "smtp" && (
          <Text size={200} className={styles.summary}>
            A user without that value is not checked, with the reason.
          </Text>
        )
      }
    >
      <Dropdown
        id={id}
        className={styles.field}
        value={identities[value]}
        selectedOptions={[value]}
        onOptionSelect={(_, data) => {
          const chosen = shown.find((key) => key === data.optionValue);
          if (chosen) onChange(chosen);
        }}
      >
        {shown.map((key) => (
          <Option key={key} value={key}>
            {identities[key]}
          </Option>
        ))}
      </Dropdown>
    </FieldRow>
  );
}

/** What differs from the defaults, in words. */
function changes(form: EmailConfigurationForm): string[] {
  const found: string[] = [];
  if (form.authentication !== "automatic") found.push(`Authentication: ${authentications[form.authentication]}`);
  if (form.tlsTrust.kind === "ca") found.push(`TLS trust: ${form.tlsTrust.name}`);
  if (form.tlsTrust.kind === "pin") found.push("TLS trust: pinned certificate");
  if (form.identifyBy !== "smtp") found.push(`Impersonate by: ${identities[form.identifyBy]}`);
  return found;
}

function of(messages: readonly FieldMessage[], field: string): FieldMessage[] {
  return messages.filter((message) => message.field === field);
}

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS },
  head: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalM, flexWrap: "wrap" },
  toggle: { minWidth: 0, paddingLeft: tokens.spacingHorizontalXS },
  summary: { color: tokens.colorNeutralForeground3 },
  body: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
  field: { width: "100%", minWidth: 0 },
  listbox: { minWidth: "360px" },
  option: { display: "flex", flexGrow: 1, justifyContent: "space-between", gap: tokens.spacingHorizontalM },
});
