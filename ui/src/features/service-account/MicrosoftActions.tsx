import { Button, makeStyles, Tooltip, tokens } from "@fluentui/react-components";
import { OpenRegular } from "@fluentui/react-icons";
import { useState } from "react";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { CopyButton } from "@/components/CopyButton";
import { ProblemBar } from "@/components/ProblemBar";
import { call } from "@/ipc/call";
import type { ServiceAccountValues } from "@/ipc/generated/ServiceAccountValues";
import { asCommandError, type CommandError } from "@/ipc/problem";
import { offlineReason } from "@/lib/appState";

type MicrosoftActionsProps = {
  offline: boolean;
  values: () => ServiceAccountValues;
};

/** The same test at Microsoft: its values to paste, and its page, after a warning. */
export function MicrosoftActions({ offline, values }: MicrosoftActionsProps) {
  const styles = useStyles();
  const [asking, setAsking] = useState(false);
  const [opening, setOpening] = useState(false);
  const [problem, setProblem] = useState<CommandError | null>(null);
  const copy = async () => {
    setProblem(null);
    return (await call("service_account_values", values())).text;
  };
  const open = async () => {
    setOpening(true);
    setProblem(null);
    try {
      await call("page_open", { organization: values().organization, page: "microsoft_test" });
    } catch (thrown) {
      setProblem(asCommandError(thrown));
    } finally {
      setOpening(false);
      setAsking(false);
    }
  };
  const page = (
    <Button size="small" icon={<OpenRegular />} disabledFocusable={offline} onClick={() => offline || setAsking(true)}>
      Open Microsoft's page
    </Button>
  );
  return (
    <>
      <div className={styles.root}>
        <CopyButton
          text={copy}
          label="Copy values for Microsoft's form"
          onError={(thrown) => setProblem(asCommandError(thrown))}
        />
        {offline ? (
          <Tooltip relationship="description" content={offlineReason}>
            {page}
          </Tooltip>
        ) : (
          page
        )}
      </div>
      {problem && <ProblemBar error={problem} />}
      <ConfirmDialog
        open={asking}
        title="Open Microsoft's page in the browser?"
        verb="Open the page"
        busy={opening}
        onConfirm={() => void open()}
        onCancel={() => setAsking(false)}
      >
        <span>
          Microsoft's test comes from the internet: it reaches only a server that can be reached from there. The
          password of the service account is typed there, into a page of somebody else; here it stays on this computer.
        </span>
      </ConfirmDialog>
    </>
  );
}

const useStyles = makeStyles({
  root: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalS },
});
