import { MessageBar, MessageBarBody, makeStyles, ProgressBar, Text, tokens } from "@fluentui/react-components";
import { useState } from "react";
import { useCopyFocused } from "@/components/CommandBlocks";
import { CopyButton } from "@/components/CopyButton";
import { DatedBadge } from "@/components/DatedBadge";
import { Disclosure } from "@/components/Disclosure";
import { PageTitle } from "@/components/PageTitle";
import { ProblemBar } from "@/components/ProblemBar";
import { Skeleton } from "@/components/Skeleton";
import type { Guide } from "@/ipc/generated/Guide";
import { day } from "@/lib/format";
import { useRead, useWrite } from "@/lib/queries";
import { GuideStepView } from "./GuideStepView";
import { NamesForm } from "./NamesForm";
import { OrganizationPicker } from "./OrganizationPicker";
import { progressWords } from "./Page";
import { useGuideOrganization } from "./useGuideOrganization";

/** One guide, filled in with an organization's names. */
export function GuidePage({ guide: id }: { guide: string }) {
  const organization = useGuideOrganization();
  const request = { guide: id, ...(organization.id === undefined ? {} : { organization: organization.id }) };
  const { data: guide, error, refetch } = useRead("guide_show", request, { enabled: organization.ready });
  const [dirty, setDirty] = useState(false);
  useCopyFocused();
  return (
    <>
      <PageTitle title={guide?.summary.title ?? "Guide"}>
        <OrganizationPicker
          organization={organization}
          blocked={dirty ? "Save or discard the names first." : undefined}
        />
      </PageTitle>
      {organization.error && <ProblemBar error={organization.error} onRetry={organization.retry} />}
      {error && <ProblemBar title="The guide can't be shown." error={error} onRetry={() => void refetch()} />}
      {guide === undefined && !error && <Skeleton label="Loading the guide" />}
      {guide && <Loaded guide={guide} organization={organization.id} onDirty={setDirty} />}
    </>
  );
}

/** With no more commands than these the names are folded. */
const fewCommands = 3;

type LoadedProps = { guide: Guide; organization: number | undefined; onDirty: (dirty: boolean) => void };

function Loaded({ guide, organization, onDirty }: LoadedProps) {
  const styles = useStyles();
  const mark = useWrite("guide_mark");
  const { summary, steps } = guide;
  const commands = steps.flatMap((step) => step.blocks).filter((block) => block.copyable).length;
  return (
    <div className={styles.root}>
      <div className={styles.about}>
        <span className={styles.subtitle}>
          <Text>{summary.subtitle}</Text>
          {summary.badge && <DatedBadge badge={summary.badge} />}
        </span>
        <div className={styles.progress}>
          <Text size={200}>{progressWords(summary)}</Text>
          <ProgressBar
            className={styles.bar}
            value={summary.steps === 0 ? 0 : summary.done / summary.steps}
            aria-hidden
          />
        </div>
      </div>
      {summary.badge?.kind === "retired" && (
        <MessageBar intent="warning">
          <MessageBarBody>This route is retired. It is here for reading; its commands can't be copied.</MessageBarBody>
        </MessageBar>
      )}
      {commands > 0 && organization !== undefined && (
        // Names come first; where little is typed, or once something is done, they stand behind their button.
        <Disclosure
          key={organization}
          label="Names in the commands"
          open={summary.done === 0 && commands > fewCommands}
          keep
        >
          <NamesForm organization={organization} names={guide.names} onDirty={onDirty} />
        </Disclosure>
      )}
      {mark.error && <ProblemBar title="The mark was not kept." error={mark.error} />}
      <ol className={styles.steps} aria-label="Steps of the guide">
        {steps.map((step, index) => (
          <GuideStepView
            key={step.id}
            step={step}
            number={index + 1}
            organization={organization}
            copyFacts={step.page === "microsoft_test"}
            markBlocked={organization === undefined ? "Choose an organization to keep marks." : undefined}
            onMark={(done) =>
              organization !== undefined && mark.mutate({ organization, guide: summary.id, step: step.id, done })
            }
          />
        ))}
      </ol>
      <Sources guide={guide} />
    </div>
  );
}

/** What it rests on, to read elsewhere: addresses are copied, never opened. */
function Sources({ guide }: { guide: Guide }) {
  const styles = useStyles();
  return (
    <footer className={styles.sources}>
      {guide.sources.length > 0 && (
        <>
          <Text as="h2" weight="semibold" className={styles.heading}>
            Sources
          </Text>
          <ul className={styles.list} aria-label="Sources">
            {guide.sources.map((source) => (
              <li key={source} className={styles.source}>
                <span className={styles.address}>{source}</span>
                <CopyButton text={source} label={`Copy ${source}`} iconOnly appearance="subtle" />
              </li>
            ))}
          </ul>
        </>
      )}
      <Text size={200} className={styles.dated}>
        {`Badges follow the calendar of ${day(guide.calendar)}.`}
      </Text>
    </footer>
  );
}

const useStyles = makeStyles({
  root: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalL,
    maxWidth: "920px",
    paddingBottom: tokens.spacingVerticalXXL,
  },
  about: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalXL, justifyContent: "space-between" },
  subtitle: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalS },
  progress: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS },
  bar: { width: "120px" },
  steps: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    margin: 0,
    padding: 0,
    listStyleType: "none",
  },
  sources: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS },
  heading: { margin: 0 },
  list: { margin: 0, padding: 0, listStyleType: "none" },
  source: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalXS },
  address: { overflowWrap: "anywhere", fontSize: tokens.fontSizeBase200 },
  dated: { color: tokens.colorNeutralForeground3 },
});
