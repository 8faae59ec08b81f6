import { makeStyles, tokens } from "@fluentui/react-components";
import { CheckmarkCircleRegular } from "@fluentui/react-icons";
import { EmptyState } from "@/components/EmptyState";
import type { CauseCard } from "@/ipc/generated/CauseCard";
import type { RunPage } from "@/ipc/generated/RunPage";
import { isCertificateCause } from "@/lib/certificates";
import { CauseCardView } from "./CauseCardView";
import { RunChain } from "./RunChain";

type CausesViewProps = {
  page: RunPage;
  /** Whether what failed can be checked again now. */
  canRecheck: boolean;
  onShow: (card: CauseCard) => void;
  onRecheck: () => void;
};

/** Causes, gravest and most frequent first. */
export function CausesView({ page, canRecheck, onShow, onRecheck }: CausesViewProps) {
  const styles = useStyles();
  if (page.causes.length === 0 && !isCertificateCause(page.row.cause)) {
    return <EmptyState icon={<CheckmarkCircleRegular />} text={emptyText(page)} />;
  }
  return (
    <div className={styles.cards}>
      {page.causes.map((card) => (
        <CauseCardView
          key={`${card.cause} ${card.verdict}`}
          card={card}
          onShow={() => onShow(card)}
          onRecheck={canRecheck && isAllThatFailed(card, page) ? onRecheck : undefined}
        />
      ))}
      <RunChain page={page} />
    </div>
  );
}

/** A re-check asks for all that failed or stayed undetermined: offered on a card only if these are just its rows. */
function isAllThatFailed(card: CauseCard, { row }: RunPage): boolean {
  const failed = row.summary.findings + row.summary.undetermined;
  return failed > 0 && card.count === failed && (card.finding || card.verdict === "undetermined");
}

function emptyText({ row }: RunPage): string {
  if (row.state === "running") return "No cause so far.";
  return row.summary.granted + row.summary.refused > 0 ? "Nothing failed." : "No mailbox carries a cause.";
}

const useStyles = makeStyles({
  cards: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM, maxWidth: "1040px" },
});
