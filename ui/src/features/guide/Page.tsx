import { Button, makeStyles, ProgressBar, Text, tokens } from "@fluentui/react-components";
import { BookOpenRegular, RocketRegular } from "@fluentui/react-icons";
import { Link, useNavigate } from "@tanstack/react-router";
import { DatedBadge } from "@/components/DatedBadge";
import { EmptyState } from "@/components/EmptyState";
import { PageTitle } from "@/components/PageTitle";
import { ProblemBar } from "@/components/ProblemBar";
import { Skeleton } from "@/components/Skeleton";
import type { GuideSummary } from "@/ipc/generated/GuideSummary";
import { count } from "@/lib/format";
import { useRead } from "@/lib/queries";
import { useUrlState } from "@/lib/urlState";
import { OrganizationPicker } from "./OrganizationPicker";
import { useGuideOrganization } from "./useGuideOrganization";

/** `Guide`: what there is to read, how it stands today, and how far it is done. */
export function GuidesPage() {
  const styles = useStyles();
  const navigate = useNavigate();
  const organization = useGuideOrganization();
  const request = { organization: organization.id ?? null };
  const { data: guides, error, refetch } = useRead("guides_list", request, { enabled: organization.ready });
  return (
    <>
      <PageTitle title="Guide">
        <OrganizationPicker organization={organization} />
        <Button icon={<RocketRegular />} onClick={() => void navigate({ to: "/first-run" })}>
          First steps
        </Button>
      </PageTitle>
      {organization.error && <ProblemBar error={organization.error} onRetry={organization.retry} />}
      {error && <ProblemBar title="The guides can't be shown." error={error} onRetry={() => void refetch()} />}
      {guides === undefined && !error && <Skeleton label="Loading the guides" />}
      {guides?.length === 0 && <EmptyState icon={<BookOpenRegular />} text="No guides." />}
      {guides !== undefined && guides.length > 0 && (
        <ul className={styles.list}>
          {guides.map((guide) => (
            <li key={guide.id}>
              <Entry guide={guide} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Entry({ guide }: { guide: GuideSummary }) {
  const styles = useStyles();
  const [{ organization }] = useUrlState();
  return (
    <Link
      to="/guide/$guide"
      params={{ guide: guide.id }}
      search={(organization === undefined ? {} : { organization }) as never}
      className={styles.entry}
    >
      <span className={styles.about}>
        <span className={styles.head}>
          <Text weight="semibold" size={400}>
            {guide.title}
          </Text>
          {guide.badge && <DatedBadge badge={guide.badge} />}
        </span>
        <Text className={styles.subtitle}>{guide.subtitle}</Text>
      </span>
      <span className={styles.progress}>
        <Text size={200}>{progressWords(guide)}</Text>
        {guide.steps > 0 && <ProgressBar value={guide.done / guide.steps} aria-hidden />}
      </span>
    </Link>
  );
}

/** `2 of 4 steps done`. */
export function progressWords({ done, steps }: Pick<GuideSummary, "done" | "steps">): string {
  return done === steps && steps > 0
    ? `All ${count(steps)} done`
    : `${count(done)} of ${count(steps)} ${steps === 1 ? "step" : "steps"} done`;
}

const useStyles = makeStyles({
  list: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalS,
    margin: 0,
    padding: 0,
    listStyleType: "none",
    maxWidth: "920px",
  },
  entry: {
    display: "flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalL,
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}`,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    color: tokens.colorNeutralForeground1,
    textDecorationLine: "none",
    ":hover": { backgroundColor: tokens.colorNeutralBackground1Hover },
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  about: { display: "flex", flexDirection: "column", flexGrow: 1, minWidth: 0, gap: tokens.spacingVerticalXXS },
  head: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalS },
  subtitle: { color: tokens.colorNeutralForeground2 },
  progress: { display: "flex", flexDirection: "column", flexShrink: 0, gap: tokens.spacingVerticalXS, width: "120px" },
});
