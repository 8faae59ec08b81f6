import { StateBadge, type Tone } from "@/components/VerdictBadge";
import type { ResultRow } from "@/ipc/generated/ResultRow";
import { type ResultStatus, resultStatus } from "./resultStatus";

const tones: Record<ResultStatus, Tone> = {
  Success: "good",
  Failed: "bad",
  Undetermined: "unknown",
  "Not checked": "neutral",
  Waiting: "neutral",
};

/** `Status` of one mailbox: icon and word. */
export function ResultStatusBadge({ row }: { row: ResultRow }) {
  const status = resultStatus(row);
  return <StateBadge tone={tones[status]}>{status}</StateBadge>;
}
