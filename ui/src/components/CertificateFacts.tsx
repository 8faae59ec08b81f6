import { makeStyles, mergeClasses, Text, tokens } from "@fluentui/react-components";
import { Certificate20Regular } from "@fluentui/react-icons";
import type { ReactNode } from "react";
import type { CertificateInfo } from "@/ipc/generated/CertificateInfo";
import {
  type CertificateFault,
  type CertificateLine,
  commonName,
  isOutOfDate,
  isSelfSigned,
  validityDates,
  validityWords,
} from "@/lib/certificates";
import { CopyButton } from "./CopyButton";
import { type FactLine, Facts } from "./Facts";
import { Sha256 } from "./Sha256";
import { StateBadge } from "./VerdictBadge";

type CertificateFactsProps = {
  certificate: CertificateInfo;
  /** What is wrong with it, where it is known. */
  fault?: CertificateFault | null;
  /** Its place in a chain: `Server certificate`, `Issuing CA`. */
  role?: string;
  action?: ReactNode;
};

/** Subject, issuer, names, validity and SHA-256 of a certificate. */
export function CertificateFacts({ certificate, fault = null, role, action }: CertificateFactsProps) {
  const styles = useStyles();
  return (
    <article
      className={mergeClasses(styles.card, fault !== null && styles.atFault)}
      aria-label={commonName(certificate.subject)}
    >
      <div className={styles.head}>
        <Certificate20Regular aria-hidden className={styles.icon} />
        <div className={styles.title}>
          <Text weight="semibold">{certificate.subject}</Text>
          <Text size={200} className={styles.role}>
            {role ?? (certificate.isCa ? "CA: may issue others" : "Server certificate: may not issue others")}
          </Text>
        </div>
        {action}
      </div>
      <Facts lines={linesOf(certificate, fault, styles.hash)} />
    </article>
  );
}

function linesOf(certificate: CertificateInfo, fault: CertificateFault | null, hashLine: string): FactLine[] {
  const mark = (line: CertificateLine) =>
    fault?.line === line ? <StateBadge tone="bad">{fault.words}</StateBadge> : undefined;
  const { issuer, names, sha256 } = certificate;
  const lines: FactLine[] = [];
  if (names.length > 0) lines.push({ term: "Names", value: names.join(", "), mark: mark("names") });
  lines.push({
    term: "Issuer",
    value: isSelfSigned(certificate) ? "Itself (self-signed)" : issuer,
    mark: mark("issuer"),
  });
  lines.push({ term: "Validity", value: <Validity certificate={certificate} /> });
  lines.push({
    term: "SHA-256",
    value: (
      <span className={hashLine}>
        <Sha256 value={sha256} />
        <CopyButton text={sha256} label="Copy SHA-256" iconOnly appearance="subtle" />
      </span>
    ),
    mark: mark("sha256"),
  });
  return lines;
}

function Validity({ certificate }: { certificate: CertificateInfo }) {
  const words = validityWords(certificate);
  return (
    <>
      {isOutOfDate(certificate) ? <StateBadge tone="bad">{words}</StateBadge> : words}
      {`: ${validityDates(certificate)}`}
    </>
  );
}

const useStyles = makeStyles({
  card: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalXS,
    padding: tokens.spacingHorizontalM,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground1,
    minWidth: 0,
  },
  atFault: { borderLeft: `4px solid ${tokens.colorStatusDangerBorderActive}` },
  head: { display: "flex", alignItems: "flex-start", gap: tokens.spacingHorizontalS },
  icon: { flexShrink: 0 },
  title: { display: "flex", flexDirection: "column", flexGrow: 1, minWidth: 0, overflowWrap: "anywhere" },
  hash: { display: "inline-flex", alignItems: "center", gap: tokens.spacingHorizontalS },
  role: { color: tokens.colorNeutralForeground3 },
});
