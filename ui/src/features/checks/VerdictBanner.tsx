import type { MessageBarIntent } from "@fluentui/react-components";
import { MessageBar, MessageBarBody, MessageBarTitle, makeStyles } from "@fluentui/react-components";
import { memo } from "react";
import type { RunPage } from "@/ipc/generated/RunPage";
import { type RunTone, runVerdict } from "@/lib/runVerdict";
import { brokenStep } from "@/lib/steps";

const intents: Record<RunTone, MessageBarIntent> = {
  good: "success",
  warning: "warning",
  bad: "error",
  neutral: "warning",
  running: "info",
};

/** What the run proves; of a sample, what that says of the mailboxes it did not ask. */
export const VerdictBanner = memo(function VerdictBanner({ page, running }: { page: RunPage; running: boolean }) {
  const styles = useStyles();
  const { row, steps, sample } = page;
  const verdict = runVerdict(row, steps);
  return (
    <>
      {!running && row.state !== "running" && (
        <MessageBar intent={intents[verdict.tone]} layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>{titleText(verdict.title)}</MessageBarTitle>
            {[verdict.detail, whyText(page)].filter(Boolean).join(" ")}
          </MessageBarBody>
        </MessageBar>
      )}
      {sample !== null && (
        <MessageBar intent="info" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>What the sample says.</MessageBarTitle>
            {sample.sentence}
          </MessageBarBody>
        </MessageBar>
      )}
      {row.warnings.length > 0 && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            {row.warnings.length === 1 ? (
              row.warnings[0]
            ) : (
              <ul className={styles.list}>
                {row.warnings.map((warning) => (
                  <li key={warning}>{warning}</li>
                ))}
              </ul>
            )}
          </MessageBarBody>
        </MessageBar>
      )}
    </>
  );
});

function titleText(title: string): string {
  return `${title}.`;
}

/** Why a run was stopped: its own sentence, else that of the broken step. */
function whyText({ row, steps }: RunPage): string | undefined {
  return row.message ?? (row.state === "stopped" ? brokenStep(steps)?.message : undefined);
}

const useStyles = makeStyles({ list: { margin: 0, paddingInlineStart: "20px" } });
