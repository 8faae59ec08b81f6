import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  mergeClasses,
  Radio,
  RadioGroup,
  Spinner,
  Text,
  tokens,
} from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useAppState } from "@/lib/appState";
import { useRead, useWrite } from "@/lib/queries";
import { ProblemBar } from "./ProblemBar";
import { Skeleton } from "./Skeleton";
import { useNotify } from "./toast";

const useStyles = makeStyles({
  surface: { maxWidth: "760px" },
  content: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
  list: { maxHeight: "min(360px, calc(100vh - 340px))", overflowY: "auto" },
  scenario: { display: "flex", flexDirection: "column" },
  quiet: { color: tokens.colorNeutralForeground2 },
  sizes: { flexDirection: "row" },
});

/** Enters practice mode or changes its scenario: a simulated Exchange, sample users, an expected verdict. */
export function PracticeDialog({ onClose }: { onClose: () => void }) {
  const styles = useStyles();
  const navigate = useNavigate();
  const notify = useNotify();
  const start = useWrite("practice_start");
  const running = useAppState()?.practice ?? null;
  const scenarios = useRead("practice_scenarios", {});
  const [chosen, setChosen] = useState<string>();
  const [users, setUsers] = useState("200");
  const scenario = chosen ?? running?.scenario.id ?? scenarios.data?.[0]?.id;
  const begin = () =>
    start.mutate(
      { ...(scenario === undefined ? {} : { scenario }), users: Number(users) },
      {
        onSuccess: (state) => {
          onClose();
          notify({ text: `Practice: ${state.practice?.scenario.title ?? ""}` });
          const id = state.practice?.organization;
          void (id === undefined
            ? navigate({ to: "/organizations" })
            : navigate({ to: "/organizations/$id/configuration", params: { id } }));
        },
      },
    );
  return (
    <Dialog open onOpenChange={(_, data) => data.open || onClose()}>
      <DialogSurface className={styles.surface}>
        <DialogBody>
          <DialogTitle>{running === null ? "Practice" : "Change the scenario"}</DialogTitle>
          <DialogContent className={styles.content}>
            <Text>
              A simulated Exchange on this computer, with sample users and a database of its own. Your real data and
              passwords are not touched.
            </Text>
            {start.error === null ? null : <ProblemBar error={start.error} onRetry={begin} />}
            {scenarios.error === null ? null : (
              <ProblemBar error={scenarios.error} onRetry={() => void scenarios.refetch()} />
            )}
            {scenarios.isPending ? <Skeleton rows={5} /> : null}
            <RadioGroup
              className={styles.list}
              aria-label="Scenario"
              value={scenario ?? ""}
              onChange={(_, data) => setChosen(data.value)}
            >
              {(scenarios.data ?? []).map((entry) => (
                <Radio
                  key={entry.id}
                  value={entry.id}
                  label={
                    <span className={styles.scenario}>
                      <Text weight="semibold">{entry.title}</Text>
                      <span className={styles.quiet}>{entry.shows}</span>
                      <span className={styles.quiet}>{`Expected: ${entry.expected}.`}</span>
                    </span>
                  }
                />
              ))}
            </RadioGroup>
            <RadioGroup
              className={mergeClasses(styles.sizes)}
              layout="horizontal"
              aria-label="Sample users"
              value={users}
              onChange={(_, data) => setUsers(data.value)}
            >
              <Radio value="200" label="200 sample users" />
              <Radio value="50000" label="50,000 sample users" />
            </RadioGroup>
          </DialogContent>
          <DialogActions>
            <Button
              appearance="primary"
              disabled={start.isPending || scenarios.data === undefined}
              icon={start.isPending ? <Spinner size="tiny" /> : undefined}
              onClick={begin}
            >
              Practice
            </Button>
            <Button onClick={onClose}>Cancel</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
