import { Badge, Button, makeStyles, Spinner, Text, tokens, useId } from "@fluentui/react-components";
import { CloudRegular, StarFilled } from "@fluentui/react-icons";
import { useRef, useState } from "react";
import { ProblemBar } from "@/components/ProblemBar";
import { StepStatusBadge } from "@/components/StepStatusBadge";
import type { DiscoveryCandidate } from "@/ipc/generated/DiscoveryCandidate";
import type { EndpointProbe } from "@/ipc/generated/EndpointProbe";
import { asCommandError, type CommandError } from "@/ipc/problem";
import { commonName, validityWords } from "@/lib/certificates";
import { counted } from "@/lib/format";
import { methods, placements } from "./discoveryWords";

type DiscoveryCandidatesProps = {
  candidates: readonly DiscoveryCandidate[];
  /** Asks the server of a URL what it wants, without credentials. */
  onTest: (url: string) => Promise<EndpointProbe>;
  onUse: (candidate: DiscoveryCandidate) => void;
};

/** The URLs that were found, the advised one first. */
export function DiscoveryCandidates({ candidates, onTest, onUse }: DiscoveryCandidatesProps) {
  const styles = useStyles();
  const id = useId("candidates");
  return (
    <section className={styles.root} aria-labelledby={id}>
      <Text as="h3" id={id} weight="semibold" className={styles.title}>
        {counted(candidates.length, "candidate")}
      </Text>
      <ul className={styles.list}>
        {candidates.map((candidate) => (
          <Candidate key={candidate.url} candidate={candidate} onTest={onTest} onUse={onUse} />
        ))}
      </ul>
    </section>
  );
}

type CandidateProps = {
  candidate: DiscoveryCandidate;
  onTest: DiscoveryCandidatesProps["onTest"];
  onUse: DiscoveryCandidatesProps["onUse"];
};

function Candidate({ candidate, onTest, onUse }: CandidateProps) {
  const styles = useStyles();
  const { url, method, step, placement, cloud, note, advised } = candidate;
  const test = useTest(() => onTest(url));
  return (
    <li className={styles.candidate} aria-label={url}>
      <div className={styles.line}>
        <Text weight="semibold" className={styles.url}>
          {url}
        </Text>
        <Button
          size="small"
          aria-label={`Test ${url}`}
          disabledFocusable={test.asking}
          icon={test.asking ? <Spinner size="extra-tiny" /> : undefined}
          onClick={() => !test.asking && void test.ask()}
        >
          Test
        </Button>
        <Button
          size="small"
          appearance={advised ? "primary" : "secondary"}
          aria-label={`Use ${url}`}
          onClick={() => onUse(candidate)}
        >
          Use
        </Button>
      </div>
      <div className={styles.marks}>
        {advised && (
          <Badge appearance="tint" color="brand" icon={<StarFilled />}>
            Advised
          </Badge>
        )}
        <Badge appearance="outline">{placements[placement]}</Badge>
        {cloud !== null && (
          <Badge appearance="outline" icon={<CloudRegular />}>
            {cloud}
          </Badge>
        )}
        <Text size={200} className={styles.quiet}>{`Found by step ${step}: ${methods[method]}`}</Text>
      </div>
      {note !== null && <Text size={200}>{note}</Text>}
      <div aria-live="polite" className={styles.live}>
        {test.problem && <ProblemBar title="The server wasn't asked." error={test.problem} />}
        {test.answer && <Answer answer={test.answer} />}
      </div>
    </li>
  );
}

/** What the server of a candidate says before any log-on. */
function Answer({ answer }: { answer: EndpointProbe }) {
  const styles = useStyles();
  const { cause, message, certificates } = answer;
  const leaf = certificates[0];
  const more = leaf ? `Certificate ${commonName(leaf.subject)}: ${validityWords(leaf)}. ` : "";
  return (
    <div className={styles.answer}>
      <span className={styles.fixed}>
        <StepStatusBadge status={cause === null ? "pass" : "fail"} words={cause === null ? "Answers" : "Fail"} />
      </span>
      <Text size={200}>{`${message} ${more}No password was sent.`}</Text>
    </div>
  );
}

function useTest(send: () => Promise<EndpointProbe>) {
  const [asking, setAsking] = useState(false);
  const [answer, setAnswer] = useState<EndpointProbe | null>(null);
  const [problem, setProblem] = useState<CommandError | null>(null);
  const turn = useRef(0);
  const ask = async () => {
    turn.current += 1;
    const mine = turn.current;
    setAsking(true);
    setProblem(null);
    setAnswer(null);
    try {
      const said = await send();
      if (mine === turn.current) setAnswer(said);
    } catch (thrown) {
      if (mine === turn.current) setProblem(asCommandError(thrown));
    } finally {
      if (mine === turn.current) setAsking(false);
    }
  };
  return { asking, answer, problem, ask };
}

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS, flexShrink: 0 },
  title: { margin: 0 },
  list: {
    listStyleType: "none",
    margin: 0,
    padding: 0,
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalS,
  },
  candidate: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalXS,
    padding: tokens.spacingHorizontalM,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    minWidth: 0,
  },
  line: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalS },
  url: { flexGrow: 1, flexBasis: "320px", minWidth: 0, overflowWrap: "anywhere" },
  marks: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalS },
  quiet: { color: tokens.colorNeutralForeground3 },
  fixed: { flexShrink: 0 },
  live: { "&:empty": { display: "none" } },
  answer: { display: "flex", alignItems: "flex-start", gap: tokens.spacingHorizontalS, overflowWrap: "anywhere" },
});
