import { Link as FluentLink, makeStyles, Text, tokens } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { ProgressLine } from "@/components/ProgressLine";
import { RunVerdictBadge } from "@/components/RunVerdictBadge";
import { When } from "@/components/When";
import type { RunPage } from "@/ipc/generated/RunPage";
import type { RunProgress } from "@/ipc/generated/RunProgress";
import { count } from "@/lib/format";
import { runVerdict } from "@/lib/runVerdict";

type ResultStripProps = {
  page: RunPage | undefined;
  progress: RunProgress | undefined;
  saved: boolean;
  /** The form was edited after this run had started. */
  changedSince: boolean;
};

/** The last run: verdict, time and age, and whether it used the settings that are saved now. */
export function ResultStrip({ page, progress, saved, changedSince }: ResultStripProps) {
  const styles = useStyles();
  const navigate = useNavigate();
  if (page === undefined) {
    return <div className={styles.strip}>{saved ? "Saved, never checked" : "Never checked"}</div>;
  }
  const { row } = page;
  const running = progress?.state === "running";
  return (
    <section className={styles.strip} aria-label="Last check">
      <div className={styles.line}>
        <FluentLink
          as="button"
          onClick={() => void navigate({ to: "/runs/$run", params: { run: row.id } })}
        >{`Run ${count(row.number)}`}</FluentLink>
        <RunVerdictBadge row={row} steps={page.steps} />
        <Text size={200}>
          <When at={row.finishedAt ?? row.startedAt} withAge />
        </Text>
        <Text size={200}>{settingsWords(row.draft, row.oldSettings)}</Text>
      </div>
      {running && progress ? <ProgressLine progress={progress} /> : <Text>{runVerdict(row, page.steps).detail}</Text>}
      {!running && row.state === "stopped" && row.message !== null && <Text>{row.message}</Text>}
      {changedSince && (
        <Text weight="semibold">
          {running
            ? "Settings changed since this check started. Its results cannot be applied."
            : "Settings changed since this check. Check again to apply results."}
        </Text>
      )}
    </section>
  );
}

function settingsWords(draft: boolean, old: boolean): string {
  if (draft) return "Draft settings";
  return old ? "Old settings" : "Saved settings";
}

const useStyles = makeStyles({
  strip: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalXS,
    padding: tokens.spacingHorizontalM,
    backgroundColor: tokens.colorNeutralBackground2,
    borderRadius: tokens.borderRadiusMedium,
  },
  line: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalM },
});
