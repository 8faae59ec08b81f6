import { MessageBar, MessageBarBody, makeStyles, mergeClasses, Text, tokens } from "@fluentui/react-components";
import type { CertificateInfo } from "@/ipc/generated/CertificateInfo";
import { isSelfSigned, validityWords } from "@/lib/certificates";
import { dateTime } from "@/lib/format";
import { Sha256 } from "./Sha256";
import { StateBadge } from "./VerdictBadge";

type PinComparisonProps = {
  /** What was pinned; its certificate is missing where only the SHA-256 was typed. */
  pinned: { sha256: string; certificate?: CertificateInfo };
  seen: CertificateInfo;
};

type Line = { term: string; before: string | null; now: string; hash?: boolean };

/** The pinned certificate and the one the server shows now, side by side; what differs is marked. */
export function PinComparison({ pinned, seen }: PinComparisonProps) {
  const styles = useStyles();
  return (
    <>
      <Hint pinned={pinned} seen={seen} />
      <table className={styles.table} aria-label="Pinned certificate and the one the server shows now">
        <thead>
          <tr>
            <td className={mergeClasses(styles.cell, styles.first)} />
            <th scope="col" className={styles.cell}>
              Pinned
            </th>
            <th scope="col" className={styles.cell}>
              Shown now
            </th>
          </tr>
        </thead>
        <tbody>
          {linesOf(pinned, seen).map(({ term, before, now, hash }) => {
            const differs = before !== null && before !== now;
            const shown = (value: string) => (hash ? <Sha256 value={value} /> : value);
            return (
              <tr key={term} className={mergeClasses(differs && styles.differs)}>
                <th scope="row" className={mergeClasses(styles.cell, styles.term)}>
                  <div>{term}</div>
                  {differs && <StateBadge tone="warning">Differs</StateBadge>}
                </th>
                <td className={styles.cell}>
                  {before === null ? <span className={styles.term}>not known</span> : shown(before)}
                </td>
                <td className={styles.cell}>{shown(now)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}

/** What the difference looks like: a renewal, or someone in between. */
function Hint({ pinned: { certificate }, seen }: PinComparisonProps) {
  if (!certificate) {
    return (
      <Text size={200}>
        Only the SHA-256 of the pinned one was kept. The next pin keeps what the certificate says too.
      </Text>
    );
  }
  if (certificate.issuer === seen.issuer) {
    return (
      <Text size={200}>
        The issuer is the same, as after a renewal. Compare the SHA-256 with the server's all the same.
      </Text>
    );
  }
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        The issuer is another one. That is how a TLS-inspecting proxy between this computer and the server looks: ask
        the network team before you pin it. It would read the password, and NTLM with Extended Protection fails through
        it.
      </MessageBarBody>
    </MessageBar>
  );
}

function linesOf({ sha256, certificate }: PinComparisonProps["pinned"], seen: CertificateInfo): Line[] {
  const of = (read: (certificate: CertificateInfo) => string) => ({
    before: certificate ? read(certificate) : null,
    now: read(seen),
  });
  return [
    { term: "Subject", ...of((one) => one.subject) },
    { term: "Names", ...of((one) => one.names.join(", ") || "none") },
    { term: "Issuer", ...of((one) => (isSelfSigned(one) ? `${one.issuer} (signs itself)` : one.issuer)) },
    { term: "Valid from", ...of((one) => dateTime(one.notBefore)) },
    { term: "Valid until", ...of((one) => `${dateTime(one.notAfter)}. ${validityWords(one)}`) },
    { term: "SHA-256", before: sha256, now: seen.sha256, hash: true },
  ];
}

const useStyles = makeStyles({
  table: { borderCollapse: "collapse", width: "100%", tableLayout: "fixed", fontSize: tokens.fontSizeBase200 },
  cell: {
    textAlign: "start",
    verticalAlign: "top",
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    overflowWrap: "anywhere",
  },
  first: { width: "104px" },
  term: { fontWeight: tokens.fontWeightRegular, color: tokens.colorNeutralForeground2 },
  differs: { backgroundColor: tokens.colorStatusWarningBackground1 },
});
