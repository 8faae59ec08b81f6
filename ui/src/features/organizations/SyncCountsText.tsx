import { makeStyles, tokens } from "@fluentui/react-components";
import { StateBadge } from "@/components/VerdictBadge";
import type { SyncCounts } from "@/ipc/generated/SyncCounts";
import { count } from "@/lib/format";

const useStyles = makeStyles({
  root: { display: "inline-flex", verticalAlign: "top", columnGap: tokens.spacingHorizontalM },
});

/** How many users are in which state of `Sync access`; states nobody is in are left out. */
export function SyncCountsText({ counts }: { counts: SyncCounts }) {
  const styles = useStyles();
  if (counts.users === 0) {
    return <span>–</span>;
  }
  return (
    <span className={styles.root} title="Active = proven reachable with the saved settings.">
      {counts.active > 0 ? <StateBadge tone="good">{count(counts.active)} Active</StateBadge> : null}
      {counts.needsRenewal > 0 ? (
        <StateBadge tone="warning">{count(counts.needsRenewal)} Needs renewal</StateBadge>
      ) : null}
      {counts.failed > 0 ? <StateBadge tone="bad">{count(counts.failed)} Failed</StateBadge> : null}
      {counts.notActivated > 0 ? (
        <StateBadge tone="neutral">{count(counts.notActivated)} Not activated</StateBadge>
      ) : null}
    </span>
  );
}
