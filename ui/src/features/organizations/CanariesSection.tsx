import { Button, makeStyles, Spinner, Text, tokens } from "@fluentui/react-components";
import { DismissRegular, ShieldRegular } from "@fluentui/react-icons";
import { Link } from "@tanstack/react-router";
import { useId, useState } from "react";
import { ProblemBar } from "@/components/ProblemBar";
import { VerdictBadge } from "@/components/VerdictBadge";
import { When } from "@/components/When";
import type { UserRow } from "@/ipc/generated/UserRow";
import { counted } from "@/lib/format";
import { useRead } from "@/lib/queries";
import { AddCanaries } from "./AddCanaries";
import { RemoveCanaryDialog } from "./RemoveCanaryDialog";

/** Canaries that stand in the section; the rest stands in the list of users. */
const shown = 10;

/** `Must-be-refused canaries` of an organization (panel 6). */
export function CanariesSection({ organization }: { organization: number }) {
  const styles = useStyles();
  const id = useId();
  const { data, error, refetch } = useRead("users_page", {
    organization,
    filter: { ...noFilter, mustRefuse: true },
    sort: "address",
    offset: 0,
    limit: shown,
  });
  const [doomed, setDoomed] = useState<UserRow>();
  return (
    <section className={styles.root} aria-labelledby={id}>
      <Text as="h2" id={id} weight="semibold" className={styles.title}>
        Must-be-refused canaries
      </Text>
      <Text>
        Mailboxes outside the scope of the right. Every check asks for them too: refused proves the scope, opened is an
        alarm.
      </Text>
      {error === null ? null : <ProblemBar error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null ? <Spinner size="tiny" label="Reading the canaries" /> : null}
      {data !== undefined && data.total === 0 ? (
        <div className={styles.empty}>
          <ShieldRegular aria-hidden className={styles.icon} />
          <Text>Without a canary the scope is not proven.</Text>
        </div>
      ) : null}
      {data !== undefined && data.total > 0 ? (
        <ul className={styles.list} aria-labelledby={id}>
          {data.rows.map((row) => (
            <Canary key={row.id} row={row} onRemove={() => setDoomed(row)} />
          ))}
        </ul>
      ) : null}
      {data !== undefined && data.total > data.rows.length ? (
        <Link
          className={styles.link}
          to="/organizations/$id/users"
          params={{ id: organization }}
          search={{ flag: "must_refuse" } as never}
        >
          {`Show all ${counted(data.total, "canary", "canaries")}`}
        </Link>
      ) : null}
      <AddCanaries organization={organization} />
      {doomed === undefined ? null : <RemoveCanaryDialog row={doomed} onClose={() => setDoomed(undefined)} />}
    </section>
  );
}

const noFilter = {
  search: null,
  syncAccess: null,
  verdict: null,
  mustRefuse: null,
  synchronizationDisabled: null,
  location: null,
};

function Canary({ row, onRemove }: { row: UserRow; onRemove: () => void }) {
  const styles = useStyles();
  return (
    <li className={styles.row}>
      <span className={styles.address} title={row.address}>
        {row.address}
      </span>
      <span className={styles.verdict}>
        {row.lastVerdict === null ? (
          "Never checked"
        ) : (
          <>
            <VerdictBadge verdict={row.lastVerdict} expectation="must_refuse" /> <When at={row.lastCheckedAt} />
          </>
        )}
      </span>
      <Button
        size="small"
        appearance="subtle"
        icon={<DismissRegular />}
        aria-label={`Remove ${row.address}`}
        title="Remove"
        onClick={onRemove}
      />
    </li>
  );
}

const useStyles = makeStyles({
  root: {
    display: "flex",
    flexDirection: "column",
    flexShrink: 0,
    gap: tokens.spacingVerticalS,
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalM}`,
    marginBottom: tokens.spacingVerticalL,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
  },
  title: { margin: 0 },
  empty: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS },
  icon: { flexShrink: 0, fontSize: tokens.fontSizeBase500, color: tokens.colorStatusWarningForeground3 },
  link: {
    alignSelf: "start",
    color: tokens.colorBrandForegroundLink,
    textDecorationLine: "none",
    ":hover": { textDecorationLine: "underline" },
  },
  list: { margin: 0, padding: 0, listStyleType: "none" },
  row: {
    display: "grid",
    gridTemplateColumns: "minmax(0, 1fr) auto auto",
    alignItems: "center",
    gap: tokens.spacingHorizontalM,
    minHeight: "32px",
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  address: { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" },
  verdict: {
    color: tokens.colorNeutralForeground2,
    overflow: "hidden",
    textOverflow: "ellipsis",
    whiteSpace: "nowrap",
  },
});
