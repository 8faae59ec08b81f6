import { Button, makeStyles, Text, tokens } from "@fluentui/react-components";
import {
  CheckmarkCircle20Filled,
  Circle20Regular,
  Clock20Regular,
  ErrorCircle20Filled,
  Warning16Filled,
  Warning20Filled,
} from "@fluentui/react-icons";
import type { ReactElement } from "react";
import { BlockableButton } from "@/components/BlockableButton";
import type { SignIn } from "@/ipc/generated/SignIn";
import type { SyncCounts } from "@/ipc/generated/SyncCounts";
import { offlineReason } from "@/lib/appState";
import { age, counted, dateTime } from "@/lib/format";
import { SignInFacts } from "./SignInFacts";
import { SignInFailed } from "./SignInFailed";
import type { SignInControl } from "./useSignIn";
import { WaitingForSignIn } from "./WaitingForSignIn";

type SignInStatusProps = {
  signIn: SignIn;
  control: SignInControl;
  app: boolean;
  offline: boolean;
  counts: SyncCounts;
  /** Signs in again. */
  onBegin: () => void;
};

/** `Impersonation status: …`, what is behind it, and what can be done now. */
export function SignInStatus(props: SignInStatusProps) {
  const { signIn, control, offline } = props;
  const styles = useStyles();
  const { state, failure, waiting } = signIn;
  return (
    <div className={styles.block}>
      <div className={styles.status} role="status" data-status tabIndex={-1}>
        <StateIcon signIn={signIn} />
        <Text weight="semibold">{statusText(signIn)}</Text>
        {offline && signIn.signedInAt !== null && (
          <Text size={200}>{`As of ${dateTime(signIn.signedInAt)}, ${age(signIn.signedInAt)}.`}</Text>
        )}
      </div>
      {waiting && signIn.warnings.map((warning) => <Warned key={warning} text={warning} />)}
      {waiting && <WaitingForSignIn waiting={waiting} control={control} offline={offline} />}
      {failure && !waiting && (
        <SignInFailed failure={failure} offline={offline} busy={control.busy} onRetry={props.onBegin} />
      )}
      {state === "other_account" && <OtherAccount {...props} />}
      {state === "expired" && <Expired {...props} />}
      {state === "authorized" && <Authorized {...props} />}
      {state === "not_signed_in" && signIn.otherValues && <OtherValues {...props} />}
    </div>
  );
}

/** What the engine calls it; while somebody is waited for, what to do. */
function statusText({ status, waiting }: SignIn): string {
  if (waiting === null) return status;
  return waiting.userCode === null ? "Finish signing in in your browser" : "Enter the code to sign in";
}

function Authorized({ signIn, control, app, offline }: SignInStatusProps) {
  const styles = useStyles();
  const once = signIn.renewable ? undefined : "This token can't be renewed. With Keep signed in, the next one can.";
  return (
    <>
      <SignInFacts signIn={signIn} app={app} />
      {signIn.warnings.map((warning) => (
        <Warned key={warning} text={warning} />
      ))}
      <Text size={200}>Impersonation isn't proven until a check passes.</Text>
      <div className={styles.actions}>
        <BlockableButton
          size="small"
          blocked={offline ? offlineReason : once}
          disabledFocusable={control.busy}
          onClick={() => void control.renew()}
        >
          Refresh
        </BlockableButton>
        <Disconnect control={control} />
      </div>
    </>
  );
}

/** Somebody signed in before the form was changed. */
function OtherValues({ signIn, control, app }: SignInStatusProps) {
  const styles = useStyles();
  return (
    <>
      <Warned text="This sign-in was made for other values than the form has now. Sign in again." />
      <SignInFacts signIn={signIn} app={app} />
      <div className={styles.actions}>
        <Disconnect control={control} />
      </div>
    </>
  );
}

function OtherAccount({ signIn, control, app, offline, onBegin }: SignInStatusProps) {
  const styles = useStyles();
  const who = signIn.account ?? "another account";
  return (
    <>
      <Text size={200}>Nothing uses this sign-in until you allow it.</Text>
      <SignInFacts signIn={signIn} app={app} />
      <div className={styles.actions}>
        <SignInAgain offline={offline} busy={control.busy} primary onBegin={onBegin} />
        <Button size="small" disabledFocusable={control.busy} onClick={() => void control.use()}>
          {`Use ${who}`}
        </Button>
        <Disconnect control={control} />
      </div>
    </>
  );
}

function Expired({ signIn, control, app, offline, counts, onBegin }: SignInStatusProps) {
  const styles = useStyles();
  const stale = counts.needsRenewal > 0 ? counts.needsRenewal : counts.active;
  return (
    <>
      {stale > 0 && (
        <Warned
          text={`${counted(stale, "active mailbox needs", "active mailboxes need")} renewal: sign in again, check, and save.`}
        />
      )}
      {signIn.warnings.map((warning) => (
        <Warned key={warning} text={warning} />
      ))}
      <SignInFacts signIn={signIn} app={app} />
      <div className={styles.actions}>
        <SignInAgain offline={offline} busy={control.busy} onBegin={onBegin} />
        {signIn.renewable && (
          <BlockableButton
            size="small"
            blocked={offline ? offlineReason : undefined}
            disabledFocusable={control.busy}
            onClick={() => void control.renew()}
          >
            Refresh
          </BlockableButton>
        )}
        <Disconnect control={control} />
      </div>
    </>
  );
}

type SignInAgainProps = { offline: boolean; busy: boolean; primary?: boolean; onBegin: () => void };

function SignInAgain({ offline, busy, primary = false, onBegin }: SignInAgainProps) {
  return (
    <BlockableButton
      size="small"
      appearance={primary ? "primary" : "secondary"}
      blocked={offline ? offlineReason : undefined}
      disabledFocusable={busy}
      onClick={onBegin}
    >
      Sign in again
    </BlockableButton>
  );
}

function Disconnect({ control }: { control: SignInControl }) {
  return (
    <Button size="small" appearance="subtle" disabledFocusable={control.busy} onClick={() => void control.disconnect()}>
      Disconnect
    </Button>
  );
}

function Warned({ text }: { text: string }) {
  const styles = useStyles();
  return (
    <div className={styles.warned}>
      <Warning16Filled className={styles.warning} aria-label="Warning" />
      <Text size={200}>{text}</Text>
    </div>
  );
}

function StateIcon({ signIn: { state, failure } }: { signIn: SignIn }): ReactElement {
  const styles = useStyles();
  switch (state) {
    case "authorized":
      return <CheckmarkCircle20Filled className={styles.good} aria-hidden />;
    case "waiting":
      return <Clock20Regular aria-hidden />;
    case "other_account":
    case "expired":
      return <Warning20Filled className={styles.warning} aria-hidden />;
    case "failed":
      if (failure?.kind === "cancelled") return <Circle20Regular aria-hidden />;
      return <ErrorCircle20Filled className={styles.bad} aria-hidden />;
    case "not_signed_in":
      return <Circle20Regular aria-hidden />;
  }
}

const useStyles = makeStyles({
  block: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalS,
    padding: tokens.spacingHorizontalM,
    backgroundColor: tokens.colorNeutralBackground2,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    minWidth: 0,
  },
  status: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalS },
  actions: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalS },
  warned: { display: "flex", gap: tokens.spacingHorizontalXS, alignItems: "flex-start" },
  good: { color: tokens.colorStatusSuccessForeground3, flexShrink: 0 },
  bad: { color: tokens.colorStatusDangerForeground3, flexShrink: 0 },
  warning: { color: tokens.colorStatusWarningForeground3, flexShrink: 0, marginTop: "2px" },
});
