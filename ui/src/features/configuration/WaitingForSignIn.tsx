import { Button, makeStyles, Text, tokens, useId } from "@fluentui/react-components";
import { Warning16Filled } from "@fluentui/react-icons";
import { BlockableButton } from "@/components/BlockableButton";
import { CopyButton } from "@/components/CopyButton";
import type { SignInWaiting } from "@/ipc/generated/SignInWaiting";
import { offlineReason } from "@/lib/appState";
import { countdown } from "./modern";
import type { SignInControl } from "./useSignIn";

type WaitingForSignInProps = { waiting: SignInWaiting; control: SignInControl; offline: boolean };

/** The browser, or a code on another device, is waited for. */
export function WaitingForSignIn({ waiting, control, offline }: WaitingForSignInProps) {
  const styles = useStyles();
  const { userCode, secondsLeft, redirectUri, discarded } = waiting;
  const coded = userCode !== null;
  return (
    <>
      {coded && <UserCode code={userCode} page={waiting.link} />}
      <Text>
        <span role="timer" className={styles.time}>
          {countdown(secondsLeft)}
        </span>
        {redirectUri === null ? " left." : ` left. The answer is awaited at ${redirectUri}.`}
      </Text>
      {discarded > 0 && (
        <div className={styles.warned} role="status">
          <Warning16Filled className={styles.warning} aria-label="Warning" />
          <Text size={200}>{`${discardedText(discarded)} Still waiting for yours.`}</Text>
        </div>
      )}
      <div className={styles.actions}>
        <BlockableButton
          size="small"
          blocked={offline ? offlineReason : undefined}
          disabledFocusable={control.busy}
          onClick={() => void control.open()}
        >
          Open again
        </BlockableButton>
        <CopyButton text={waiting.link} label="Copy link" />
        <BlockableButton
          size="small"
          blocked={offline ? offlineReason : undefined}
          disabledFocusable={control.busy}
          onClick={() => void control.start(!coded)}
        >
          {coded ? "Use the browser instead" : "Use a code instead"}
        </BlockableButton>
        <Button size="small" disabledFocusable={control.busy} onClick={() => void control.cancel()}>
          Cancel
        </Button>
      </div>
    </>
  );
}

function UserCode({ code, page }: { code: string; page: string }) {
  const styles = useStyles();
  const id = useId("user-code");
  return (
    <div className={styles.code}>
      <Text id={id}>{`On any device, open ${page} and enter this code:`}</Text>
      <div className={styles.actions}>
        <output aria-labelledby={id} className={styles.large}>
          {code}
        </output>
        <CopyButton text={code} label="Copy code" />
      </div>
    </div>
  );
}

function discardedText(count: number): string {
  return count === 1
    ? "The answer didn't belong to this sign-in and was discarded."
    : `${count} answers didn't belong to this sign-in and were discarded.`;
}

const useStyles = makeStyles({
  time: { fontVariantNumeric: "tabular-nums", fontWeight: tokens.fontWeightSemibold },
  actions: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalS },
  warned: { display: "flex", gap: tokens.spacingHorizontalXS, alignItems: "flex-start" },
  warning: { color: tokens.colorStatusWarningForeground3, flexShrink: 0, marginTop: "2px" },
  code: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS },
  large: {
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeHero700,
    lineHeight: tokens.lineHeightHero700,
    letterSpacing: "0.12em",
    userSelect: "all",
  },
});
