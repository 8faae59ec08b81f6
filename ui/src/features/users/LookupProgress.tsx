import {
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  ProgressBar,
  Text,
  tokens,
} from "@fluentui/react-components";
import { ProblemBar } from "@/components/ProblemBar";
import type { DirectoryLookup } from "@/ipc/generated/DirectoryLookup";
import { count, counted } from "@/lib/format";
import type { LookupKind } from "./LookupDialog";
import type { Lookup } from "./useLookup";

/** How far a look-up is, or how it ended without anything to preview. */
export function LookupProgress({ lookup, kind }: { lookup: Lookup; kind: LookupKind }) {
  const styles = useStyles();
  const { answer, running, lost } = lookup;
  return (
    <div className={styles.root}>
      {lost && <ProblemBar title="The progress can't be read." error={lost} onRetry={lookup.retry} />}
      {running && !lost && (
        <>
          <Text className={styles.numbers} role="status">
            {answer === undefined ? "Signing in…" : progressWords(answer, kind)}
          </Text>
          <ProgressBar value={fraction(answer)} aria-label="Progress of the look-up" />
        </>
      )}
      {answer !== undefined && !running && <Ended answer={answer} />}
      <LookupNotes notes={answer?.notes ?? []} />
    </div>
  );
}

/** It ended without a preview: failed, cancelled, or nothing found. */
function Ended({ answer }: { answer: DirectoryLookup }) {
  const failed = answer.state === "failed";
  const title = failed ? "The look-up failed." : answer.state === "cancelled" ? "Canceled." : "Nothing was found.";
  return (
    <MessageBar intent={failed ? "error" : "info"} layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{title}</MessageBarTitle>
        {answer.message}
      </MessageBarBody>
    </MessageBar>
  );
}

/** What was left out, and why. */
export function LookupNotes({ notes }: { notes: readonly string[] }) {
  const styles = useStyles();
  if (notes.length === 0) return null;
  return (
    <MessageBar intent="info" layout="multiline">
      <MessageBarBody>
        <ul className={styles.notes} aria-label="Left out">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      </MessageBarBody>
    </MessageBar>
  );
}

/** `2 groups read, 1 waiting, 14 addresses found`. */
export function progressWords({ groups, waiting, found }: DirectoryLookup, kind: LookupKind): string {
  const addresses = `${counted(found, "address", "addresses")} found`;
  if (kind === "name") return addresses;
  const lists = counted(groups, kind === "rooms" ? "room list" : "group");
  return `${lists} read, ${count(waiting)} waiting, ${addresses}`;
}

function fraction(answer: DirectoryLookup | undefined): number | undefined {
  const all = (answer?.groups ?? 0) + (answer?.waiting ?? 0);
  return answer === undefined || all === 0 ? undefined : answer.groups / all;
}

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
  numbers: { fontVariantNumeric: "tabular-nums" },
  notes: { margin: 0, paddingInlineStart: "20px" },
});
