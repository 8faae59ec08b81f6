import { Button, makeStyles, Text, Title3, Tooltip, tokens, useId } from "@fluentui/react-components";
import { SaveRegular } from "@fluentui/react-icons";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { CertificateChain } from "@/components/CertificateChain";
import { ProblemBar } from "@/components/ProblemBar";
import { SendAgainDialog } from "@/components/SendAgainDialog";
import { UnsavedGuard } from "@/components/UnsavedGuard";
import type { AppState } from "@/ipc/generated/AppState";
import type { CheckScope } from "@/ipc/generated/CheckScope";
import type { EmailConfiguration } from "@/ipc/generated/EmailConfiguration";
import type { EmailConfigurationForm } from "@/ipc/generated/EmailConfigurationForm";
import type { OrganizationPage } from "@/ipc/generated/OrganizationPage";
import type { RunPage } from "@/ipc/generated/RunPage";
import { hostOf, isCertificateCause } from "@/lib/certificates";
import type {} from "@/lib/handOver";
import { useHotkeys } from "@/lib/keys";
import { useCatchUp, useLiveRun } from "@/lib/liveRun";
import { AccessTypePicker } from "./AccessTypePicker";
import { AccessTypeRecord } from "./AccessTypeRecord";
import { CheckButton } from "./CheckButton";
import { CheckNotice } from "./CheckNotice";
import { sameForm } from "./formState";
import { LadderPane } from "./LadderPane";
import { ModernNotices } from "./ModernNotices";
import { isApp, isModern } from "./modern";
import { ResultStrip } from "./ResultStrip";
import { ServedFields } from "./ServedFields";
import { SignInPanel } from "./SignInPanel";
import { blockedReason, failedCount, newestOf, renewalWarning, saveHint, scopeSize } from "./standing";
import { type Configuration, useConfiguration } from "./useConfiguration";

type ConfigurationFormProps = {
  organization: number;
  app: AppState;
  page: OrganizationPage;
  configuration: EmailConfiguration;
};

/** The form, its two buttons, the last run and its step ladder. */
export function ConfigurationForm({ organization, app, page, configuration }: ConfigurationFormProps) {
  const styles = useStyles();
  const root = useRef<HTMLDivElement>(null);
  const form = useConfiguration(organization, configuration, app, root);
  const { state, dispatch, validation, report, checking } = form;
  const entry = configuration.accessTypes.find((candidate) => candidate.key === state.form.accessType);
  const served = entry?.served ?? false;
  const newest = newestOf(page.running, checking.started?.run ?? null, configuration.lastRun);
  const run = useLiveRun(newest);
  useCatchUp(page.running, run);
  const running = run.progress?.state === "running" || (page.running !== null && run.page === undefined);
  const { counts } = page.row;
  useHandedTrust(form);
  const result = useShownWhenStopped(run.page, checking.started?.run ?? null);
  return (
    <div ref={root} className={styles.root}>
      <Head
        organization={organization}
        form={form}
        configuration={configuration}
        served={served}
        running={running}
        run={newest}
        blocked={blockedReason({
          entry,
          signIn: form.signIn.now,
          offline: app.settings.workOffline,
          starting: checking.starting,
        })}
        usersBlocked={counts.users === 0 ? "Add users first, or try one address." : null}
        nothingFailed={failedCount(run.page?.row) === 0}
        users={counts.users}
      />
      {report.failure && <ProblemBar title={report.failure.title} error={report.failure.error} />}
      {validation.problem && <ProblemBar title="The form couldn't be validated." error={validation.problem} />}
      {checking.pending && (
        <CheckNotice
          mailboxes={scopeSize(checking.pending.scope, counts.users, run.page?.row)}
          account={accountOf(state.form)}
          onAccept={() => void checking.accept()}
          onCancel={checking.decline}
        />
      )}
      <div className={styles.columns}>
        <div className={styles.form}>
          <AccessTypePicker
            entries={configuration.accessTypes}
            value={state.form.accessType}
            messages={validation.of("accessType")}
            warning={renewalWarning(state.form.accessType !== state.saved.accessType, counts.active)}
            onChange={(accessType) => dispatch({ kind: "set", change: { accessType } })}
          />
          {isModern(state.form.accessType) && (
            <>
              <ModernNotices
                form={state.form}
                entry={entry}
                platform={page.row.platform}
                onSwitch={(accessType) => dispatch({ kind: "set", change: { accessType } })}
              />
              <SignInPanel
                key={state.form.accessType}
                type={state.form.accessType}
                control={form.signIn}
                offline={app.settings.workOffline}
                counts={counts}
              />
            </>
          )}
          {entry && !served && !isModern(entry.key) ? (
            <AccessTypeRecord entry={entry} />
          ) : (
            <ServedFields
              organization={organization}
              form={form}
              app={app}
              configuration={configuration}
              lastRun={run.page}
            />
          )}
          <div ref={result} className={styles.result}>
            <ResultStrip
              page={run.page}
              progress={run.progress}
              saved={configuration.saved}
              changedSince={changedSince(form, newest)}
            />
            <LastChain form={form} page={run.page} />
          </div>
        </div>
        <LadderPane page={run.page} />
      </div>
      <SendAgainDialog
        refused={checking.refused}
        onSend={() => void checking.sendAgain()}
        onCancel={checking.keepBack}
      />
      <UnsavedGuard dirty={form.dirty} what="Email Configuration" onSave={form.saving.save} onDiscard={form.discard}>
        If you discard them, a password that was typed is forgotten too.
      </UnsavedGuard>
    </div>
  );
}

type HeadProps = {
  organization: number;
  form: Configuration;
  configuration: EmailConfiguration;
  served: boolean;
  running: boolean;
  run: string | null;
  blocked: string | null;
  usersBlocked: string | null;
  nothingFailed: boolean;
  users: number;
};

/** Title, check and save; their keys; why nothing can be checked. */
function Head(props: HeadProps) {
  const { form, configuration, served, running, run, blocked, usersBlocked } = props;
  const styles = useStyles();
  const navigate = useNavigate();
  const reasonId = useId("why-no-check");
  const reason = running ? null : (blocked ?? usersBlocked);
  const canSave = form.dirty || !configuration.saved || configuration.waitingRun !== null;
  const save = () => canSave && !form.saving.saving && void form.saving.save();
  const show = () => run !== null && void navigate({ to: "/runs/$run", params: { run } });
  const check = (scope: CheckScope) => {
    // What the check finds is newer.
    form.probe.close();
    void form.checking.check(scope);
  };
  useHotkeys({
    "ctrl+s": save,
    "ctrl+g": () => served && !isApp(form.state.form.accessType) && void form.wand.wave(),
    f5: () => {
      if (running) show();
      else if (reason === null) check({ kind: "all" });
    },
  });
  return (
    <div className={styles.head}>
      <Title3 as="h2" className={styles.title}>
        Email Configuration
      </Title3>
      <CheckButton
        users={props.users}
        running={running}
        blocked={blocked}
        usersBlocked={usersBlocked}
        reasonId={reason === null ? undefined : reasonId}
        nothingFailed={props.nothingFailed}
        onCheck={check}
        onShow={show}
        onSelect={() => void navigate({ to: "/organizations/$id/users", params: { id: props.organization } })}
        onServiceAccount={() =>
          void navigate({ to: "/organizations/$id/service-account", params: { id: props.organization } })
        }
      />
      <Tooltip relationship="description" content={saveHint(canSave, form.dirty, configuration)}>
        <Button
          appearance="primary"
          icon={<SaveRegular />}
          disabledFocusable={!canSave || form.saving.saving}
          aria-keyshortcuts="Control+S"
          onClick={save}
        >
          Save
        </Button>
      </Tooltip>
      {reason !== null && (
        <Text id={reasonId} size={200} className={styles.reason}>
          {reason}
        </Text>
      )}
    </div>
  );
}

/** The chain of the last run, where TLS stopped it and the form still names that server. */
function LastChain({ form: { state, dispatch }, page }: { form: Configuration; page: RunPage | undefined }) {
  const cause = page?.row.cause ?? null;
  if (!page || !isCertificateCause(cause) || page.row.ewsUrl !== state.form.ewsUrl) return null;
  return (
    <CertificateChain
      cause={cause}
      chain={page.certificates}
      host={hostOf(page.row.ewsUrl)}
      trust={state.form.tlsTrust}
      onTrust={(value, text) => dispatch({ kind: "apply", change: { field: "tlsTrust", value }, text })}
    />
  );
}

/** Brings the result into view when a check that was started here was stopped: its reason is below a long form. */
function useShownWhenStopped(page: RunPage | undefined, started: string | null) {
  const result = useRef<HTMLDivElement>(null);
  const stopped = page !== undefined && page.row.id === started && page.row.state === "stopped";
  useEffect(() => {
    if (stopped) result.current?.scrollIntoView({ block: "nearest" });
  }, [stopped]);
  return result;
}

/** Takes in a trust that was chosen on another screen; once, whatever becomes of it. */
function useHandedTrust({ dispatch }: Configuration) {
  const navigate = useNavigate();
  const handed = useLocation({ select: ({ state }) => state.handedTrust });
  useEffect(() => {
    if (!handed) return;
    dispatch({ kind: "apply", change: { field: "tlsTrust", value: handed.trust }, text: handed.text });
    void navigate({ to: ".", replace: true, search: true, state: { handedTrust: undefined } });
  }, [handed, dispatch, navigate]);
}

/** Who opens the mailboxes. */
function accountOf({ accessType, accountLogon, modern }: EmailConfigurationForm): string {
  if (isApp(accessType)) return `the app ${modern.clientId}`;
  return accountLogon || "the account you are signed in with";
}

/** Whether the form was edited after the run that is shown had started from here. */
function changedSince({ checking, state }: Configuration, shown: string | null): boolean {
  const { started } = checking;
  return started !== null && started.run === shown && !sameForm(started.form, state.form);
}

const useStyles = makeStyles({
  root: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    containerType: "inline-size",
    minWidth: 0,
  },
  // Check and Save stay in view while a long form scrolls under them.
  head: {
    position: "sticky",
    top: `calc(-1 * ${tokens.spacingVerticalM})`,
    zIndex: 2,
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    gap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalM} 0 ${tokens.spacingVerticalXS}`,
    marginTop: `calc(-1 * ${tokens.spacingVerticalM})`,
    backgroundColor: tokens.colorNeutralBackground1,
  },
  title: { margin: 0, flexGrow: 1, fontSize: tokens.fontSizeBase500, lineHeight: tokens.lineHeightBase500 },
  // Below the buttons it speaks of, wherever the page is scrolled to.
  reason: { flexBasis: "100%", textAlign: "end", color: tokens.colorNeutralForeground2 },
  columns: {
    display: "grid",
    gridTemplateColumns: "minmax(0, 1fr)",
    gap: tokens.spacingHorizontalXXL,
    "@container (min-width: 1040px)": { gridTemplateColumns: "minmax(0, 1fr) 320px" },
  },
  result: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    scrollMarginTop: "64px",
    scrollMarginBottom: tokens.spacingVerticalM,
  },
  form: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    minWidth: 0,
    containerType: "inline-size",
  },
});
