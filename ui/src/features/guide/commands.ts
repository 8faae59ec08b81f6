import type { Command } from "@/components/CommandBlocks";
import type { GuideBlock } from "@/ipc/generated/GuideBlock";

const dead = "This command no longer works: it is here for reading only.";

/** A block of a guide with what must be known before it is typed. */
export function commandOf(block: GuideBlock): Command {
  return {
    purpose: block.purpose,
    powershell: block.powershell,
    shell: block.shell,
    note: missingWords(block.missing),
    copyNote: block.missing.length === 0 ? undefined : `fill in ${listWords(block.missing)}`,
    flagged: block.flagged,
    blocked: block.copyable ? undefined : dead,
  };
}

/** What is still to be filled in; null: nothing. */
export function missingWords(missing: readonly string[]): string | null {
  return missing.length === 0 ? null : `To fill in before it is typed: ${listWords(missing)}.`;
}

function listWords(names: readonly string[]): string {
  const quoted = names.map((name) => (name.startsWith("<") ? name : `<${name}>`));
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1)}`;
}
