import { Badge, Button, makeStyles, mergeClasses, Text, tokens } from "@fluentui/react-components";
import {
  ArrowRepeatAllRegular,
  CheckmarkCircle20Filled,
  ClipboardTaskListLtrRegular,
  DismissCircle20Filled,
  PeopleListRegular,
  QuestionCircle20Filled,
  SubtractCircle20Regular,
  Warning16Filled,
} from "@fluentui/react-icons";
import { memo, useId, useState } from "react";
import { BlameBadge } from "@/components/BlameBadge";
import { BlockableButton } from "@/components/BlockableButton";
import { CommandBlocks } from "@/components/CommandBlocks";
import { CopyButton } from "@/components/CopyButton";
import { Disclosure } from "@/components/Disclosure";
import { EvidenceLines } from "@/components/EvidenceLines";
import { ProblemBar } from "@/components/ProblemBar";
import { ReasonList } from "@/components/ReasonList";
import { call } from "@/ipc/call";
import type { Alternative } from "@/ipc/generated/Alternative";
import type { CauseCard } from "@/ipc/generated/CauseCard";
import { asCommandError, type CommandError } from "@/ipc/problem";
import { count, counted } from "@/lib/format";

type CauseCardViewProps = {
  run: string;
  card: CauseCard;
  /** Whether its commands are shown at first. */
  open: boolean;
  /** Why these mailboxes cannot be checked again now; null: they can. */
  recheckBlocked: string | null;
  onShow: (card: CauseCard) => void;
  onRecheck: (card: CauseCard) => void;
  onHandOff: (card: CauseCard) => void;
};

/**
 * A cause with all it touches: count, whose job, what it means, likely reasons, the commands, and what to do now. While a
 * run goes on only cards that have changed are drawn again.
 */
export const CauseCardView = memo(function CauseCardView({ run, card, open, ...act }: CauseCardViewProps) {
  const styles = useStyles();
  const id = useId();
  const expected = isExpected(card);
  return (
    <article className={mergeClasses(styles.card, card.finding && styles.finding)} aria-labelledby={id}>
      <header className={styles.head}>
        <CardIcon card={card} />
        <Text as="h3" id={id} weight="semibold" size={400} className={styles.title}>
          {card.title}
        </Text>
        <Text weight="semibold" className={styles.count} title={card.cause}>
          {counted(card.count, "mailbox", "mailboxes")}
        </Text>
      </header>
      <div className={styles.badges}>
        {!expected && <BlameBadge blame={card.blame} />}
        <Badge appearance="outline" color={card.finding ? "danger" : "informative"}>
          {statusWord(card)}
        </Badge>
      </div>
      <Text>{card.explanation}</Text>
      {card.examples.length > 0 && (
        <Text size={200} className={styles.examples}>
          {examplesText(card)}
        </Text>
      )}
      {!expected && <ReasonList reasons={card.reasons} />}
      <EvidenceLines lines={card.evidence} of={card.title} />
      {!expected && <Commands card={card} open={open} />}
      <Actions run={run} card={card} expected={expected} {...act} />
    </article>
  );
});

function Commands({ card, open }: { card: CauseCard; open: boolean }) {
  if (card.remedy.length === 0 && card.alternatives.length === 0) return null;
  return (
    <Disclosure label="Commands" of={card.title} open={open}>
      <CommandBlocks commands={card.remedy} />
      {card.alternatives.map((alternative) => (
        <OtherWay key={alternative.title} alternative={alternative} />
      ))}
    </Disclosure>
  );
}

/** Never the default: folded, and its warning stands above its commands. */
function OtherWay({ alternative }: { alternative: Alternative }) {
  const styles = useStyles();
  return (
    <div className={styles.other}>
      <Disclosure label={`Another way: ${alternative.title}`}>
        <div className={styles.warned}>
          <div className={styles.warning}>
            <Warning16Filled aria-hidden className={styles.warningIcon} />
            <Text size={200}>{alternative.warning}</Text>
          </div>
          <CommandBlocks commands={alternative.remedy} />
        </div>
      </Disclosure>
    </div>
  );
}

type ActionsProps = Omit<CauseCardViewProps, "open"> & { expected: boolean };

function Actions({ run, card, expected, recheckBlocked, onShow, onRecheck, onHandOff }: ActionsProps) {
  const styles = useStyles();
  const [problem, setProblem] = useState<CommandError | null>(null);
  const script = async () => {
    setProblem(null);
    return (await call("cluster_script", { run, cause: card.cause })).text;
  };
  return (
    <>
      {problem && <ProblemBar title="Nothing was copied." error={problem} />}
      <div className={styles.actions}>
        <Button icon={<PeopleListRegular />} onClick={() => onShow(card)}>
          Show mailboxes
        </Button>
        {!expected && (
          <>
            <BlockableButton
              icon={<ArrowRepeatAllRegular />}
              blocked={recheckBlocked ?? undefined}
              onClick={() => onRecheck(card)}
            >
              Re-check these
            </BlockableButton>
            {card.remedy.length > 0 && (
              <CopyButton
                size="medium"
                text={script}
                label="Copy as PowerShell"
                onError={(thrown) => setProblem(asCommandError(thrown))}
              />
            )}
            <Button icon={<ClipboardTaskListLtrRegular />} onClick={() => onHandOff(card)}>
              Hand-off card
            </Button>
          </>
        )}
      </div>
    </>
  );
}

function CardIcon({ card }: { card: CauseCard }) {
  const styles = useStyles();
  if (card.finding) return <DismissCircle20Filled className={styles.bad} aria-hidden />;
  if (card.verdict === "not_checked") return <SubtractCircle20Regular aria-hidden />;
  if (isExpected(card)) return <CheckmarkCircle20Filled className={styles.good} aria-hidden />;
  return <QuestionCircle20Filled className={styles.unknown} aria-hidden />;
}

/** Mailboxes that must be refused and were: nobody's job, and no command of the remedy may be typed. */
function isExpected(card: CauseCard): boolean {
  return !card.finding && card.verdict === "refused";
}

/** Failed, undetermined and not checked stay three words. */
function statusWord(card: CauseCard): string {
  if (card.finding) return "Failed";
  if (card.verdict === "not_checked") return "Not checked";
  return isExpected(card) ? "As expected" : "Undetermined";
}

function examplesText(card: CauseCard): string {
  const more = card.count - card.examples.length;
  return card.examples.join(", ") + (more > 0 ? ` and ${count(more)} more` : "");
}

const useStyles = makeStyles({
  card: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalS,
    padding: tokens.spacingHorizontalL,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderLeft: `4px solid ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground1,
  },
  finding: { borderLeftColor: tokens.colorStatusDangerBorderActive },
  head: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS },
  title: { flexGrow: 1, margin: 0 },
  count: { whiteSpace: "nowrap", fontVariantNumeric: "tabular-nums" },
  badges: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalS },
  examples: { color: tokens.colorNeutralForeground2, overflowWrap: "anywhere" },
  actions: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalS, alignItems: "center" },
  other: { paddingTop: tokens.spacingVerticalS },
  warned: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalS,
    paddingInlineStart: tokens.spacingHorizontalM,
    borderLeft: `3px solid ${tokens.colorStatusWarningBorderActive}`,
  },
  warning: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS },
  warningIcon: { flexShrink: 0, color: tokens.colorStatusWarningForeground3 },
  bad: { color: tokens.colorStatusDangerForeground1 },
  good: { color: tokens.colorStatusSuccessForeground1 },
  unknown: { color: tokens.colorStatusWarningForeground3 },
});
