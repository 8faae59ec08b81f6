import { Button, makeStyles, Spinner, Text, tokens } from "@fluentui/react-components";
import { CloudRegular, QuestionCircleRegular, ServerRegular, Warning20Filled } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { ProblemBar } from "@/components/ProblemBar";
import type { HybridMap } from "@/ipc/generated/HybridMap";
import type { MailboxLocation } from "@/ipc/generated/MailboxLocation";
import { offlineReason, useOffline } from "@/lib/appState";
import { count, counted } from "@/lib/format";
import { query, useRefresh, useWrite } from "@/lib/queries";

type HybridCardProps = {
  organization: number;
  /** In few words, and only where mailboxes live elsewhere, or it is being found out. */
  quiet?: boolean;
};

/** Where mailboxes live, how that was told, and what it means by date. */
export function HybridCard({ organization, quiet = false }: HybridCardProps) {
  const map = useMap(organization);
  const styles = useStyles();
  const id = useId();
  const { data, error } = map;
  if (error && data === undefined) {
    return quiet ? null : <ProblemBar title="Where mailboxes live can't be shown." error={error} onRetry={map.retry} />;
  }
  if (data === undefined || (quiet && data.exchangeOnline === 0 && data.asked === null)) return null;
  const total = data.onPremises + data.exchangeOnline + data.unknown;
  return (
    <section className={styles.root} aria-labelledby={id}>
      <div className={styles.head}>
        <Text as="h2" id={id} weight="semibold" className={styles.title}>
          Where mailboxes live
        </Text>
        <Count organization={organization} location="on_premises" value={data.onPremises} icon={<ServerRegular />} />
        <Count
          organization={organization}
          location="exchange_online"
          value={data.exchangeOnline}
          icon={<CloudRegular />}
        />
        <Count organization={organization} location="unknown" value={data.unknown} icon={<QuestionCircleRegular />} />
      </div>
      {data.consequence !== null && (
        <div className={styles.consequence}>
          <Warning20Filled aria-hidden className={styles.warning} />
          <Text>{data.consequence}</Text>
        </div>
      )}
      {data.message !== null && (
        <Text size={200} role="status">
          {data.message}
        </Text>
      )}
      {map.problem && <ProblemBar title="Nobody was asked." error={map.problem} />}
      {(!quiet || data.asked !== null) && (
        <div className={styles.foot}>
          <Text size={200} className={styles.told}>
            {data.toldBy}
          </Text>
          <Find map={map} data={data} total={total} />
        </div>
      )}
    </section>
  );
}

const places: Record<MailboxLocation, string> = {
  on_premises: "on-premises",
  exchange_online: "in Exchange Online",
  unknown: "not known",
};

type CountProps = { organization: number; location: MailboxLocation; value: number; icon: ReactNode };

/** A number that leads to its users. */
function Count({ organization, location, value, icon }: CountProps) {
  const styles = useStyles();
  const words = (
    <>
      <span aria-hidden className={styles.icon}>
        {icon}
      </span>
      {`${count(value)} ${places[location]}`}
    </>
  );
  if (value === 0) return <span className={styles.count}>{words}</span>;
  return (
    <Link
      className={styles.link}
      to="/organizations/$id/users"
      params={{ id: organization }}
      search={{ location } as never}
    >
      {words}
    </Link>
  );
}

function Find({ map, data, total }: { map: ReturnType<typeof useMap>; data: HybridMap; total: number }) {
  const styles = useStyles();
  const offline = useOffline();
  if (data.asked !== null) {
    return (
      <span className={styles.asking}>
        <Spinner size="tiny" aria-hidden />
        <span role="status" className={styles.numbers}>{`${counted(data.asked, "user")} asked`}</span>
        <Button size="small" onClick={map.stop}>
          Cancel
        </Button>
      </span>
    );
  }
  const blocked = offline ? offlineReason : total === 0 ? "Add users first." : undefined;
  return (
    <Button
      size="small"
      disabledFocusable={blocked !== undefined || map.busy}
      title={blocked ?? "Asks Autodiscover, without any password"}
      onClick={() => blocked === undefined && map.start()}
    >
      Find out where they live
    </Button>
  );
}

/** The map; read again and again while users are asked, and the lists once at the end. */
function useMap(organization: number) {
  const request = { organization };
  const read = useQuery({
    ...query("hybrid_map", request),
    refetchInterval: ({ state }) => (state.data?.asked == null ? false : 500),
  });
  const start = useWrite("hybrid_map_start");
  const cancel = useWrite("hybrid_map_cancel");
  const refresh = useRefresh();
  const asked = read.data?.asked ?? null;
  const wasAsking = useRef(false);
  useEffect(() => {
    if (wasAsking.current && asked === null) void refresh("hybrid_map_cancel");
    wasAsking.current = asked !== null;
  }, [asked, refresh]);
  return {
    data: read.data,
    error: read.error,
    retry: () => void read.refetch(),
    busy: start.isPending,
    problem: start.error ?? cancel.error,
    start: () => start.mutate(request),
    stop: () => cancel.mutate(request),
  };
}

const useStyles = makeStyles({
  root: {
    display: "flex",
    flexDirection: "column",
    flexShrink: 0,
    gap: tokens.spacingVerticalXS,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    marginBottom: tokens.spacingVerticalS,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
  },
  head: {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    columnGap: tokens.spacingHorizontalL,
    rowGap: tokens.spacingVerticalXS,
  },
  title: { margin: 0 },
  foot: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalM },
  count: { display: "inline-flex", alignItems: "center", gap: tokens.spacingHorizontalXS, minHeight: "24px" },
  link: {
    display: "inline-flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalXS,
    minHeight: "24px",
    color: tokens.colorBrandForegroundLink,
    textDecorationLine: "none",
    ":hover": { textDecorationLine: "underline" },
  },
  icon: { display: "inline-flex", fontSize: tokens.fontSizeBase400 },
  asking: { display: "inline-flex", alignItems: "center", gap: tokens.spacingHorizontalS },
  numbers: { fontVariantNumeric: "tabular-nums" },
  consequence: { display: "flex", alignItems: "flex-start", gap: tokens.spacingHorizontalS },
  warning: { flexShrink: 0, color: tokens.colorStatusWarningForeground3 },
  told: { flexGrow: 1, color: tokens.colorNeutralForeground3 },
});
