import { makeStyles, mergeClasses, Spinner, Text, tokens } from "@fluentui/react-components";
import {
  CheckmarkCircle20Filled,
  DismissCircle20Filled,
  SubtractCircle20Regular,
  Warning20Filled,
} from "@fluentui/react-icons";
import type { ReactNode } from "react";
import type { Step } from "@/ipc/generated/Step";
import type { StepStatus } from "@/ipc/generated/StepStatus";
import { stepLabel, stepNumber, stepWords } from "@/lib/steps";

type StepLadderProps = {
  steps: readonly Step[];
  /** Leaves out what was skipped before a break, for narrow places. */
  compact?: boolean;
  /** What more is known, by the id of the rung. */
  details?: Readonly<Record<string, ReactNode>>;
};

/** The rungs of a check, top down: icon and word, time, one sentence. */
export function StepLadder({ steps, compact = false, details = {} }: StepLadderProps) {
  const styles = useStyles();
  return (
    <ol className={styles.ladder} aria-label="Steps">
      {steps.map((step) => (
        <li key={step.id} className={mergeClasses(styles.rung, step.status === "skipped" && styles.quiet)}>
          <StatusIcon status={step.status} />
          <div className={styles.text}>
            <div className={styles.line}>
              <Text weight="semibold" size={compact ? 200 : 300}>
                {rungTitle(step.id)}
              </Text>
              <span className={styles.side}>
                <Text size={200} className={styles.word}>
                  {stepWords[step.status]}
                </Text>
                <Text size={200} className={styles.time}>
                  {step.elapsedMs === null ? "" : elapsed(step.elapsedMs)}
                </Text>
              </span>
            </div>
            {step.message !== "" && (
              <Text size={200} className={styles.message}>
                {step.message}
              </Text>
            )}
            {details[step.id] && <div className={styles.details}>{details[step.id]}</div>}
          </div>
        </li>
      ))}
    </ol>
  );
}

function StatusIcon({ status }: { status: StepStatus }) {
  const styles = useStyles();
  switch (status) {
    case "pass":
      return <CheckmarkCircle20Filled className={mergeClasses(styles.icon, styles.good)} aria-hidden />;
    case "warning":
      return <Warning20Filled className={mergeClasses(styles.icon, styles.warning)} aria-hidden />;
    case "fail":
      return <DismissCircle20Filled className={mergeClasses(styles.icon, styles.bad)} aria-hidden />;
    case "running":
      return <Spinner size="extra-tiny" className={styles.icon} aria-hidden />;
    case "skipped":
      return <SubtractCircle20Regular className={styles.icon} aria-hidden />;
  }
}

function rungTitle(id: string): string {
  const number = stepNumber(id);
  return number === undefined ? stepLabel(id) : `${number}. ${stepLabel(id)}`;
}

function elapsed(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

const useStyles = makeStyles({
  ladder: { listStyleType: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column" },
  rung: {
    display: "flex",
    gap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalSNudge} 0`,
    "&:not(:last-child)": { borderBottom: `1px solid ${tokens.colorNeutralStroke3}` },
  },
  quiet: { color: tokens.colorNeutralForeground3 },
  icon: { flexShrink: 0, width: "20px", height: "20px" },
  good: { color: tokens.colorStatusSuccessForeground1 },
  warning: { color: tokens.colorStatusWarningForeground1 },
  bad: { color: tokens.colorStatusDangerForeground1 },
  text: { flexGrow: 1, minWidth: 0, display: "flex", flexDirection: "column" },
  line: { display: "flex", justifyContent: "space-between", gap: tokens.spacingHorizontalS },
  side: { display: "flex", gap: tokens.spacingHorizontalS, flexShrink: 0 },
  word: { minWidth: "52px" },
  time: {
    color: tokens.colorNeutralForeground3,
    fontVariantNumeric: "tabular-nums",
    minWidth: "48px",
    textAlign: "right",
  },
  message: { overflowWrap: "anywhere" },
  details: { paddingTop: tokens.spacingVerticalXS },
});
