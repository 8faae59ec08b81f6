import { Input, makeStyles, useId } from "@fluentui/react-components";
import type { AppCredentialState } from "@/ipc/generated/AppCredentialState";
import type { KeyStoreState } from "@/ipc/generated/KeyStoreState";
import { AppCredentialField } from "./AppCredentialField";
import { FieldRow } from "./FieldRow";
import { cloudEwsUrls } from "./modern";
import { ClientIdRow, CloudRow, TenantRow } from "./RegistrationRows";
import type { Configuration } from "./useConfiguration";

type AppFieldsProps = { form: Configuration; stored: AppCredentialState; keyStore: KeyStoreState };

/** The fields of the types where an app signs in. */
export function AppFields({ form, stored, keyStore }: AppFieldsProps) {
  const { accessType } = form.state.form;
  return (
    <>
      <TenantRow form={form} />
      <ClientIdRow form={form} />
      <CloudRow form={form} />
      <AppCredentialField form={form} stored={stored} keyStore={keyStore} />
      {accessType === "ews_app" && <FixedUrl url={cloudEwsUrls[form.state.form.modern.cloud]} />}
    </>
  );
}

/** The cloud's own URL: there is none to choose. */
function FixedUrl({ url }: { url: string }) {
  const styles = useStyles();
  const id = useId("fixed-url");
  return (
    <FieldRow label="Exchange Web Services (EWS) URL" htmlFor={id} aside="Fixed by the cloud">
      <Input id={id} className={styles.field} value={url} readOnly appearance="filled-darker" />
    </FieldRow>
  );
}

const useStyles = makeStyles({ field: { width: "100%", minWidth: 0 } });
