import { makeStyles, Text, tokens } from "@fluentui/react-components";
import { Certificate20Regular } from "@fluentui/react-icons";
import type { ReactNode } from "react";
import type { CertificateInfo } from "@/ipc/generated/CertificateInfo";
import { dateTime } from "@/lib/format";
import { CopyButton } from "./CopyButton";
import { StateBadge } from "./VerdictBadge";

type CertificateFactsProps = { certificate: CertificateInfo; action?: ReactNode };

/** Subject, issuer, names, dates and SHA-256 of a certificate. */
export function CertificateFacts({ certificate, action }: CertificateFactsProps) {
  const styles = useStyles();
  const validity = validityOf(certificate, Date.now());
  return (
    <div className={styles.card}>
      <div className={styles.head}>
        <Certificate20Regular aria-hidden className={styles.icon} />
        <Text weight="semibold" className={styles.title}>
          {certificate.subject}
        </Text>
        {action}
      </div>
      <dl className={styles.facts}>
        <dt>Issuer</dt>
        <dd>{certificate.issuer === certificate.subject ? "itself (self-signed)" : certificate.issuer}</dd>
        {certificate.names.length > 0 && (
          <>
            <dt>Names</dt>
            <dd>{certificate.names.join(", ")}</dd>
          </>
        )}
        <dt>Valid</dt>
        <dd>
          {`${dateTime(certificate.notBefore)} to ${dateTime(certificate.notAfter)} `}
          {validity !== null && <StateBadge tone="bad">{validity}</StateBadge>}
        </dd>
        <dt>SHA-256</dt>
        <dd className={styles.hash}>
          {certificate.sha256}{" "}
          <CopyButton text={certificate.sha256} label="Copy SHA-256" iconOnly appearance="subtle" />
        </dd>
        <dt>Kind</dt>
        <dd>{certificate.isCa ? "CA: may issue others" : "Server certificate: may not issue others"}</dd>
      </dl>
    </div>
  );
}

function validityOf(certificate: CertificateInfo, now: number): string | null {
  if (Date.parse(certificate.notAfter) < now) {
    const whose = certificate.isCa ? "This CA" : "This certificate";
    return `${whose} expired on ${dateTime(certificate.notAfter)}.`;
  }
  return Date.parse(certificate.notBefore) > now ? "Not valid yet." : null;
}

const useStyles = makeStyles({
  card: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalXS,
    padding: tokens.spacingHorizontalM,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
  },
  head: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS },
  icon: { flexShrink: 0 },
  title: { flexGrow: 1, overflowWrap: "anywhere" },
  facts: {
    display: "grid",
    gridTemplateColumns: "max-content minmax(0, 1fr)",
    columnGap: tokens.spacingHorizontalM,
    rowGap: tokens.spacingVerticalXXS,
    margin: 0,
    fontSize: tokens.fontSizeBase200,
    "& dt": { color: tokens.colorNeutralForeground3 },
    "& dd": { margin: 0, overflowWrap: "anywhere" },
  },
  hash: { fontFamily: tokens.fontFamilyMonospace },
});
