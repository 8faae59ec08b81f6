import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { CopyButton } from "@/components/CopyButton";
import type { ServiceAccountTest } from "@/ipc/generated/ServiceAccountTest";
import { causeTitles } from "@/lib/causes";
import { verdicts } from "@/lib/labels";
import { elapsed, rungTitle, stepWords } from "@/lib/steps";

/** How the test ended, in one sentence, and the run it left in the history. */
export function Outcome({ test, mailbox }: { test: ServiceAccountTest; mailbox: string }) {
  const navigate = useNavigate();
  const { message, run } = test;
  if (message === null) return null;
  return (
    <MessageBar intent={intentOf(test)} layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{titleOf(test)}</MessageBarTitle>
        {message}
      </MessageBarBody>
      <MessageBarActions>
        {run !== null && (
          <Button size="small" onClick={() => void navigate({ to: "/runs/$run", params: { run } })}>
            Open the run
          </Button>
        )}
        <CopyButton text={detailsOf(test, mailbox)} label="Copy details" />
      </MessageBarActions>
    </MessageBar>
  );
}

function intentOf({ state, verdict, steps }: ServiceAccountTest) {
  if (state === "cancelled") return "info";
  if (verdict === "granted") return steps.some(({ status }) => status === "fail") ? "warning" : "success";
  return verdict === null || verdict === "undetermined" || verdict === "not_checked" ? "warning" : "error";
}

function titleOf({ state, verdict, cause }: ServiceAccountTest): string {
  if (state === "cancelled") return "Canceled";
  if (cause !== null) return causeTitles[cause] ?? cause;
  return verdict === null ? "Not checked" : verdicts[verdict];
}

/** Everything that is shown, as text for a mail. */
function detailsOf(test: ServiceAccountTest, mailbox: string): string {
  const steps = test.steps.flatMap((step, index) => [
    [`${index + 1}. ${rungTitle(step)}: ${stepWords[step.status]}.`, step.message, timeOf(step.elapsedMs)]
      .filter(Boolean)
      .join(" "),
    ...step.evidence.map((line) => `   ${line}`),
  ]);
  return [`Service Account Access, ${mailbox}`, `${titleOf(test)}: ${test.message ?? ""}`, ...steps].join("\n");
}

function timeOf(milliseconds: number | null): string {
  return milliseconds === null ? "" : `(${elapsed(milliseconds)})`;
}
