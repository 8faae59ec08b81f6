import { Checkbox, makeStyles, Text, tokens, useId } from "@fluentui/react-components";
import type { AuthorityKind } from "@/ipc/generated/AuthorityKind";
import { FieldRow } from "./FieldRow";
import { FindAuthority } from "./FindAuthority";
import { AuthorityRow, AuthorityUrlRow, ClientIdRow, CloudRow, TenantRow } from "./RegistrationRows";
import { TextRow } from "./TextRow";
import type { Configuration } from "./useConfiguration";

type AuthorityFieldsProps = {
  organization: number;
  form: Configuration;
  offline: boolean;
  keyStore: string;
};

/** Who issues the tokens, and to which app: of the type that signs in as a person. */
export function AuthorityFields({ organization, form, offline, keyStore }: AuthorityFieldsProps) {
  const { modern } = form.state.form;
  const entra = modern.authority === "entra";
  return (
    <>
      <FindAuthority organization={organization} form={form} offline={offline}>
        {(button, below) => <AuthorityRow form={form} aside={button} below={below} />}
      </FindAuthority>
      {entra && <CloudRow form={form} />}
      {entra ? <TenantRow form={form} /> : <AuthorityUrlRow form={form} />}
      <ClientIdRow form={form} />
      <RedirectPortRow form={form} />
      <KeepSignedIn form={form} keyStore={keyStore} />
    </>
  );
}

const highestPort = 65_535;

function RedirectPortRow({ form: { state, dispatch, validation, report } }: { form: Configuration }) {
  const styles = useStyles();
  const { authority, redirectPort } = state.form.modern;
  const type = (typed: string) => {
    const digits = typed.replace(/\D/g, "");
    const port = digits === "" ? null : Number(digits);
    if (port === null || port <= highestPort) dispatch({ kind: "modern", change: { redirectPort: port } });
  };
  return (
    <TextRow
      label="Redirect port"
      field="redirectPort"
      value={redirectPort === null ? "" : String(redirectPort)}
      placeholder="Random"
      inputMode="numeric"
      messages={[...report.at("redirectPort"), ...validation.of("redirectPort")]}
      below={
        <Text size={200} className={styles.note}>
          {portNote(authority, redirectPort)}
        </Text>
      }
      onChange={type}
      onBlur={() => validation.leave("redirectPort")}
    />
  );
}

function portNote(authority: AuthorityKind, port: number | null): string {
  if (port !== null) return `Register http://localhost:${port}/ as a redirect address.`;
  if (authority === "entra") return "Register http://localhost as a redirect address. Entra accepts it with any port.";
  return "AD FS and others often accept one port only: enter the one that is registered.";
}

function KeepSignedIn({ form, keyStore }: { form: Configuration; keyStore: string }) {
  const styles = useStyles();
  const id = useId("keep-signed-in");
  const kept = form.state.form.modern.keepSignedIn;
  return (
    <FieldRow
      label="Sign-in"
      htmlFor={id}
      below={
        <Text size={200} className={styles.note}>
          {kept
            ? `Asks for offline access. The tokens are kept encrypted, with a key in ${keyStore}.`
            : "The token is in memory only. Sign in again when it expires, or after a restart."}
        </Text>
      }
    >
      <Checkbox
        id={id}
        className={styles.choices}
        label="Keep signed in"
        aria-label="Keep signed in"
        aria-describedby={`${id}-messages`}
        checked={kept}
        onChange={(_, { checked }) => form.dispatch({ kind: "modern", change: { keepSignedIn: checked === true } })}
      />
    </FieldRow>
  );
}

const useStyles = makeStyles({
  choices: { marginLeft: `calc(-1 * ${tokens.spacingHorizontalS})` },
  note: { color: tokens.colorNeutralForeground3 },
});
