import { Button, makeStyles, Text, tokens } from "@fluentui/react-components";
import { CheckmarkCircle20Filled, Dismiss20Regular, Warning20Filled } from "@fluentui/react-icons";
import { ServerFacts } from "@/components/AuthenticationFacts";
import { CertificateChain } from "@/components/CertificateChain";
import { ProblemBar } from "@/components/ProblemBar";
import type { CertificateInfo } from "@/ipc/generated/CertificateInfo";
import type { TlsTrust } from "@/ipc/generated/TlsTrust";
import { commonName, hostOf, isCertificateCause, isSelfSigned, validityWords } from "@/lib/certificates";
import type { Probe, Probed } from "./useProbe";

type ProbePanelProps = {
  probe: Probe;
  trust: TlsTrust;
  account: string;
  onAccount: (account: string) => void;
  onTrust: (trust: TlsTrust, text: string) => void;
};

/** What the server said before any log-on: its offer, build, clock, domain and certificate. */
export function ProbePanel({ probe, trust, account, onAccount, onTrust }: ProbePanelProps) {
  if (probe.problem) {
    return <ProblemBar title="The server wasn't asked." error={probe.problem} onRetry={() => void probe.ask()} />;
  }
  if (!probe.probed) return null;
  return (
    <Answer
      probed={probe.probed}
      trust={trust}
      account={account}
      onAccount={onAccount}
      onTrust={onTrust}
      onClose={probe.close}
    />
  );
}

type AnswerProps = Omit<ProbePanelProps, "probe"> & { probed: Probed; onClose: () => void };

function Answer({ probed: { answer, form }, trust, account, onAccount, onTrust, onClose }: AnswerProps) {
  const styles = useStyles();
  const { cause, message, authentication, certificates, accountSuggestion } = answer;
  const leaf = certificates[0];
  const netbios = authentication.domain?.netbios ?? null;
  return (
    <section className={styles.root} aria-label="What the server said">
      <div className={styles.head}>
        {cause === null ? (
          <CheckmarkCircle20Filled className={styles.good} aria-hidden />
        ) : (
          <Warning20Filled className={styles.bad} aria-hidden />
        )}
        <Text weight="semibold" className={styles.message}>
          {message}
        </Text>
        <Button size="small" appearance="subtle" icon={<Dismiss20Regular />} aria-label="Close" onClick={onClose} />
      </div>
      <ServerFacts
        found={authentication}
        more={leaf && !isCertificateCause(cause) ? [{ term: "Certificate", value: certificateWords(leaf) }] : []}
      />
      {accountSuggestion !== null && accountSuggestion !== account && (
        <div>
          <Button size="small" onClick={() => onAccount(accountSuggestion)}>{`Use ${accountSuggestion}`}</Button>
        </div>
      )}
      {account === "" && netbios !== null && (
        <Text size={200}>{`Accounts of this domain are written ${netbios}\\name.`}</Text>
      )}
      {isCertificateCause(cause) && (
        <CertificateChain
          cause={cause}
          chain={certificates}
          host={hostOf(form.ewsUrl)}
          trust={trust}
          onTrust={onTrust}
        />
      )}
      {!isCertificateCause(cause) && (
        <Text size={200} className={styles.quiet}>
          No password was sent.
        </Text>
      )}
    </section>
  );
}

function certificateWords(leaf: CertificateInfo): string {
  const issuer = isSelfSigned(leaf) ? "signed by itself" : `issued by ${commonName(leaf.issuer)}`;
  return `${commonName(leaf.subject)}, ${issuer}. ${validityWords(leaf)}.`;
}

const useStyles = makeStyles({
  root: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalS,
    padding: tokens.spacingHorizontalM,
    backgroundColor: tokens.colorNeutralBackground2,
    borderRadius: tokens.borderRadiusMedium,
    minWidth: 0,
  },
  head: { display: "flex", alignItems: "flex-start", gap: tokens.spacingHorizontalS },
  message: { flexGrow: 1, overflowWrap: "anywhere" },
  good: { color: tokens.colorStatusSuccessForeground1, flexShrink: 0 },
  bad: { color: tokens.colorStatusWarningForeground3, flexShrink: 0 },
  quiet: { color: tokens.colorNeutralForeground3 },
});
