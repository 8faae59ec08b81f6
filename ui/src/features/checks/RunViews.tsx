import { makeStyles, Tab, TabList, tokens } from "@fluentui/react-components";
import { memo } from "react";
import type { Cause } from "@/ipc/generated/Cause";
import type { CauseCard } from "@/ipc/generated/CauseCard";
import type { LearnedLoad } from "@/ipc/generated/LearnedLoad";
import type { RunPage } from "@/ipc/generated/RunPage";
import { count } from "@/lib/format";
import { useStable } from "@/lib/stable";
import { text, useUrlState } from "@/lib/urlState";
import { CausesView } from "./CausesView";
import { MailboxesView } from "./MailboxesView";
import { ServerLoadView } from "./ServerLoadView";
import { StepsView } from "./StepsView";
import type { Chosen } from "./useChosen";

type RunViewsProps = {
  page: RunPage;
  running: boolean;
  /** Mailboxes of the run. */
  total: number;
  /** Why the mailboxes of a cause, or those selected, cannot be checked again now; null: they can. */
  recheckBlocked: string | null;
  /** What its server seems to allow, as other runs found out. */
  learned: LearnedLoad | null;
  chosen: Chosen;
  onRecheckCause: (cause: Cause) => void;
  onRecheckChosen: () => void;
};

/** `Causes`, `Mailboxes`, `Steps`, `Server load`: the one the address names. Not drawn again with every progress told. */
export const RunViews = memo(function RunViews(props: RunViewsProps) {
  const { page, running, total, recheckBlocked, chosen } = props;
  const styles = useStyles();
  const [url, setUrl] = useUrlState();
  const view = viewOf(text(url, "view"), page, running);
  const show = useStable(({ cause, finding }: CauseCard) =>
    setUrl({ ...noFilter, view: "mailboxes", cause, findings: finding || undefined }, { push: true }),
  );
  const open = useStable((next: View) => setUrl({ view: next }));
  const recheck = useStable(({ cause }: CauseCard) => props.onRecheckCause(cause));
  const handOff = useStable(({ cause }: CauseCard) => setUrl({ handoff: cause }, { push: true }));
  return (
    <>
      <ViewTabs view={view} causes={page.causes.length} mailboxes={total} onView={open} />
      <div className={view === "mailboxes" ? styles.table : styles.scroll}>
        {view === "causes" && (
          <CausesView
            page={page}
            recheckBlocked={recheckBlocked}
            onShow={show}
            onRecheck={recheck}
            onHandOff={handOff}
          />
        )}
        {view === "mailboxes" && (
          <MailboxesView
            page={page}
            chosen={chosen}
            recheckBlocked={recheckBlocked ?? chosen.tooMany}
            onRecheck={props.onRecheckChosen}
          />
        )}
        {view === "steps" && <StepsView page={page} />}
        {view === "load" && <ServerLoadView run={page.row.id} running={running} learned={props.learned} />}
      </div>
    </>
  );
});

const views = ["causes", "mailboxes", "steps", "load"] as const;
type View = (typeof views)[number];

const noFilter = { q: undefined, verdict: undefined, cause: undefined, findings: undefined, seq: undefined };

type ViewTabsProps = { view: View; causes: number; mailboxes: number; onView: (view: View) => void };

/** Not drawn again with every filter and sort of a view. */
const ViewTabs = memo(function ViewTabs({ view, causes, mailboxes, onView }: ViewTabsProps) {
  const styles = useStyles();
  return (
    <TabList
      className={styles.tabs}
      aria-label="Views of the run"
      selectedValue={view}
      onTabSelect={(_, data) => onView(data.value as View)}
    >
      <Tab value="causes">{`Causes (${count(causes)})`}</Tab>
      <Tab value="mailboxes">{`Mailboxes (${count(mailboxes)})`}</Tab>
      <Tab value="steps">Steps</Tab>
      <Tab value="load">Server load</Tab>
    </TabList>
  );
});

/** Causes by default where something failed; while nothing is decided yet, the steps. */
function viewOf(chosen: string, page: RunPage, running: boolean): View {
  const named = views.find((view) => view === chosen);
  if (named) return named;
  if (running) return "steps";
  return page.causes.length > 0 ? "causes" : "mailboxes";
}

const useStyles = makeStyles({
  tabs: { borderBottom: `1px solid ${tokens.colorNeutralStroke2}`, flexShrink: 0 },
  table: { display: "flex", flexDirection: "column", flexGrow: 1, minHeight: "260px" },
  scroll: { flexGrow: 1, minHeight: "200px", overflowY: "auto", paddingTop: tokens.spacingVerticalXS },
});
