import { Button, makeStyles, Radio, RadioGroup, Text, tokens, useId } from "@fluentui/react-components";
import type { AppCredentialState } from "@/ipc/generated/AppCredentialState";
import type { KeyStoreState } from "@/ipc/generated/KeyStoreState";
import { dateTime } from "@/lib/format";
import { AppCertificateFacts } from "./AppCertificateFacts";
import { wipe } from "./appCredential";
import { CertificateFile } from "./CertificateFile";
import { ClientSecret } from "./ClientSecret";
import { FieldRow } from "./FieldRow";
import type { AppCredentialDraft } from "./formState";
import type { Configuration } from "./useConfiguration";

type AppCredentialFieldProps = { form: Configuration; stored: AppCredentialState; keyStore: KeyStoreState };

/** `Certificate` or `Client secret`: a stored one can be replaced or removed, never shown. */
export function AppCredentialField({ form, stored, keyStore }: AppCredentialFieldProps) {
  const styles = useStyles();
  const id = useId("app-credential");
  const { state, dispatch, validation, report, credential } = form;
  const kind = state.form.modern.appCredential;
  const draft = state.appCredential;
  const has = kind === "certificate" ? stored.certificate !== null : stored.hasSecret;
  const open = !has || draft.replacing || draft.removing;
  const change = (next: Partial<AppCredentialDraft>) => {
    report.clearField();
    dispatch({ kind: "app-credential", change: next });
  };
  const startOver = (next: Partial<AppCredentialDraft>) => {
    wipe(credential);
    change({ given: false, ...next });
  };
  const leave = () => validation.leave("appCredential");
  return (
    <FieldRow
      label="Credential"
      htmlFor={id}
      tall
      messages={[...report.at("appCredential"), ...validation.of("appCredential")]}
      aside={has && <StoredActions draft={draft} onChange={startOver} />}
      below={
        <div className={styles.below}>
          {draft.removing && <Text size={200}>The stored one will be removed when you save.</Text>}
          {has && !draft.removing && <Stored kind={kind} stored={stored} keyStore={keyStore.name} />}
          {open && !draft.removing && kind === "certificate" && (
            <CertificateFile
              key={state.revision}
              fields={credential}
              onGiven={(given) => change({ given })}
              onLeave={leave}
            />
          )}
          {open && !draft.removing && kind === "secret" && (
            <ClientSecret
              inputRef={credential.secret}
              describedBy={`${id}-messages`}
              onGiven={(given) => change({ given })}
              onLeave={leave}
            />
          )}
        </div>
      }
    >
      <RadioGroup
        id={id}
        layout="horizontal"
        className={styles.choices}
        aria-label="Credential"
        value={kind}
        onChange={(_, { value }) => {
          startOver({ replacing: false, removing: false });
          dispatch({ kind: "modern", change: { appCredential: value === "secret" ? "secret" : "certificate" } });
        }}
      >
        <Radio value="certificate" label="Certificate (advised)" />
        <Radio value="secret" label="Client secret" />
      </RadioGroup>
    </FieldRow>
  );
}

type StoredActionsProps = { draft: AppCredentialDraft; onChange: (change: Partial<AppCredentialDraft>) => void };

function StoredActions({ draft, onChange }: StoredActionsProps) {
  if (draft.replacing || draft.removing) {
    return (
      <Button size="small" appearance="subtle" onClick={() => onChange({ replacing: false, removing: false })}>
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

type StoredProps = { kind: "certificate" | "secret"; stored: AppCredentialState; keyStore: string };

function Stored({ kind, stored, keyStore }: StoredProps) {
  const since = stored.setAt === null ? "" : `, ${dateTime(stored.setAt)}`;
  return (
    <>
      <Text size={200}>{`Stored encrypted, with a key in ${keyStore}${since}`}</Text>
      {kind === "certificate" && stored.certificate && <AppCertificateFacts certificate={stored.certificate} />}
    </>
  );
}

const useStyles = makeStyles({
  choices: { marginLeft: `calc(-1 * ${tokens.spacingHorizontalS})` },
  below: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS },
});
