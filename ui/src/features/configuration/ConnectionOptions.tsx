import { Button, Dropdown, makeStyles, Option, Text, tokens, useId } from "@fluentui/react-components";
import { ChevronDownRegular, ChevronRightRegular } from "@fluentui/react-icons";
import { useEffect, useState } from "react";
import type { AppState } from "@/ipc/generated/AppState";
import type { EmailConfigurationForm } from "@/ipc/generated/EmailConfigurationForm";
import type { IdentifyBy } from "@/ipc/generated/IdentifyBy";
import type { RunPage } from "@/ipc/generated/RunPage";
import { offlineReason } from "@/lib/appState";
import { hostOf } from "@/lib/certificates";
import { authentications, proxyWords } from "@/lib/labels";
import { AuthenticationOption } from "./AuthenticationOption";
import { FieldRow } from "./FieldRow";
import type { AppliedField } from "./formState";
import { isApp, isModern } from "./modern";
import { ProbePanel } from "./ProbePanel";
import { ProxyOption } from "./ProxyOption";
import { TlsTrustOption } from "./TlsTrustOption";
import type { Configuration } from "./useConfiguration";

type ConnectionOptionsProps = {
  form: Configuration;
  app: AppState;
  /** A password for the proxy's user is in the key store. */
  hasProxyPassword: boolean;
  /** The last run. */
  lastRun: RunPage | undefined;
};

const identities: Record<IdentifyBy, string> = {
  smtp: "SmtpAddress",
  upn: "PrincipalName",
  sid: "SID",
  primary_smtp: "PrimarySmtpAddress",
};

/** `Connection options`: authentication, trust, how a mailbox is named, and the proxy. */
export function ConnectionOptions({ form, app, hasProxyPassword, lastRun }: ConnectionOptionsProps) {
  const styles = useStyles();
  const { state, validation, report } = form;
  const [open, setOpen] = useState(() => changes(state.form).length > 0);
  const id = useId("connection-options");
  const set = changes(state.form);
  const fields = ["authentication", "tlsTrust", "proxy"];
  const messages = fields.flatMap((field) => [...report.at(field), ...validation.of(field)]);
  const needed = messages.some(({ level }) => level === "error");
  const filledIn = state.applied.some(({ field }) => fields.includes(field));
  const shown = open || needed;
  useEffect(() => {
    if (filledIn) setOpen(true);
  }, [filledIn]);
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
          {set.length === 0 ? `${offeredOptions(state.form).join(", ")}: as usual` : set.join(" · ")}
        </Text>
      </div>
      {shown && (
        <div id={id} className={styles.body}>
          <Options form={form} app={app} hasProxyPassword={hasProxyPassword} lastRun={lastRun} />
        </div>
      )}
    </section>
  );
}

function Options({ form, app, hasProxyPassword, lastRun }: ConnectionOptionsProps) {
  const { state, dispatch, validation, probe, report } = form;
  const { accessType, authentication, tlsTrust, ewsUrl, accountLogon, proxy, identifyBy } = state.form;
  const modern = isModern(accessType);
  const change = (part: Partial<EmailConfigurationForm>) => dispatch({ kind: "set", change: part });
  const appliedTo = (field: AppliedField) => state.applied.find((entry) => entry.field === field);
  const sameServer = lastRun?.row.ewsUrl === ewsUrl ? lastRun : undefined;
  const probed = probe.probed?.answer;
  const seen = [probed?.certificates, sameServer?.certificates].find((chain) => chain && chain.length > 0) ?? [];
  return (
    <>
      {!isApp(accessType) && (
        <AuthenticationOption
          value={modern ? "bearer" : authentication}
          fixed={modern}
          messages={validation.of("authentication")}
          applied={appliedTo("authentication")}
          platform={app.platform}
          offered={probed?.authentication.offered ?? sameServer?.authentication.offered ?? []}
          probe={probe}
          noProbe={whyNotAsked(ewsUrl, app.settings.workOffline)}
          onChange={(value) => change({ authentication: value })}
          onSwitch={(value, text) => dispatch({ kind: "apply", change: { field: "authentication", value }, text })}
          onUndo={() => dispatch({ kind: "undo", field: "authentication" })}
        >
          <ProbePanel
            probe={probe}
            trust={tlsTrust}
            account={accountLogon}
            onAccount={(value) =>
              dispatch({ kind: "apply", change: { field: "accountLogon", value }, text: `Was ${accountLogon}.` })
            }
            onTrust={(value, text) => dispatch({ kind: "apply", change: { field: "tlsTrust", value }, text })}
          />
        </AuthenticationOption>
      )}
      <TlsTrustOption
        key={`trust ${state.revision}`}
        value={tlsTrust}
        messages={validation.of("tlsTrust")}
        applied={appliedTo("tlsTrust")}
        host={isApp(accessType) ? "the cloud" : hostOf(ewsUrl)}
        seen={seen}
        onChange={(value) => change({ tlsTrust: value })}
        onUndo={() => dispatch({ kind: "undo", field: "tlsTrust" })}
      />
      {accessType !== "graph_app" && (
        <IdentifyByOption value={identifyBy} onChange={(value) => change({ identifyBy: value })} />
      )}
      <ProxyOption
        value={proxy}
        inherited={app.settings.proxy}
        messages={[...report.at("proxy"), ...validation.of("proxy")]}
        draft={state.proxyPassword}
        stored={hasProxyPassword}
        keyStore={app.keyStore}
        inputRef={form.proxyPassword}
        onChange={(value) => change({ proxy: value })}
        onDraft={(draft) => {
          report.clearField();
          dispatch({ kind: "proxy-password", change: draft });
        }}
        onBlur={() => validation.leave("proxy")}
      />
    </>
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

function whyNotAsked(ewsUrl: string, offline: boolean): string | null {
  if (offline) return offlineReason;
  return ewsUrl.trim() === "" ? "Enter the EWS URL to ask the server." : null;
}

/** What there is to choose for this type. */
function offeredOptions({ accessType }: EmailConfigurationForm): string[] {
  const names = ["TLS trust", "Impersonate by", "Proxy"];
  if (accessType === "graph_app") return names.filter((name) => name !== "Impersonate by");
  return isModern(accessType) ? names : ["Authentication", ...names];
}

/** What differs from the defaults, in words. */
function changes(form: EmailConfigurationForm): string[] {
  const found: string[] = [];
  const own = form.authentication !== "automatic" && !isModern(form.accessType);
  if (own) found.push(`Authentication: ${authentications[form.authentication]}`);
  if (form.tlsTrust.kind === "ca") found.push(`TLS trust: ${form.tlsTrust.name}`);
  if (form.tlsTrust.kind === "pin") found.push("TLS trust: pinned certificate");
  if (form.identifyBy !== "smtp" && form.accessType !== "graph_app")
    found.push(`Impersonate by: ${identities[form.identifyBy]}`);
  if (form.proxy.kind !== "inherit") found.push(`Proxy: ${proxyWords(form.proxy)}`);
  return found;
}

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS },
  head: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalM, flexWrap: "wrap" },
  toggle: { minWidth: 0, paddingLeft: tokens.spacingHorizontalXS },
  summary: { color: tokens.colorNeutralForeground3 },
  body: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
  field: { width: "100%", minWidth: 0 },
});
