import { Spinner } from "@fluentui/react-components";
import type { StepStatus } from "@/ipc/generated/StepStatus";
import { stepWords } from "@/lib/steps";
import { StateBadge, type Tone } from "./VerdictBadge";

const tones: Record<StepStatus, Tone> = {
  pass: "good",
  warning: "warning",
  fail: "bad",
  skipped: "neutral",
  running: "neutral",
};

/** How a step ended: icon and word. */
export function StepStatusBadge({ status, words }: { status: StepStatus; words?: string }) {
  return (
    <StateBadge
      tone={tones[status]}
      icon={status === "running" ? <Spinner size="extra-tiny" aria-hidden /> : undefined}
    >
      {words ?? stepWords[status]}
    </StateBadge>
  );
}
