import { makeStyles, Text, tokens } from "@fluentui/react-components";
import { BlockableButton } from "@/components/BlockableButton";
import { CopyButton } from "@/components/CopyButton";
import type { SignInFailure } from "@/ipc/generated/SignInFailure";
import { offlineReason } from "@/lib/appState";

type SignInFailedProps = { failure: SignInFailure; offline: boolean; busy: boolean; onRetry: () => void };

const approval = "Need admin approval";

/** Why the last attempt failed: one sentence, the next step, the raw code. */
export function SignInFailed({ failure, offline, busy, onRetry }: SignInFailedProps) {
  const styles = useStyles();
  const { kind, sentence, nextStep, code, consentLink } = failure;
  return (
    <div className={styles.root}>
      <div className={styles.words} role="status">
        {kind === "consent" && !sentence.startsWith(approval) && <Text weight="semibold">{approval}</Text>}
        <Text>{sentence}</Text>
        {nextStep !== "" && <Text>{nextStep}</Text>}
      </div>
      {consentLink !== null && (
        <div className={styles.line}>
          <Text size={200} className={styles.raw}>
            {consentLink}
          </Text>
          <CopyButton text={consentLink} label="Copy approval link" />
        </div>
      )}
      {code !== null && (
        <Text size={200}>
          Code: <code className={styles.raw}>{code}</code>
        </Text>
      )}
      <div className={styles.line}>
        <BlockableButton
          size="small"
          blocked={offline ? offlineReason : undefined}
          disabledFocusable={busy}
          onClick={onRetry}
        >
          Try again
        </BlockableButton>
      </div>
    </div>
  );
}

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS, minWidth: 0 },
  words: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXXS },
  line: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalS },
  raw: { fontFamily: tokens.fontFamilyMonospace, overflowWrap: "anywhere", minWidth: 0, userSelect: "text" },
});
