import { Badge, Button, makeStyles, Title2, Tooltip, tokens } from "@fluentui/react-components";
import { ArrowRightRegular } from "@fluentui/react-icons";
import { Link, useNavigate } from "@tanstack/react-router";
import { ProblemBar } from "@/components/ProblemBar";
import { RunVerdictBadge } from "@/components/RunVerdictBadge";
import { Skeleton } from "@/components/Skeleton";
import { StateBadge } from "@/components/VerdictBadge";
import { When } from "@/components/When";
import type { OrganizationPage } from "@/ipc/generated/OrganizationPage";
import { counted } from "@/lib/format";
import { platforms } from "@/lib/labels";
import { useRead } from "@/lib/queries";
import { SyncCountsText } from "./SyncCountsText";

const useStyles = makeStyles({
  root: { display: "flex", alignItems: "flex-start", flexShrink: 0, gap: tokens.spacingHorizontalL },
  about: { display: "flex", flexDirection: "column", flexGrow: 1, minWidth: 0, gap: tokens.spacingVerticalXS },
  line: {
    display: "flex",
    alignItems: "center",
    flexWrap: "wrap",
    columnGap: tokens.spacingHorizontalM,
    rowGap: tokens.spacingVerticalXXS,
    color: tokens.colorNeutralForeground2,
  },
  name: {
    margin: 0,
    fontSize: tokens.fontSizeBase600,
    lineHeight: tokens.lineHeightBase600,
    overflowWrap: "anywhere",
    // A name of 120 characters must not push the page down.
    display: "-webkit-box",
    overflow: "hidden",
    WebkitLineClamp: "2",
    WebkitBoxOrient: "vertical",
  },
  link: {
    display: "inline-flex",
    alignItems: "center",
    minHeight: "24px",
    color: tokens.colorBrandForegroundLink,
    textDecorationLine: "none",
    ":hover": { textDecorationLine: "underline" },
  },
  button: { flexShrink: 0, whiteSpace: "nowrap" },
  next: { display: "flex", flexDirection: "column", alignItems: "flex-end", flexShrink: 0, maxWidth: "320px" },
  blocked: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200, textAlign: "right" },
});

/** Name, platform, counts, last verdict and the next step of an organization (panel 6). */
export function OrganizationHeader({ organization }: { organization: number }) {
  const styles = useStyles();
  const { data: page, error, refetch } = useRead("organization_show", { organization });
  if (error !== null && page === undefined) {
    return <ProblemBar error={error} onRetry={() => void refetch()} />;
  }
  if (page === undefined) {
    return <Skeleton rows={2} label="Loading the organization" />;
  }
  const { row } = page;
  return (
    <div className={styles.root}>
      <div className={styles.about}>
        <div className={styles.line}>
          <Title2 as="h1" className={styles.name} title={row.name} dir="auto">
            {row.name}
          </Title2>
          <Badge appearance="tint" color="informative">
            {platforms[row.platform]}
          </Badge>
          {row.enabled ? null : <StateBadge tone="bad">Synchronization disabled</StateBadge>}
        </div>
        <div className={styles.line}>
          <span>{counted(row.counts.users, "user")}</span>
          {row.counts.users === 0 ? null : <SyncCountsText counts={row.counts} />}
          <LastVerdict page={page} />
        </div>
      </div>
      <NextStep page={page} />
    </div>
  );
}

function LastVerdict({ page }: { page: OrganizationPage }) {
  const styles = useStyles();
  const { lastRun } = page.row;
  if (lastRun === null) {
    return <span>Never checked</span>;
  }
  return (
    <>
      <Link className={styles.link} to="/runs/$run" params={{ run: lastRun.id }}>
        <RunVerdictBadge row={lastRun} />
      </Link>
      <span>
        <When at={lastRun.finishedAt ?? lastRun.startedAt} withAge />
        {lastRun.oldSettings ? ", Old settings" : ""}
      </span>
    </>
  );
}

const steps: Record<string, string> = {
  add_users: "Add users",
  fill_configuration: "Fill Email Configuration",
  check: "Check",
  save: "Save",
};

/** Where to go next. `watch` leads nowhere yet, so it shows no button. */
function NextStep({ page }: { page: OrganizationPage }) {
  const styles = useStyles();
  const navigate = useNavigate();
  const id = page.row.id;
  const label = steps[page.nextStep];
  if (page.running !== null) {
    const run = page.running;
    return (
      <Button
        className={styles.button}
        appearance="primary"
        icon={<ArrowRightRegular />}
        onClick={() => void navigate({ to: "/runs/$run", params: { run } })}
      >
        Show running check
      </Button>
    );
  }
  if (label === undefined) {
    return null;
  }
  const go = () =>
    page.nextStep === "add_users"
      ? void navigate({ to: "/organizations/$id/users", params: { id }, search: { add: "import" } as never })
      : void navigate({ to: "/organizations/$id/configuration", params: { id } });
  const button = (
    <Button
      className={styles.button}
      appearance="primary"
      icon={<ArrowRightRegular />}
      iconPosition="after"
      disabledFocusable={page.blocked !== null}
      onClick={go}
    >
      {`Next step: ${label}`}
    </Button>
  );
  return (
    <div className={styles.next}>
      {page.blocked === null ? (
        button
      ) : (
        <Tooltip content={page.blocked} relationship="description">
          {button}
        </Tooltip>
      )}
      {page.blocked === null ? null : <span className={styles.blocked}>{page.blocked}</span>}
    </div>
  );
}
