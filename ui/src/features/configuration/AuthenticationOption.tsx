import { Button, Dropdown, Input, makeStyles, Option, Spinner, Text, tokens, useId } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { Authentication } from "@/ipc/generated/Authentication";
import type { FieldMessage } from "@/ipc/generated/FieldMessage";
import { authentications } from "@/lib/labels";
import { insteadOf } from "@/lib/schemes";
import { AppliedNote } from "./AppliedNote";
import { FieldRow } from "./FieldRow";
import type { Applied } from "./formState";
import type { Probe } from "./useProbe";

type AuthenticationOptionProps = {
  value: Authentication;
  /** The access type leaves no choice. */
  fixed?: boolean;
  messages: readonly FieldMessage[];
  applied: Applied | undefined;
  /** `windows`, `macos`, `linux`. */
  platform: string;
  /** Schemes the server offers, as far as it was asked. */
  offered: readonly string[];
  probe: Probe;
  /** Why the server can't be asked now. */
  noProbe: string | null;
  /** What the server said. */
  children: ReactNode;
  onChange: (value: Authentication) => void;
  onSwitch: (value: Authentication, text: string) => void;
  onUndo: () => void;
};

const schemes: readonly Authentication[] = ["automatic", "negotiate", "ntlm", "basic", "signed_in_user"];

const meanings: Record<Authentication, string> = {
  automatic:
    "What the server offers decides: Kerberos where a ticket is possible, else NTLM, both bound to the TLS channel. Never a second scheme after a refused password, never Basic.",
  negotiate: "Kerberos where a ticket is possible, else NTLM under Negotiate. Bound to the TLS channel.",
  ntlm: "NTLM version 2, bound to the TLS channel. The password itself is not sent.",
  basic: "Sends the password to the server, protected by TLS only.",
  signed_in_user: "Kerberos with the account you are signed in to Windows with. No password is asked for or stored.",
  bearer: "The access token of the sign-in above. No password is sent to Exchange.",
};

/** `Authentication`, and beside it the question to the server. */
export function AuthenticationOption(props: AuthenticationOptionProps) {
  const { value, fixed = false, messages, applied, platform, offered, probe, noProbe, children } = props;
  const { onChange, onSwitch, onUndo } = props;
  const styles = useStyles();
  const id = useId("authentication");
  const reasonId = useId("why-no-question");
  const why = (scheme: Authentication) =>
    scheme === "signed_in_user" && platform !== "windows" ? "On Windows only." : null;
  return (
    <FieldRow
      label="Authentication"
      htmlFor={id}
      messages={messages}
      aside={
        <Button
          disabledFocusable={probe.asking || noProbe !== null}
          icon={probe.asking ? <Spinner size="extra-tiny" /> : undefined}
          aria-describedby={reasonId}
          onClick={() => void probe.ask()}
        >
          Ask the server
        </Button>
      }
      below={
        <>
          <Text size={200} className={styles.summary}>
            {meanings[value]}
          </Text>
          <Text size={200} className={styles.summary} id={reasonId}>
            {noProbe ?? `Ask the server what it offers: no ${fixed ? "token" : "password"} is sent for it.`}
          </Text>
          <AppliedNote applied={applied} onUndo={onUndo} />
          {!fixed && <Switch value={value} offered={offered} onSwitch={onSwitch} />}
          {children}
        </>
      }
    >
      {fixed ? (
        <Input id={id} className={styles.field} value={authentications[value]} readOnly appearance="filled-darker" />
      ) : (
        <Dropdown
          id={id}
          className={styles.field}
          listbox={{ className: styles.listbox }}
          value={authentications[value]}
          selectedOptions={[value]}
          onOptionSelect={(_, data) => {
            const scheme = schemes.find((candidate) => candidate === data.optionValue);
            if (scheme) onChange(scheme);
          }}
        >
          {schemes.map((key) => {
            const reason = why(key);
            return (
              <Option key={key} value={key} text={authentications[key]} disabled={reason !== null && key !== value}>
                <span className={styles.option}>
                  {authentications[key]}
                  {reason !== null && <Text size={200}>{reason}</Text>}
                </span>
              </Option>
            );
          })}
        </Dropdown>
      )}
    </FieldRow>
  );
}

type SwitchProps = Pick<AuthenticationOptionProps, "value" | "offered" | "onSwitch">;

/** The chosen scheme is not among those the server offers: another one is proposed, never taken. */
function Switch({ value, offered, onSwitch }: SwitchProps) {
  const styles = useStyles();
  const other = insteadOf(value, offered);
  if (other === null) return null;
  const name = authentications[other];
  return (
    <div className={styles.switch}>
      <Text size={200}>{`The server offers ${offered.join(", ")}. Switch to ${name}?`}</Text>
      <Button size="small" onClick={() => onSwitch(other, `Was ${authentications[value]}.`)}>
        {`Switch to ${name}`}
      </Button>
    </div>
  );
}

const useStyles = makeStyles({
  field: { width: "100%", minWidth: 0 },
  listbox: { minWidth: "360px" },
  option: { display: "flex", flexGrow: 1, justifyContent: "space-between", gap: tokens.spacingHorizontalM },
  summary: { color: tokens.colorNeutralForeground3 },
  switch: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalS },
});
