// The rungs of a step ladder: their numbers and names (those of a check have the numbers of the specification).
import type { Step } from "@/ipc/generated/Step";
import type { StepStatus } from "@/ipc/generated/StepStatus";

/** Rungs of a check. The label stands in where the engine sent none: a run of an older version. */
const rungs: Record<string, { number: number; label: string }> = {
  form: { number: 1, label: "Form values" },
  dns: { number: 2, label: "Name resolves" },
  tcp: { number: 3, label: "Port 443, proxy" },
  tls: { number: 4, label: "Certificate" },
  discovery: { number: 5, label: "Autodiscover" },
  ews: { number: 6, label: "EWS answers" },
  log_on: { number: 7, label: "Service account signs in" },
  impersonate: { number: 8, label: "First impersonated mailbox" },
  own_mailbox: { number: 9, label: "Service account's own Inbox" },
  mailboxes: { number: 10, label: "Every mailbox" },
  canaries: { number: 11, label: "Mailboxes that must be refused" },
};

export const stepWords: Record<StepStatus, string> = {
  pass: "Pass",
  warning: "Warning",
  fail: "Fail",
  skipped: "Skipped",
  running: "Running",
};

/** Number of a rung of a check; undefined for a rung this version does not know. */
export function stepNumber(id: string): number | undefined {
  return rungs[id]?.number;
}

/** Number of the rung at `index`: fixed in a check, of which old runs lack rungs; elsewhere as counted from the top. */
export function rungNumber(steps: readonly Step[], index: number): number {
  const ofCheck = steps.every((step) => step.id in rungs);
  const id = steps[index]?.id;
  return (ofCheck && id !== undefined ? rungs[id]?.number : undefined) ?? index + 1;
}

export function rungTitle({ id, title }: Pick<Step, "id" | "title">): string {
  return title || (rungs[id]?.label ?? id);
}

/** The rung a run broke at: the first that failed. */
export function brokenStep(steps: readonly Step[]): Step | undefined {
  return steps.find((step) => step.status === "fail");
}

/** Where a ladder ends before its end: a rung failed, and nothing after it was reached. */
export function stoppedAt(steps: readonly Step[]): number | undefined {
  const at = steps.findIndex((step) => step.status === "fail");
  return at >= 0 && steps.slice(at + 1).every((step) => step.status === "skipped") ? at : undefined;
}

/** A time as measured: `<1 ms`, `42 ms`, `1.4 s`. */
export function elapsed(milliseconds: number): string {
  if (milliseconds < 1) return "<1 ms";
  return milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
