// The rungs of the step ladder: their numbers and names (the numbers are those of the specification).
import type { Step } from "@/ipc/generated/Step";
import type { StepStatus } from "@/ipc/generated/StepStatus";

const rungs: Record<string, { number: number; label: string }> = {
  form: { number: 1, label: "Form values" },
  dns: { number: 2, label: "Name resolves" },
  tcp: { number: 3, label: "Port 443, proxy" },
  tls: { number: 4, label: "Certificate" },
  autodiscover: { number: 5, label: "Autodiscover" },
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

/** Number of a rung; undefined for a rung this version does not know. */
export function stepNumber(id: string): number | undefined {
  return rungs[id]?.number;
}

export function stepLabel(id: string): string {
  return rungs[id]?.label ?? id;
}

/** The rung a run broke at: the first that failed. */
export function brokenStep(steps: readonly Step[]): Step | undefined {
  return steps.find((step) => step.status === "fail");
}
