import { makeStyles, Text, tokens } from "@fluentui/react-components";
import { DataLineRegular, ServerRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Disclosure } from "@/components/Disclosure";
import { EmptyState } from "@/components/EmptyState";
import { ProblemBar } from "@/components/ProblemBar";
import { Skeleton } from "@/components/Skeleton";
import { When } from "@/components/When";
import type { LearnedLoad } from "@/ipc/generated/LearnedLoad";
import type { ServerLoad } from "@/ipc/generated/ServerLoad";
import { counted } from "@/lib/format";
import { LoadCharts } from "./LoadCharts";
import { LoadTable } from "./LoadTable";
import { serverLoadQuery } from "./queries";

type ServerLoadViewProps = {
  run: string;
  running: boolean;
  /** What other runs of the organization found out. */
  learned: LearnedLoad | null;
};

/** What a run does to the server: rate, latency, connections and back-offs, and what the server seems to allow. */
export function ServerLoadView({ run, running, learned }: ServerLoadViewProps) {
  const styles = useStyles();
  const { data: load, error, isPending, refetch } = useQuery(serverLoadQuery(run, running));
  return (
    <div className={styles.root}>
      {error && <ProblemBar title="The server load can't be shown." error={error} onRetry={() => void refetch()} />}
      {isPending && <Skeleton rows={4} label="Loading the server load" />}
      {load &&
        (load.samples.length === 0 ? (
          <EmptyState icon={<DataLineRegular />} text={running ? noneYet : load.sentence}>
            <Learned learned={learned} />
          </EmptyState>
        ) : (
          <>
            <Allowed load={load} learned={learned} />
            <LoadCharts load={load} />
            <Disclosure label="Show as a table" of="Server load">
              <LoadTable samples={load.samples} />
            </Disclosure>
          </>
        ))}
    </div>
  );
}

const noneYet = "The first numbers come a moment after the first answers.";

/** What the server seems to allow: by this run, else by those before. */
function Allowed({ load, learned }: { load: ServerLoad; learned: LearnedLoad | null }) {
  const styles = useStyles();
  return (
    <div className={styles.allowed}>
      <ServerRegular className={styles.icon} aria-hidden />
      <div className={styles.words}>
        <Text weight="semibold" role="status">
          {load.sentence}
        </Text>
        <Text size={200} className={styles.more}>
          {[
            load.ceiling > 0 ? `The settings allow ${counted(load.ceiling, "connection")}.` : "",
            load.backOffs > 0
              ? `The server asked ${counted(load.backOffs, "time")} to come back later.`
              : "The server never asked to come back later.",
          ].join(" ")}
        </Text>
        {load.allowed === null && <Learned learned={learned} />}
      </div>
    </div>
  );
}

function Learned({ learned }: { learned: LearnedLoad | null }) {
  const styles = useStyles();
  if (learned === null) return null;
  return (
    <Text size={200} className={styles.more}>
      {`Learned before: ${learned.sentence} `}
      <When at={learned.learnedAt} withAge />
    </Text>
  );
}

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM, maxWidth: "1040px" },
  allowed: { display: "flex", alignItems: "flex-start", gap: tokens.spacingHorizontalS },
  icon: { flexShrink: 0, fontSize: tokens.fontSizeBase500, color: tokens.colorNeutralForeground2 },
  words: { display: "flex", flexDirection: "column", minWidth: 0 },
  more: { color: tokens.colorNeutralForeground2 },
});
