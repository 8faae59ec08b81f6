import { makeStyles, tokens } from "@fluentui/react-components";
import { ErrorCircle16Filled, Warning16Filled } from "@fluentui/react-icons";
import { CopyButton } from "@/components/CopyButton";
import { Facts } from "@/components/Facts";
import type { AppCertificate } from "@/ipc/generated/AppCertificate";
import { counted, day } from "@/lib/format";

/** From when on an end is near. */
const soon = 30;

/** What a certificate of an app says; never its key. */
export function AppCertificateFacts({ certificate }: { certificate: AppCertificate }) {
  const styles = useStyles();
  const { name, subject, thumbprint, notAfter, daysLeft } = certificate;
  return (
    <Facts
      label="Certificate of the app"
      lines={[
        { term: "File", value: name },
        { term: "Subject", value: subject },
        {
          term: "Thumbprint",
          value: (
            <span className={styles.line}>
              <code className={styles.code}>{thumbprint}</code>
              <CopyButton text={thumbprint} label="Copy thumbprint" iconOnly appearance="transparent" />
            </span>
          ),
        },
        { term: "Expires", value: day(notAfter.slice(0, 10)), mark: <Left days={daysLeft} /> },
      ]}
    />
  );
}

function Left({ days }: { days: number }) {
  const styles = useStyles();
  if (days < 0) {
    return (
      <span className={styles.line}>
        <ErrorCircle16Filled className={styles.bad} aria-label="Error" />
        It has expired: Entra refuses it.
      </span>
    );
  }
  if (days > soon) return `${counted(days, "day")} left`;
  return (
    <span className={styles.line}>
      <Warning16Filled className={styles.warning} aria-label="Warning" />
      {`${counted(days, "day")} left: renew it before then.`}
    </span>
  );
}

const useStyles = makeStyles({
  line: { display: "inline-flex", alignItems: "center", gap: tokens.spacingHorizontalXS, minWidth: 0 },
  code: { fontFamily: tokens.fontFamilyMonospace, overflowWrap: "anywhere" },
  bad: { color: tokens.colorStatusDangerForeground3, flexShrink: 0 },
  warning: { color: tokens.colorStatusWarningForeground3, flexShrink: 0 },
});
