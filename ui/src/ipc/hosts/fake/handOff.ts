import type { CauseCard } from "../../generated/CauseCard.ts";
import type { HandOffCard } from "../../generated/HandOffCard.ts";
import { CommandError } from "../../problem.ts";
import { causesOf, script } from "./cards.ts";
import type { FakeRun, Handlers, World } from "./world.ts";

/** The hand-off card and the script of a cause. */
export function handOffHandlers(world: World) {
  const found = (id: string, cause: string): { run: FakeRun; card: CauseCard } => {
    const run = world.runs.find((other) => other.row.id === id);
    const card = run && causesOf(run.results, aboutOf(run)).find((other) => other.cause === cause);
    if (run === undefined || card === undefined) {
      throw new CommandError({ code: "not_found", message: "No mailbox of this run carries this cause." });
    }
    return { run, card };
  };
  return {
    hand_off_card: ({ run: id, cause }) => {
      const { run, card } = found(id, cause);
      return cardOf(run, card);
    },
    cluster_script: ({ run: id, cause }) => {
      const { run, card } = found(id, cause);
      const addresses = run.results.filter((row) => row.cause === cause).map((row) => `  "${row.mailbox}"`);
      return {
        text: `# ${card.title}: ${card.count} mailboxes, run ${run.row.number}\n$mailboxes = @(\n${addresses.join(",\n")}\n)\n\n${script(card.remedy)}\n`,
      };
    },
  } satisfies Partial<Handlers>;
}

/** Who asked whom in a run. */
export function aboutOf(run: FakeRun) {
  return { account: run.row.account, host: new URL(run.row.ewsUrl).host };
}

function cardOf(run: FakeRun, card: CauseCard): HandOffCard {
  const { account, host } = aboutOf(run);
  const mailboxes = run.results
    .filter((row) => row.cause === card.cause)
    .slice(0, 20)
    .map((row) => row.mailbox);
  const what = `Run ${run.row.number} of 21 Nov 2026, 09:12 UTC asked ${host} as ${account}. ${card.count} of ${run.results.length} mailboxes: ${card.title.toLowerCase()}.`;
  const verification =
    "Understudy will check exactly these mailboxes again. Each must then open through the service account.";
  const list = (lines: readonly string[]) => lines.map((line) => `- ${line}`).join("\n");
  const markdown = [
    `# ${card.title}`,
    what,
    `## Why\n\n${list([card.explanation, ...card.reasons])}`,
    `## Mailboxes (${card.count})\n\n${list(mailboxes)}`,
    `## Commands\n\n\`\`\`powershell\n${script(card.remedy)}\n\`\`\``,
    `## How it will be verified\n\n${verification}`,
  ].join("\n\n");
  return {
    title: card.title,
    blame: card.blame,
    what,
    why: [card.explanation, ...card.reasons],
    mailboxes,
    count: card.count,
    remedy: card.remedy,
    verification,
    markdown: `${markdown}\n`,
  };
}
