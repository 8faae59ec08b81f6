import type { Cause } from "@/ipc/generated/Cause";
import { causeTitles } from "@/lib/causes";

/** A cause in a few words; its id, the public contract, is the tip. */
export function CauseTitle({ cause }: { cause: Cause | null }) {
  return cause === null ? <span>–</span> : <span title={cause}>{causeTitles[cause] ?? cause}</span>;
}
