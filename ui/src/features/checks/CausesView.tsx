import { makeStyles, tokens } from "@fluentui/react-components";
import { CheckmarkCircleRegular } from "@fluentui/react-icons";
import { useCopyFocused } from "@/components/CommandBlocks";
import { EmptyState } from "@/components/EmptyState";
import type { CauseCard } from "@/ipc/generated/CauseCard";
import type { RunPage } from "@/ipc/generated/RunPage";
import { isCertificateCause } from "@/lib/certificates";
import { CauseCardView } from "./CauseCardView";
import { RunChain } from "./RunChain";

type CausesViewProps = {
  page: RunPage;
  /** Why the mailboxes of a cause cannot be checked again now; null: they can. */
  recheckBlocked: string | null;
  onShow: (card: CauseCard) => void;
  onRecheck: (card: CauseCard) => void;
  onHandOff: (card: CauseCard) => void;
};

/** With more causes than these only the first shows its commands at once. */
const fewCauses = 3;

/** Causes, gravest and most frequent first; above all a canary that was opened. */
export function CausesView({ page, recheckBlocked, onShow, onRecheck, onHandOff }: CausesViewProps) {
  const styles = useStyles();
  useCopyFocused();
  if (page.causes.length === 0 && !isCertificateCause(page.row.cause)) {
    return <EmptyState icon={<CheckmarkCircleRegular />} text={emptyText(page)} />;
  }
  return (
    <div className={styles.cards}>
      {canariesFirst(page.causes).map((card, index) => (
        <CauseCardView
          key={`${card.cause} ${card.verdict}`}
          run={page.row.id}
          card={card}
          open={index === 0 || page.causes.length <= fewCauses}
          recheckBlocked={recheckBlocked}
          onShow={onShow}
          onRecheck={onRecheck}
          onHandOff={onHandOff}
        />
      ))}
      <RunChain page={page} />
    </div>
  );
}

/** An opened canary is one mailbox, and graver than a thousand that are refused. */
function canariesFirst(causes: readonly CauseCard[]): CauseCard[] {
  const exposed = (card: CauseCard) => card.cause === "impersonation.exposed";
  return [...causes.filter(exposed), ...causes.filter((card) => !exposed(card))];
}

function emptyText({ row }: RunPage): string {
  if (row.state === "running") return "No cause so far.";
  return row.summary.granted + row.summary.refused > 0 ? "Nothing failed." : "No mailbox carries a cause.";
}

const useStyles = makeStyles({
  cards: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM, maxWidth: "1040px" },
});
