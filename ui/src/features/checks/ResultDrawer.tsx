import {
  Button,
  DrawerBody,
  DrawerHeader,
  DrawerHeaderTitle,
  makeStyles,
  OverlayDrawer,
  Text,
  tokens,
} from "@fluentui/react-components";
import { ArrowDownRegular, ArrowUpRegular, DismissRegular } from "@fluentui/react-icons";
import { useQueryClient } from "@tanstack/react-query";
import { CommandBlocks, useCopyFocused } from "@/components/CommandBlocks";
import { CopyButton } from "@/components/CopyButton";
import { ProblemBar } from "@/components/ProblemBar";
import { ReasonList } from "@/components/ReasonList";
import { Skeleton } from "@/components/Skeleton";
import type { ResultDetail } from "@/ipc/generated/ResultDetail";
import type { ResultsPage } from "@/ipc/generated/ResultsPage";
import type { ResultsQuery } from "@/ipc/generated/ResultsQuery";
import { useHotkeys } from "@/lib/keys";
import { useRead } from "@/lib/queries";
import { useUrlState } from "@/lib/urlState";
import { FolderVerdicts } from "./FolderVerdicts";
import { filterOf, placeIn, resultsQuery } from "./queries";
import { ResultFacts } from "./ResultFacts";
import { ResultStatusBadge } from "./ResultStatusBadge";
import { RightMailbox } from "./RightMailbox";
import { supportText } from "./supportText";

type ResultDrawerProps = { run: string; seq: number; onClose: () => void };

/** One mailbox with everything that is known: facts, what to do, what went over the wire. */
export function ResultDrawer({ run, seq, onClose }: ResultDrawerProps) {
  const styles = useStyles();
  const detail = useRead("result_show", { run, seq });
  useCopyFocused();
  const step = useNeighbor(run, seq, detail.data);
  useHotkeys({ j: () => void step(1), k: () => void step(-1) });
  return (
    <OverlayDrawer
      open
      position="end"
      modalType="non-modal"
      className={styles.drawer}
      aria-label="Details of the mailbox"
      onOpenChange={(_, data) => data.open || onClose()}
    >
      <DrawerHeader>
        <DrawerHeaderTitle
          action={<Button appearance="subtle" aria-label="Close" icon={<DismissRegular />} onClick={onClose} />}
        >
          <span className={styles.title}>{detail.data?.row.mailbox ?? "Mailbox"}</span>
        </DrawerHeaderTitle>
        <div className={styles.actions}>
          <Button size="small" icon={<ArrowUpRegular />} aria-keyshortcuts="K" onClick={() => void step(-1)}>
            Previous
          </Button>
          <Button size="small" icon={<ArrowDownRegular />} aria-keyshortcuts="J" onClick={() => void step(1)}>
            Next
          </Button>
          {detail.data && <CopyButton text={supportText(run, detail.data)} label="Copy for support" />}
        </div>
      </DrawerHeader>
      <DrawerBody>
        {detail.error && <ProblemBar error={detail.error} onRetry={() => void detail.refetch()} />}
        {detail.isPending && <Skeleton label="Loading the details" />}
        {detail.data && <Detail detail={detail.data} />}
      </DrawerBody>
    </OverlayDrawer>
  );
}

function Detail({ detail }: { detail: ResultDetail }) {
  const styles = useStyles();
  const { row } = detail;
  return (
    <div className={styles.body}>
      <div className={styles.verdict}>
        <ResultStatusBadge row={row} />
        {row.message !== null && <Text weight="semibold">{row.message}</Text>}
      </div>
      {detail.explanation !== null && <Text>{detail.explanation}</Text>}
      <ReasonList reasons={detail.reasons} />
      <ResultFacts detail={detail} />
      <FolderVerdicts folders={detail.folders} expectation={row.expectation} />
      {detail.proof !== null && <RightMailbox proof={detail.proof} />}
      {detail.remedy.length > 0 && (
        <section aria-label="What to do">
          <CommandBlocks commands={detail.remedy} />
        </section>
      )}
      {detail.evidence ? (
        <>
          <Wire title="Request, redacted" text={detail.evidence.request} />
          <Wire title="Reply, redacted" text={detail.evidence.reply} />
        </>
      ) : (
        <Text size={200}>
          {row.verdict === "granted" ? "Evidence is not kept for Success." : "No evidence is kept."}
        </Text>
      )}
    </div>
  );
}

function Wire({ title, text }: { title: string; text: string }) {
  const styles = useStyles();
  return (
    <section aria-label={title}>
      <div className={styles.wireHead}>
        <Text weight="semibold">{title}</Text>
        <CopyButton text={text} label={`Copy ${title.toLowerCase()}`} iconOnly appearance="subtle" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long answers scroll by keyboard */}
      <pre className={styles.wire} tabIndex={0}>
        {text}
      </pre>
    </section>
  );
}

/** Goes to the row before or after this one: in the list as it is filtered and sorted, if it is loaded, else as listed. */
function useNeighbor(run: string, seq: number, detail: ResultDetail | undefined) {
  const client = useQueryClient();
  const [url, setUrl] = useUrlState();
  return async (by: 1 | -1): Promise<void> => {
    const filter = filterOf(url);
    const wanted = JSON.stringify({ run, ...filter });
    const pages = client
      .getQueriesData<ResultsPage>({ queryKey: ["results_page"] })
      .filter(([key]) => JSON.stringify(withoutPlace(key[1] as ResultsQuery)) === wanted)
      .map(([key, page]) => [(key[1] as ResultsQuery).offset, page] as const);
    const place = placeIn(pages, seq);
    if (place === undefined) {
      const next = by === 1 ? detail?.next : detail?.previous;
      if (next !== null && next !== undefined) setUrl({ seq: next });
      return;
    }
    if (place + by < 0) return;
    const page = await client.fetchQuery(resultsQuery(run, filter, place + by, 1));
    const neighbor = page.rows[0];
    if (neighbor) setUrl({ seq: neighbor.seq });
  };
}

function withoutPlace({ offset: _offset, limit: _limit, ...rest }: ResultsQuery) {
  return rest;
}

const useStyles = makeStyles({
  drawer: { width: "min(560px, 92vw)" },
  title: { overflowWrap: "anywhere" },
  actions: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalS },
  body: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    paddingBottom: tokens.spacingVerticalL,
  },
  verdict: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalM },
  wireHead: { display: "flex", alignItems: "center", justifyContent: "space-between" },
  wire: {
    margin: 0,
    padding: tokens.spacingHorizontalM,
    maxHeight: "320px",
    overflow: "auto",
    whiteSpace: "pre-wrap",
    overflowWrap: "anywhere",
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    backgroundColor: tokens.colorNeutralBackground3,
    borderRadius: tokens.borderRadiusMedium,
  },
});
