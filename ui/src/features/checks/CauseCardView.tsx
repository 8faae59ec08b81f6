import { Badge, Button, makeStyles, mergeClasses, Text, tokens } from "@fluentui/react-components";
import {
  DismissCircle20Filled,
  Person16Regular,
  QuestionCircle20Filled,
  SubtractCircle20Regular,
} from "@fluentui/react-icons";
import { useId } from "react";
import { CopyButton } from "@/components/CopyButton";
import type { CauseCard } from "@/ipc/generated/CauseCard";
import { count, counted } from "@/lib/format";
import { blames } from "@/lib/labels";
import { RemedyBlocks, remedyScript } from "./RemedyBlocks";

type CauseCardViewProps = {
  card: CauseCard;
  onShow: () => void;
  /** Given where a re-check of exactly these mailboxes can be asked for. */
  onRecheck?: () => void;
};

/** A cause with all it touches: count, whose job, what it means, and the commands. */
export function CauseCardView({ card, onShow, onRecheck }: CauseCardViewProps) {
  const styles = useStyles();
  const id = useId();
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
        <Badge appearance="outline" color="informative" icon={<Person16Regular aria-hidden />}>
          <span className={styles.spoken}>Whose job: </span>
          {blames[card.blame]}
        </Badge>
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
      <RemedyBlocks remedy={card.remedy} />
      <div className={styles.actions}>
        <Button onClick={onShow}>Show mailboxes</Button>
        {onRecheck && <Button onClick={onRecheck}>Re-check these</Button>}
        {card.remedy.length > 0 && <CopyButton text={remedyScript(card.remedy)} label="Copy as PowerShell" />}
      </div>
    </article>
  );
}

function CardIcon({ card }: { card: CauseCard }) {
  const styles = useStyles();
  if (card.finding) return <DismissCircle20Filled className={styles.bad} aria-hidden />;
  if (card.verdict === "not_checked") return <SubtractCircle20Regular aria-hidden />;
  return <QuestionCircle20Filled className={styles.unknown} aria-hidden />;
}

/** Failed, undetermined and not checked stay three words. */
function statusWord(card: CauseCard): string {
  if (card.finding) return "Failed";
  if (card.verdict === "not_checked") return "Not checked";
  return card.verdict === "undetermined" ? "Undetermined" : "As expected";
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
  badges: { position: "relative", display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalS },
  examples: { color: tokens.colorNeutralForeground2, overflowWrap: "anywhere" },
  actions: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalS, alignItems: "center" },
  bad: { color: tokens.colorStatusDangerForeground1 },
  spoken: { position: "absolute", width: "1px", height: "1px", overflow: "hidden", clipPath: "inset(50%)" },
  unknown: { color: tokens.colorStatusWarningForeground3 },
});
