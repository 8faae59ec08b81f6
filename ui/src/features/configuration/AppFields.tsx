import { Button, Input, makeStyles, Text, tokens, useId } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { AppCredentialState } from "@/ipc/generated/AppCredentialState";
import type { KeyStoreState } from "@/ipc/generated/KeyStoreState";
import { AppCredentialField } from "./AppCredentialField";
import { FieldRow } from "./FieldRow";
import { cloudEwsUrls } from "./modern";
import { AuthorityRow, AuthorityUrlRow, ClientIdRow, CloudRow, TenantRow } from "./RegistrationRows";
import type { Configuration } from "./useConfiguration";

type AppFieldsProps = {
  form: Configuration;
  stored: AppCredentialState;
  keyStore: KeyStoreState;
  /** The field for an EWS URL of one's own. */
  ownUrl: ReactNode;
};

/** The fields of the types where an app signs in. */
export function AppFields({ form, stored, keyStore, ownUrl }: AppFieldsProps) {
  const { accessType, modern } = form.state.form;
  const entra = modern.authority === "entra";
  return (
    <>
      <AuthorityRow form={form} />
      {entra && <CloudRow form={form} />}
      {entra ? <TenantRow form={form} /> : <AuthorityUrlRow form={form} />}
      <ClientIdRow form={form} />
      <AppCredentialField form={form} stored={stored} keyStore={keyStore} />
      {accessType === "ews_app" && <AppUrl form={form} ownUrl={ownUrl} />}
    </>
  );
}

/** The cloud's own EWS URL, unless there is another one. */
function AppUrl({ form: { state, dispatch }, ownUrl }: Pick<AppFieldsProps, "form" | "ownUrl">) {
  const styles = useStyles();
  const id = useId("fixed-url");
  const { ewsUrl, findWhenChecking, modern } = state.form;
  const fixed = cloudEwsUrls[modern.cloud];
  if (modern.authority !== "entra") return ownUrl;
  if (ewsUrl !== "" || findWhenChecking) {
    return (
      <>
        {ownUrl}
        <div className={styles.cloud}>
          <Text size={200}>{`Exchange Online has a URL of its own: ${fixed}`}</Text>
          <Button size="small" onClick={() => dispatch({ kind: "type-url", url: "" })}>
            Use the cloud's URL
          </Button>
        </div>
      </>
    );
  }
  return (
    <FieldRow label="Exchange Web Services (EWS) URL" htmlFor={id} aside={<Text size={200}>Fixed by the cloud</Text>}>
      <Input id={id} className={styles.field} value={fixed} readOnly appearance="filled-darker" />
    </FieldRow>
  );
}

const useStyles = makeStyles({
  field: { width: "100%", minWidth: 0 },
  cloud: {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    gap: tokens.spacingHorizontalS,
    marginLeft: `calc(190px + ${tokens.spacingHorizontalM})`,
    "@container (max-width: 620px)": { marginLeft: 0 },
  },
});
