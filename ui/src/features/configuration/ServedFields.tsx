import type { AppState } from "@/ipc/generated/AppState";
import type { EmailConfiguration } from "@/ipc/generated/EmailConfiguration";
import type { PasswordState } from "@/ipc/generated/PasswordState";
import type { RunPage } from "@/ipc/generated/RunPage";
import { text, useUrlState } from "@/lib/urlState";
import { AccountLogonField } from "./AccountLogonField";
import { AppFields } from "./AppFields";
import { AuthorityFields } from "./AuthorityFields";
import { ConnectionOptions } from "./ConnectionOptions";
import { DiscoveryDialog } from "./DiscoveryDialog";
import { EwsUrlField } from "./EwsUrlField";
import { isApp, isModern } from "./modern";
import { PasswordField } from "./PasswordField";
import type { Configuration } from "./useConfiguration";

type ServedFieldsProps = {
  organization: number;
  form: Configuration;
  app: AppState;
  configuration: EmailConfiguration;
  lastRun: RunPage | undefined;
};

/** The fields of the chosen type: always visible, in this order. */
export function ServedFields({ organization, form, app, configuration, lastRun }: ServedFieldsProps) {
  const { accessType } = form.state.form;
  const { keyStore } = app;
  const person = !isApp(accessType);
  const { workOffline } = app.settings;
  const url = <UrlRow organization={organization} form={form} offline={workOffline} stored={configuration.password} />;
  return (
    <>
      {person && <AccountRow form={form} />}
      {!isModern(accessType) && <PasswordRow form={form} app={app} configuration={configuration} />}
      {person && url}
      {accessType === "ews_imp" && (
        <AuthorityFields organization={organization} form={form} offline={workOffline} keyStore={keyStore.name} />
      )}
      {!person && <AppFields form={form} stored={configuration.appCredential} keyStore={keyStore} ownUrl={url} />}
      <ConnectionOptions form={form} app={app} hasProxyPassword={configuration.hasProxyPassword} lastRun={lastRun} />
    </>
  );
}

function AccountRow({ form: { state, dispatch, validation } }: { form: Configuration }) {
  return (
    <AccountLogonField
      value={state.form.accountLogon}
      messages={validation.of("accountLogon")}
      onChange={(accountLogon) => dispatch({ kind: "set", change: { accountLogon } })}
      onBlur={() => validation.leave("accountLogon")}
      applied={state.applied.find(({ field }) => field === "accountLogon")}
      onUndo={() => dispatch({ kind: "undo", field: "accountLogon" })}
    />
  );
}

function PasswordRow({ form, app, configuration }: Pick<ServedFieldsProps, "form" | "app" | "configuration">) {
  const { state, dispatch, validation, report } = form;
  return (
    <PasswordField
      inputRef={form.password}
      draft={state.password}
      stored={configuration.password}
      keyStore={app.keyStore}
      unused={state.form.authentication === "signed_in_user"}
      messages={[...report.at("password"), ...validation.of("password")]}
      onChange={(change) => {
        report.clearField();
        dispatch({ kind: "password", change });
      }}
      onBlur={() => validation.leave("password")}
    />
  );
}

type UrlRowProps = { organization: number; form: Configuration; offline: boolean; stored: PasswordState };

function UrlRow({ organization, form, offline, stored }: UrlRowProps) {
  const { state, dispatch, validation, wand } = form;
  const [url, setUrl] = useUrlState();
  const discovering = text(url, "panel") === "discovery";
  return (
    <>
      <EwsUrlField
        value={state.form.ewsUrl}
        origin={state.form.urlOrigin}
        finding={state.form.findWhenChecking}
        offline={offline}
        undo={state.urlUndo}
        messages={validation.of("ewsUrl")}
        askedDomains={wand.askedDomains}
        onType={(url) => dispatch({ kind: "type-url", url })}
        onBlur={() => validation.leave("ewsUrl")}
        onWand={(domain) => void wand.wave(domain)}
        onStopAsking={wand.stopAsking}
        onDiscover={() => setUrl({ panel: "discovery" })}
        onFindWhenChecking={(on) => {
          wand.stopAsking();
          dispatch({ kind: "find-url", on });
        }}
        onUndo={() => dispatch({ kind: "undo-url" })}
        onAcceptFix={({ fix }) => {
          if (fix === null) return;
          const text = `Replaced ${state.form.ewsUrl}.`;
          dispatch({ kind: "replace-url", url: fix, origin: "typed", text });
        }}
      />
      {discovering && (
        <DiscoveryDialog
          form={form}
          organization={organization}
          offline={offline}
          stored={stored}
          onClose={() => setUrl({ panel: undefined })}
        />
      )}
    </>
  );
}
