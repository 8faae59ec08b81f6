import { makeStyles, mergeClasses, Spinner, Text, tokens } from "@fluentui/react-components";
import {
  CheckmarkCircle20Filled,
  DismissCircle20Filled,
  SubtractCircle20Regular,
  Warning20Filled,
} from "@fluentui/react-icons";
import { Fragment, type ReactNode } from "react";
import type { Step } from "@/ipc/generated/Step";
import type { StepStatus } from "@/ipc/generated/StepStatus";
import { elapsed, rungNumber, rungTitle, stepWords, stoppedAt } from "@/lib/steps";
import { BlameBadge } from "./BlameBadge";
import { EvidenceLines } from "./EvidenceLines";

type StepLadderProps = {
  steps: readonly Step[];
  /** For narrow places: smaller, and what was not reached is one line. */
  compact?: boolean;
  /** What more is known, by the id of the rung. */
  details?: Readonly<Record<string, ReactNode>>;
};

/**
 * Rungs, top down: number and title, icon and word, time, one sentence; where something is wrong, the next step and
 * whose job it is. It ends visibly at the rung that broke.
 */
export function StepLadder({ steps, compact = false, details = {} }: StepLadderProps) {
  const styles = useStyles();
  const end = stoppedAt(steps);
  const unreached = end === undefined ? 0 : steps.length - end - 1;
  const shown = compact && end !== undefined ? steps.slice(0, end + 1) : steps;
  return (
    <ol className={styles.ladder} aria-label="Steps">
      {shown.map((step, index) => (
        <Fragment key={step.id}>
          <Rung
            step={step}
            number={rungNumber(steps, index)}
            compact={compact}
            broken={index === end}
            details={details[step.id]}
          />
          {index === end && unreached > 0 && (
            <li className={styles.end}>
              <Text size={200} weight="semibold">
                {endText(unreached, compact)}
              </Text>
            </li>
          )}
        </Fragment>
      ))}
    </ol>
  );
}

type RungProps = { step: Step; number: number; compact: boolean; broken: boolean; details: ReactNode };

function Rung({ step, number, compact, broken, details }: RungProps) {
  const styles = useStyles();
  const title = rungTitle(step);
  return (
    <li
      className={mergeClasses(styles.rung, step.status === "skipped" && styles.quiet, broken && styles.broken)}
      aria-current={step.status === "running" ? "step" : undefined}
    >
      <StatusIcon status={step.status} />
      <div className={styles.text}>
        <div className={styles.line}>
          <Text weight="semibold" size={compact ? 200 : 300}>
            {`${number}. ${title}`}
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
        {(step.next !== null || step.blame !== null) && (
          <div className={styles.next}>
            {step.next !== null && (
              <Text size={200} className={styles.message}>
                <b>Next: </b>
                {step.next}
              </Text>
            )}
            {step.blame !== null && <BlameBadge blame={step.blame} />}
          </div>
        )}
        {details && <div className={styles.details}>{details}</div>}
        <EvidenceLines lines={step.evidence} of={title} />
      </div>
    </li>
  );
}

function endText(unreached: number, compact: boolean): string {
  const steps = unreached === 1 ? "step" : "steps";
  return compact
    ? `It stopped here. ${unreached} more ${steps} not reached.`
    : `It stopped here. The ${steps} below ${unreached === 1 ? "was" : "were"} not reached.`;
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

const useStyles = makeStyles({
  ladder: { listStyleType: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column" },
  rung: {
    display: "flex",
    gap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalSNudge} ${tokens.spacingHorizontalS}`,
    borderLeft: "4px solid transparent",
    "&:not(:last-child)": { borderBottom: `1px solid ${tokens.colorNeutralStroke3}` },
  },
  quiet: { color: tokens.colorNeutralForeground3 },
  broken: {
    borderLeftColor: tokens.colorStatusDangerBorderActive,
    backgroundColor: tokens.colorNeutralBackground3,
    borderRadius: tokens.borderRadiusMedium,
  },
  end: {
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS}`,
    borderLeft: `4px solid ${tokens.colorStatusDangerBorderActive}`,
    borderBottom: `2px solid ${tokens.colorStatusDangerBorderActive}`,
    marginBottom: tokens.spacingVerticalXS,
    color: tokens.colorNeutralForeground1,
  },
  icon: { flexShrink: 0, width: "20px", height: "20px" },
  good: { color: tokens.colorStatusSuccessForeground1 },
  warning: { color: tokens.colorStatusWarningForeground1 },
  bad: { color: tokens.colorStatusDangerForeground1 },
  text: { flexGrow: 1, minWidth: 0, display: "flex", flexDirection: "column", rowGap: tokens.spacingVerticalXXS },
  line: { display: "flex", justifyContent: "space-between", gap: tokens.spacingHorizontalS },
  side: { display: "flex", gap: tokens.spacingHorizontalS, flexShrink: 0 },
  word: { minWidth: "56px" },
  time: {
    color: tokens.colorNeutralForeground3,
    fontVariantNumeric: "tabular-nums",
    minWidth: "52px",
    textAlign: "right",
  },
  message: { overflowWrap: "anywhere" },
  next: {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    columnGap: tokens.spacingHorizontalM,
    rowGap: tokens.spacingVerticalXXS,
  },
  details: { paddingTop: tokens.spacingVerticalXS },
});
