import { Button, makeStyles, mergeClasses, Text, Title3, Tooltip, tokens, useId } from "@fluentui/react-components";
import { SaveRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { ProblemBar } from "@/components/ProblemBar";
import { StepLadder } from "@/components/StepLadder";
import type { AppState } from "@/ipc/generated/AppState";
import type { CheckScope } from "@/ipc/generated/CheckScope";
import type { EmailConfiguration } from "@/ipc/generated/EmailConfiguration";
import type { OrganizationPage } from "@/ipc/generated/OrganizationPage";
import type { RunRow } from "@/ipc/generated/RunRow";
import { offlineReason } from "@/lib/appState";
import { count, counted } from "@/lib/format";
import { useHotkeys } from "@/lib/keys";
import { useLiveRun } from "@/lib/liveRun";
import { AccessTypePicker } from "./AccessTypePicker";
import { AccessTypeRecord } from "./AccessTypeRecord";
import { AccountLogonField } from "./AccountLogonField";
import { CheckButton } from "./CheckButton";
import { CheckNotice } from "./CheckNotice";
import { ConnectionOptions } from "./ConnectionOptions";
import { EwsUrlField } from "./EwsUrlField";
import { sameForm } from "./formState";
import { PasswordField } from "./PasswordField";
import { ResultStrip } from "./ResultStrip";
import { UnsavedGuard } from "./UnsavedGuard";
import { useConfiguration } from "./useConfiguration";

type ConfigurationFormProps = {
  organization: number;
  app: AppState;
  page: OrganizationPage;
  configuration: EmailConfiguration;
};

const noUsers = "Add users first, or try one address.";

/** The form, its two buttons, the last run and its step ladder. */
export function ConfigurationForm({ organization, app, page, configuration }: ConfigurationFormProps) {
  const styles = useStyles();
  const root = useRef<HTMLDivElement>(null);
  const navigate = useNavigate();
  const form = useConfiguration(organization, configuration, app, root);
  const { state, dispatch, validation } = form;
  const entry = configuration.accessTypes.find((candidate) => candidate.key === state.form.accessType);
  const served = entry?.served ?? false;

  const newest = newestOf(page.running, form.started?.run ?? null, configuration.lastRun);
  const run = useLiveRun(newest);
  const running = run.progress?.state === "running" || (page.running !== null && run.page === undefined);
  const startedWith = form.started !== null && form.started.run === newest ? form.started.form : null;
  const changedSince = startedWith !== null && !sameForm(startedWith, state.form);

  const blocked = blockedReason(served, app.settings.workOffline, form.busy === "starting");
  const usersBlocked = page.row.counts.users === 0 ? noUsers : null;
  const reason = blocked ?? usersBlocked;
  const reasonId = useId("why-no-check");
  const canSave = form.dirty || !configuration.saved || configuration.waitingRun !== null;
  const show = () => newest !== null && void navigate({ to: "/runs/$run", params: { run: newest } });
  const check = (scope: CheckScope) => void form.check(scope);

  useHotkeys({
    "ctrl+s": () => canSave && form.busy === null && void form.save(),
    "ctrl+g": () => served && void form.wand(),
    f5: () => {
      if (running) show();
      else if (blocked === null && usersBlocked === null) check({ kind: "all" });
    },
  });

  return (
    <div ref={root} className={styles.root}>
      <div className={styles.head}>
        <Title3 as="h2" className={styles.title}>
          Email Configuration
        </Title3>
        <CheckButton
          running={running}
          blocked={blocked}
          usersBlocked={usersBlocked}
          reasonId={reason === null ? undefined : reasonId}
          nothingFailed={!canRecheck(run.page?.row)}
          onCheck={check}
          onShow={show}
        />
        <Tooltip relationship="description" content={saveHint(canSave, form.dirty, configuration)}>
          <Button
            appearance="primary"
            icon={<SaveRegular />}
            disabledFocusable={!canSave || form.busy === "saving"}
            aria-keyshortcuts="Control+S"
            onClick={() => canSave && void form.save()}
          >
            Save
          </Button>
        </Tooltip>
      </div>
      {reason !== null && !running && (
        <Text id={reasonId} size={200} className={styles.reason}>
          {reason}
        </Text>
      )}
      {form.failure && <ProblemBar title={form.failure.title} error={form.failure.error} />}
      {validation.problem && <ProblemBar title="The form couldn't be validated." error={validation.problem} />}
      {form.pendingScope && (
        <CheckNotice
          mailboxes={scopeSize(form.pendingScope, page.row.counts.users, run.page?.row)}
          account={state.form.accountLogon}
          onAccept={() => void form.acceptNotice()}
          onCancel={form.cancelNotice}
        />
      )}
      <div className={styles.columns}>
        <div className={styles.form}>
          <AccessTypePicker
            entries={configuration.accessTypes}
            value={state.form.accessType}
            messages={validation.of("accessType")}
            warning={renewalWarning(state.form.accessType !== state.saved.accessType, page.row.counts.active)}
            onChange={(accessType) => dispatch({ kind: "set", change: { accessType } })}
          />
          {entry && !served ? (
            <AccessTypeRecord entry={entry} />
          ) : (
            <ServedFields form={form} app={app} configuration={configuration} seen={run.page?.certificates ?? []} />
          )}
          <ResultStrip
            page={run.page}
            progress={run.progress}
            saved={configuration.saved}
            changedSince={changedSince}
          />
        </div>
        <aside className={mergeClasses(styles.ladder)} aria-label="Steps of the last check">
          <Text weight="semibold" as="h3" className={styles.ladderTitle}>
            {run.page ? `Steps of run ${count(run.page.row.number)}` : "Steps"}
          </Text>
          {run.page ? (
            <StepLadder steps={run.page.steps} compact />
          ) : (
            <Text size={200}>A check fills these top down, and stops where something is broken.</Text>
          )}
        </aside>
      </div>
      <UnsavedGuard dirty={form.dirty} onSave={form.save} onDiscard={form.discard} />
    </div>
  );
}

type ServedFieldsProps = {
  form: ReturnType<typeof useConfiguration>;
  app: AppState;
  configuration: EmailConfiguration;
  seen: Parameters<typeof ConnectionOptions>[0]["seen"];
};

function ServedFields({ form, app, configuration, seen }: ServedFieldsProps) {
  const { state, dispatch, validation } = form;
  const passwordMessages = validation.of("password");
  return (
    <>
      <AccountLogonField
        value={state.form.accountLogon}
        messages={validation.of("accountLogon")}
        onChange={(accountLogon) => dispatch({ kind: "set", change: { accountLogon } })}
        onBlur={() => validation.leave("accountLogon")}
      />
      <PasswordField
        inputRef={form.password}
        draft={state.password}
        stored={configuration.password}
        keyStore={app.keyStore}
        messages={form.passwordProblem ? [form.passwordProblem, ...passwordMessages] : passwordMessages}
        onChange={(change) => {
          form.clearPasswordProblem();
          dispatch({ kind: "password", change });
        }}
        onBlur={() => validation.leave("password")}
      />
      <EwsUrlField
        value={state.form.ewsUrl}
        origin={state.form.urlOrigin}
        undo={state.urlUndo}
        messages={validation.of("ewsUrl")}
        askedDomains={form.askedDomains}
        onType={(url) => dispatch({ kind: "type-url", url })}
        onBlur={() => validation.leave("ewsUrl")}
        onWand={(domain) => void form.wand(domain)}
        onStopAsking={form.stopAsking}
        onUndo={() => dispatch({ kind: "undo-url" })}
        onAcceptFix={({ fix, text }) =>
          fix !== null && dispatch({ kind: "replace-url", url: fix, origin: "typed", text })
        }
      />
      <ConnectionOptions
        form={state.form}
        messages={[...validation.of("authentication"), ...validation.of("tlsTrust")]}
        seen={seen}
        onChange={(change) => dispatch({ kind: "set", change })}
      />
    </>
  );
}

/** Run ids sort by their start. */
function newestOf(...runs: (string | null)[]): string | null {
  return runs.reduce((newest, run) => (newest === null || (run !== null && run > newest) ? run : newest), null);
}

function blockedReason(served: boolean, offline: boolean, starting: boolean): string | null {
  if (!served) return "Understudy doesn't check this type. It is shown for the record.";
  if (offline) return offlineReason;
  return starting ? "The check is being started." : null;
}

function canRecheck(row: RunRow | undefined): boolean {
  return row !== undefined && row.summary.findings + row.summary.undetermined > 0;
}

function scopeSize(scope: CheckScope, users: number, last: RunRow | undefined): number {
  switch (scope.kind) {
    case "all":
      return users;
    case "users":
      return scope.ids.length;
    case "failed_only":
      return last === undefined ? 0 : last.summary.findings + last.summary.undetermined;
    case "address":
      return 1;
  }
}

function renewalWarning(changed: boolean, active: number): string | null {
  return changed && active > 0 ? `${counted(active, "active mailbox", "active mailboxes")} will need renewal.` : null;
}

function saveHint(canSave: boolean, dirty: boolean, configuration: EmailConfiguration): string {
  if (!canSave) return "Nothing has changed.";
  if (!dirty && configuration.waitingRun !== null) return "Applies the results of the last check.";
  return "Active = proven reachable with the saved settings.";
}

const useStyles = makeStyles({
  root: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    containerType: "inline-size",
    minWidth: 0,
  },
  head: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalS },
  title: { margin: 0, flexGrow: 1, fontSize: tokens.fontSizeBase500, lineHeight: tokens.lineHeightBase500 },
  reason: { textAlign: "end", color: tokens.colorNeutralForeground2 },
  columns: {
    display: "grid",
    gridTemplateColumns: "minmax(0, 1fr)",
    gap: tokens.spacingHorizontalXXL,
    "@container (min-width: 1040px)": { gridTemplateColumns: "minmax(0, 1fr) 320px" },
  },
  form: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    minWidth: 0,
    containerType: "inline-size",
  },
  ladder: { minWidth: 0 },
  ladderTitle: { display: "block", margin: 0 },
});
