import type { AppState } from "@/ipc/generated/AppState";
import type { EmailConfiguration } from "@/ipc/generated/EmailConfiguration";
import type { RunPage } from "@/ipc/generated/RunPage";
import { text, useUrlState } from "@/lib/urlState";
import { AccountLogonField } from "./AccountLogonField";
import { ConnectionOptions } from "./ConnectionOptions";
import { DiscoveryDialog } from "./DiscoveryDialog";
import { EwsUrlField } from "./EwsUrlField";
import { PasswordField } from "./PasswordField";
import type { Configuration } from "./useConfiguration";

type ServedFieldsProps = {
  organization: number;
  form: Configuration;
  app: AppState;
  configuration: EmailConfiguration;
  lastRun: RunPage | undefined;
};

/** The fields of `Microsoft Exchange Impersonation`: always visible, in this order. */
export function ServedFields({ organization, form, app, configuration, lastRun }: ServedFieldsProps) {
  const { state, dispatch, validation, report, wand } = form;
  const [url, setUrl] = useUrlState();
  const discovering = text(url, "panel") === "discovery";
  return (
    <>
      <AccountLogonField
        value={state.form.accountLogon}
        messages={validation.of("accountLogon")}
        onChange={(accountLogon) => dispatch({ kind: "set", change: { accountLogon } })}
        onBlur={() => validation.leave("accountLogon")}
        applied={state.applied.find(({ field }) => field === "accountLogon")}
        onUndo={() => dispatch({ kind: "undo", field: "accountLogon" })}
      />
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
      <EwsUrlField
        value={state.form.ewsUrl}
        origin={state.form.urlOrigin}
        finding={state.form.findWhenChecking}
        offline={app.settings.workOffline}
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
          offline={app.settings.workOffline}
          stored={configuration.password}
          onClose={() => setUrl({ panel: undefined })}
        />
      )}
      <ConnectionOptions form={form} app={app} hasProxyPassword={configuration.hasProxyPassword} lastRun={lastRun} />
    </>
  );
}
