import type { Tone } from "@/components/VerdictBadge";
import type { ImportGroup } from "@/ipc/generated/ImportGroup";

/** What a group of the preview is called, and what happens to its rows (panel 10.2). */
export const groups: Record<ImportGroup, { label: string; fate: string; tone: Tone }> = {
  new: { label: "New", fate: "will be added", tone: "good" },
  remote: { label: "Remote mailbox (Exchange Online)", fate: "will be added, tagged", tone: "warning" },
  alias: { label: "Alias", fate: "replaced by the primary address", tone: "warning" },
  already_here: { label: "Already here", fate: "skipped", tone: "neutral" },
  elsewhere: { label: "In another organization", fate: "skipped", tone: "neutral" },
  duplicate: { label: "Duplicate in the file", fate: "the first is kept", tone: "neutral" },
  system: { label: "System mailbox", fate: "left out", tone: "neutral" },
  bad: { label: "Bad row", fate: "skipped", tone: "bad" },
};
