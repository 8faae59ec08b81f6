import { makeStyles, Text } from "@fluentui/react-components";
import { LogOnFacts, ServerFacts } from "@/components/AuthenticationFacts";
import { StepLadder } from "@/components/StepLadder";
import type { RunPage } from "@/ipc/generated/RunPage";
import { count } from "@/lib/format";

/** The steps of the last run beside the form. */
export function LadderPane({ page }: { page: RunPage | undefined }) {
  const styles = useStyles();
  return (
    <aside className={styles.root} aria-label="Steps of the last check">
      <Text weight="semibold" as="h3" className={styles.title}>
        {page ? `Steps of run ${count(page.row.number)}` : "Steps"}
      </Text>
      {page ? (
        <StepLadder
          steps={page.steps}
          compact
          details={{
            ews: <ServerFacts found={page.authentication} />,
            log_on: <LogOnFacts found={page.authentication} compact />,
          }}
        />
      ) : (
        <Text size={200}>A check fills these top down, and stops where something is broken.</Text>
      )}
    </aside>
  );
}

const useStyles = makeStyles({
  root: { minWidth: 0 },
  title: { display: "block", margin: 0 },
});
