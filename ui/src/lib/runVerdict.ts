// What a run as a whole proves. Never merges "the server said no" with "we could not find out".
import type { RunRow } from "@/ipc/generated/RunRow";
import type { Step } from "@/ipc/generated/Step";
import type { Summary } from "@/ipc/generated/Summary";
import { count, counted } from "./format";
import { brokenStep, stepNumber } from "./steps";

export type RunTone = "good" | "warning" | "bad" | "neutral" | "running";

export type RunVerdict = {
  tone: RunTone;
  /** `Passed`, `Failed for some`, `Stopped at step 7`, … */
  title: string;
  /** A sentence about coverage; empty where there is nothing to add. */
  detail: string;
};

type Judged = Pick<RunRow, "state" | "summary" | "warnings">;

/** Mailboxes with an answer, a refusal included. */
export function answered(summary: Summary): number {
  return summary.granted + summary.refused + summary.no_mailbox + summary.unusable;
}

/** Mailboxes that must be refused and were opened: the gravest finding of all. */
export function exposedCount(summary: Summary): number {
  return summary.causes.find((entry) => entry.cause === "impersonation.exposed")?.count ?? 0;
}

/** What a run as a whole proves; `steps` only name the rung a stopped run broke at. */
export function runVerdict(row: Judged, steps: readonly Step[] = []): RunVerdict {
  const { summary } = row;
  switch (row.state) {
    case "running":
      return { tone: "running", title: "Running", detail: "" };
    case "stopped":
      return stopped(summary, steps);
    case "cancelled":
      return { tone: "neutral", title: "Canceled", detail: coverage(summary) };
    case "interrupted":
      return { tone: "neutral", title: "Interrupted", detail: coverage(summary) };
    default:
      return finished(row);
  }
}

function stopped(summary: Summary, steps: readonly Step[]): RunVerdict {
  const broken = brokenStep(steps);
  const number = broken ? stepNumber(broken.id) : undefined;
  const title = number === undefined ? "Stopped" : `Stopped at step ${number}`;
  const detail = answered(summary) === 0 ? "No mailbox was checked." : coverage(summary);
  return { tone: "bad", title, detail };
}

function finished({ state, summary, warnings }: Judged): RunVerdict {
  const detail = state === "incomplete" ? coverage(summary) : everyMailbox(summary);
  if (summary.findings > 0) {
    const title = summary.granted === 0 ? "Failed" : "Failed for some";
    return { tone: "bad", title, detail: [failedText(summary), detail].filter(Boolean).join(" ") };
  }
  if (state === "incomplete" && answered(summary) === 0) {
    return { tone: "neutral", title: "Undetermined", detail };
  }
  if (state === "incomplete" || warnings.length > 0) {
    return { tone: "warning", title: "Passed with warnings", detail };
  }
  return { tone: "good", title: "Passed", detail };
}

/** An opened canary is a finding, but nothing failed in it: that is said above all. */
function failedText(summary: Summary): string {
  const failed = summary.findings - exposedCount(summary);
  return failed > 0 ? `${counted(failed, "mailbox", "mailboxes")} failed.` : "";
}

/** The three words apart: what the server answered, what it could not tell, what was never asked. */
function coverage(summary: Summary): string {
  const { total, undetermined } = summary;
  const missed = total - answered(summary) - undetermined;
  const parts = [`${count(answered(summary))} of ${count(total)} checked`];
  if (undetermined > 0) parts.push(`${count(undetermined)} could not be found out`);
  if (missed > 0) parts.push(`${count(missed)} not reached`);
  return `${parts.join(", ")}.`;
}

function everyMailbox(summary: Summary): string {
  if (summary.total === 0) return "No mailbox was asked for.";
  return `${counted(summary.total, "mailbox", "mailboxes")} checked.`;
}
