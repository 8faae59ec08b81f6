import { MessageBar, MessageBarBody, makeStyles, mergeClasses, Text, tokens } from "@fluentui/react-components";
import type { CertificateInfo } from "@/ipc/generated/CertificateInfo";
import { isSelfSigned, validityWords } from "@/lib/certificates";
import { readableSha256 } from "@/lib/fingerprint";
import { dateTime } from "@/lib/format";
import { StateBadge } from "./VerdictBadge";

type PinComparisonProps = {
  /** What was pinned; its certificate is missing where only the SHA-256 was typed. */
  pinned: { sha256: string; certificate?: CertificateInfo };
  seen: CertificateInfo;
};

type Line = { term: string; before: string | null; now: string; monospace?: boolean };

/** The pinned certificate and the one the server shows now, side by side; what differs is marked. */
export function PinComparison({ pinned, seen }: PinComparisonProps) {
  const styles = useStyles();
  return (
    <>
      <table className={styles.table} aria-label="Pinned certificate and the one the server shows now">
        <thead>
          <tr>
            <td />
            <th scope="col" className={styles.cell}>
              Pinned
            </th>
            <th scope="col" className={styles.cell}>
              Shown now
            </th>
          </tr>
        </thead>
        <tbody>
          {linesOf(pinned, seen).map(({ term, before, now, monospace }) => {
            const differs = before !== null && before !== now;
            const value = mergeClasses(styles.cell, monospace && styles.monospace);
            return (
              <tr key={term} className={mergeClasses(differs && styles.differs)}>
                <th scope="row" className={mergeClasses(styles.cell, styles.term)}>
                  {term}
                  {differs && <StateBadge tone="warning">Differs</StateBadge>}
                </th>
                <td className={value}>{before ?? <span className={styles.term}>not known</span>}</td>
                <td className={value}>{now}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <Hint pinned={pinned} seen={seen} />
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
    { term: "SHA-256", before: readableSha256(sha256), now: readableSha256(seen.sha256), monospace: true },
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
    ":first-child": { width: "96px" },
  },
  term: { fontWeight: tokens.fontWeightRegular, color: tokens.colorNeutralForeground2 },
  differs: { backgroundColor: tokens.colorStatusWarningBackground1 },
  monospace: { fontFamily: tokens.fontFamilyMonospace },
});
