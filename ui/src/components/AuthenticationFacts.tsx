import { makeStyles, mergeClasses, Text, tokens } from "@fluentui/react-components";
import type { ChannelBinding } from "@/ipc/generated/ChannelBinding";
import type { RunAuthentication } from "@/ipc/generated/RunAuthentication";
import type { SchemeOutcome } from "@/ipc/generated/SchemeOutcome";
import type { ServerDomain } from "@/ipc/generated/ServerDomain";
import { isSkewed, outcomeWords, skewWords, triedWords } from "@/lib/schemes";
import { type FactLine, Facts } from "./Facts";
import { StateBadge, type Tone } from "./VerdictBadge";

type AuthenticationFactsProps = { found: RunAuthentication };

/** What a server says before any log-on: schemes, build, clock, domain. */
export function ServerFacts({ found, more = [] }: AuthenticationFactsProps & { more?: readonly FactLine[] }) {
  const { offered, server_version, clock_skew_seconds, domain } = found;
  const lines: FactLine[] = [];
  if (offered.length > 0) lines.push({ term: "Offers", value: offered.join(", ") });
  if (server_version !== null) lines.push({ term: "Build", value: server_version });
  if (clock_skew_seconds !== null) {
    lines.push({
      term: "Clock",
      value: skewWords(clock_skew_seconds),
      mark: isSkewed(clock_skew_seconds) ? (
        <StateBadge tone="warning">More than 5 min: sign-ins may be refused for it</StateBadge>
      ) : undefined,
    });
  }
  if (domain !== null) lines.push({ term: "Domain", value: domainWords(domain) });
  lines.push(...more);
  return lines.length === 0 ? null : <Facts label="What the server says" lines={lines} />;
}

/** The truth table of schemes: offered, tried, how it ended; and the channel binding. */
export function LogOnFacts({ found, compact = false }: AuthenticationFactsProps & { compact?: boolean }) {
  const styles = useStyles();
  const { tried, accepted, channel_binding } = found;
  if (tried.length === 0) return null;
  const lines: FactLine[] = [{ term: "Accepted", value: accepted ?? "None" }];
  if (channel_binding !== null) lines.push({ term: "Channel binding", value: bindingWords(channel_binding) });
  return (
    <div className={styles.root}>
      {compact ? <TriedList found={found} /> : <SchemeTable found={found} />}
      <Facts label="Log-on" lines={lines} />
    </div>
  );
}

function TriedList({ found: { tried } }: AuthenticationFactsProps) {
  const styles = useStyles();
  return (
    <ul className={styles.list} aria-label="Schemes tried">
      {tried.map((one) => (
        <li key={triedWords(one)}>
          <StateBadge tone={tones[one.outcome]}>{`${triedWords(one)}: ${outcomeWords[one.outcome]}`}</StateBadge>
          {one.detail !== null && (
            <Text size={200} block>
              {one.detail}
            </Text>
          )}
        </li>
      ))}
    </ul>
  );
}

function SchemeTable({ found: { offered, tried } }: AuthenticationFactsProps) {
  const styles = useStyles();
  const offers = (scheme: string) => offered.some((word) => word.toLowerCase() === scheme.toLowerCase());
  const untried = offered.filter((word) => !tried.some(({ scheme }) => scheme.toLowerCase() === word.toLowerCase()));
  return (
    <table className={styles.table} aria-label="Schemes">
      <thead>
        <tr>
          {["Scheme", "Offered", "Tried", "Outcome"].map((title) => (
            <th key={title} scope="col" className={mergeClasses(styles.cell, styles.columnTitle)}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {tried.map((one) => (
          <tr key={triedWords(one)}>
            <th scope="row" className={styles.cell}>
              {triedWords(one)}
            </th>
            <td className={styles.cell}>{offers(one.scheme) ? "Yes" : "No"}</td>
            <td className={styles.cell}>Yes</td>
            <td className={styles.cell}>
              <StateBadge tone={tones[one.outcome]}>{outcomeWords[one.outcome]}</StateBadge>
              {one.detail !== null && <div>{one.detail}</div>}
            </td>
          </tr>
        ))}
        {untried.map((word) => (
          <tr key={word}>
            <th scope="row" className={styles.cell}>
              {word}
            </th>
            <td className={styles.cell}>Yes</td>
            <td className={styles.cell}>No</td>
            <td className={styles.cell}>–</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const tones: Record<SchemeOutcome, Tone> = {
  accepted: "good",
  refused: "bad",
  not_possible: "neutral",
  unanswered: "unknown",
};

function domainWords({ netbios, dns, forest, computer }: ServerDomain): string {
  const domain = netbios !== null && dns !== null ? `${netbios} (${dns})` : (netbios ?? dns ?? "not named");
  const more = [
    forest !== null && forest !== dns ? `forest ${forest}` : null,
    computer !== null ? `answered by ${computer}` : null,
  ];
  return [domain, ...more].filter((part) => part !== null).join(", ");
}

function bindingWords({ sent, hash, looked_at }: ChannelBinding): string {
  if (!sent) return "Not sent";
  const how = hash === null ? "Sent" : `Sent, made with ${hash} of the server's certificate`;
  switch (looked_at) {
    case "by_default":
      return `${how}. This build looks at it by default (Extended Protection).`;
    case "unknown":
      return `${how}. Whether this server looks at it is not known: only where Extended Protection was switched on.`;
    case "no":
      return how;
  }
}

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS },
  list: {
    listStyleType: "none",
    margin: 0,
    padding: 0,
    display: "flex",
    flexDirection: "column",
    fontSize: tokens.fontSizeBase200,
  },
  table: { borderCollapse: "collapse", width: "100%", fontSize: tokens.fontSizeBase200 },
  cell: {
    textAlign: "start",
    verticalAlign: "top",
    fontWeight: tokens.fontWeightRegular,
    padding: `${tokens.spacingVerticalXXS} ${tokens.spacingHorizontalM} ${tokens.spacingVerticalXXS} 0`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    ":last-child": { width: "60%" },
  },
  columnTitle: { color: tokens.colorNeutralForeground3 },
});
