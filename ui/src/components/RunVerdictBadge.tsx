import { Spinner } from "@fluentui/react-components";
import type { RunRow } from "@/ipc/generated/RunRow";
import type { Step } from "@/ipc/generated/Step";
import { exposedCount, type RunTone, runVerdict } from "@/lib/runVerdict";
import { StateBadge, type Tone } from "./VerdictBadge";

const tones: Record<RunTone, Tone> = {
  good: "good",
  warning: "warning",
  bad: "bad",
  neutral: "unknown",
  running: "neutral",
};

/** What a run as a whole proves: icon and words. */
export function RunVerdictBadge({ row, steps }: { row: RunRow; steps?: readonly Step[] }) {
  const verdict = runVerdict(row, steps);
  const exposed = exposedCount(row.summary) > 0;
  const icon = verdict.tone === "running" ? <Spinner size="extra-tiny" /> : undefined;
  return (
    <StateBadge tone={exposed ? "bad" : tones[verdict.tone]} icon={icon}>
      {exposed ? `Canary opened: ${verdict.title}` : verdict.title}
    </StateBadge>
  );
}
