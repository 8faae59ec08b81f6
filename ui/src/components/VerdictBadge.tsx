import { makeStyles, tokens } from "@fluentui/react-components";
import {
  CheckmarkCircleFilled,
  CircleRegular,
  DismissCircleFilled,
  QuestionCircleFilled,
  WarningFilled,
} from "@fluentui/react-icons";
import type { ReactNode } from "react";
import type { Expectation } from "@/ipc/generated/Expectation";
import type { Verdict } from "@/ipc/generated/Verdict";
import { verdicts } from "@/lib/labels";

/** How grave a state is; the icon and the color follow. */
export type Tone = "good" | "warning" | "bad" | "unknown" | "neutral";

const useStyles = makeStyles({
  root: {
    display: "inline-flex",
    alignItems: "center",
    verticalAlign: "top",
    gap: tokens.spacingHorizontalXS,
    minWidth: 0,
  },
  icon: { display: "inline-flex", flexShrink: 0, fontSize: tokens.fontSizeBase400 },
  words: { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" },
  good: { color: tokens.colorStatusSuccessForeground1 },
  warning: { color: tokens.colorStatusWarningForeground3 },
  bad: { color: tokens.colorStatusDangerForeground1 },
  unknown: { color: tokens.colorStatusWarningForeground3 },
  neutral: { color: tokens.colorNeutralForeground3 },
});

const icons: Record<Tone, ReactNode> = {
  good: <CheckmarkCircleFilled />,
  warning: <WarningFilled />,
  bad: <DismissCircleFilled />,
  unknown: <QuestionCircleFilled />,
  neutral: <CircleRegular />,
};

/** Icon and word: color is never alone. */
export function StateBadge({ tone, children, icon }: { tone: Tone; children: ReactNode; icon?: ReactNode }) {
  const styles = useStyles();
  return (
    <span className={styles.root}>
      <span className={`${styles.icon} ${styles[tone]}`} aria-hidden>
        {icon ?? icons[tone]}
      </span>
      <span className={styles.words}>{children}</span>
    </span>
  );
}

type Props = {
  /** Missing: not reached yet. */
  verdict: Verdict | null;
  /** A canary turns the meaning round: refused is good, opened is the gravest finding. Default `must_open`. */
  expectation?: Expectation;
};

/** The verdict of one mailbox. `Undetermined` and `Not checked` never look like a failure. */
export function VerdictBadge({ verdict, expectation = "must_open" }: Props) {
  if (verdict === null) {
    return <StateBadge tone="neutral">–</StateBadge>;
  }
  return <StateBadge tone={verdictTone(verdict, expectation)}>{verdictWords(verdict, expectation)}</StateBadge>;
}

function verdictTone(verdict: Verdict, expectation: Expectation): Tone {
  switch (verdict) {
    case "granted":
      return expectation === "must_open" ? "good" : "bad";
    case "refused":
      return expectation === "must_open" ? "bad" : "good";
    case "no_mailbox":
    case "unusable":
      return expectation === "must_open" ? "bad" : "unknown";
    case "undetermined":
      return "unknown";
    case "not_checked":
      return "neutral";
  }
}

function verdictWords(verdict: Verdict, expectation: Expectation): string {
  if (expectation === "must_refuse" && verdict === "granted") {
    return "Opened, but must be refused";
  }
  if (expectation === "must_refuse" && verdict === "refused") {
    return "Refused, as it must be";
  }
  return verdicts[verdict];
}
