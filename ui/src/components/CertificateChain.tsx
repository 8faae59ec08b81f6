import { Button, makeStyles, Text, tokens, useId } from "@fluentui/react-components";
import { ShieldError20Filled } from "@fluentui/react-icons";
import { useState } from "react";
import type { Cause } from "@/ipc/generated/Cause";
import type { CertificateInfo } from "@/ipc/generated/CertificateInfo";
import type { TlsTrust } from "@/ipc/generated/TlsTrust";
import type { CommandError } from "@/ipc/problem";
import { causeTitles } from "@/lib/causes";
import { canBeTrusted, commonName, faultOf, isSelfSigned, sameTrust, trustOfCa, trustOfPin } from "@/lib/certificates";
import { CaFileButton } from "./CaFileButton";
import { CertificateFacts } from "./CertificateFacts";
import { PinComparison } from "./PinComparison";
import { ProblemBar } from "./ProblemBar";
import { type TrustChoice, TrustDialog } from "./TrustDialog";
import { StateBadge } from "./VerdictBadge";

type CertificateChainProps = {
  cause: Cause;
  /** What the server showed, leaf first. */
  chain: readonly CertificateInfo[];
  host: string;
  /** The trust of the form as it stands. */
  trust: TlsTrust;
  /** Takes a new trust into the form; `text` says what it was. */
  onTrust: (trust: TlsTrust, text: string) => void;
};

/**
 * Why TLS failed: the chain the server showed, the fault marked, and the ways to trust it. Every way ends in the form,
 * unsaved; none ignores the fault.
 */
export function CertificateChain({ cause, chain, host, trust, onTrust }: CertificateChainProps) {
  const styles = useStyles();
  const id = useId("chain");
  const [choice, setChoice] = useState<TrustChoice | null>(null);
  const leaf = chain[0];
  if (!leaf) return null;
  const changed = cause === "tls.pin_mismatch" && trust.kind === "pin" && trust.sha256 !== leaf.sha256;
  const take = ({ kind, certificate }: TrustChoice) => {
    setChoice(null);
    const name = commonName(certificate.subject);
    if (kind === "ca") onTrust(trustOfCa(certificate), `Trusts the CA ${name}.`);
    else onTrust(trustOfPin(certificate), `Pins ${name}.`);
  };
  return (
    <section className={styles.root} aria-labelledby={id}>
      <div className={styles.head}>
        <ShieldError20Filled className={styles.bad} aria-hidden />
        <Text as="h3" id={id} weight="semibold" className={styles.title}>
          {causeTitles[cause]}
        </Text>
      </div>
      <Text size={200}>{`What ${host} showed, its own certificate first. Nothing was sent to it.`}</Text>
      {changed && (
        <>
          <PinComparison pinned={trust} seen={leaf} />
          <div>
            <Button onClick={() => setChoice({ kind: "pin", certificate: leaf, verb: "Pin the new one" })}>
              Pin the new one
            </Button>
          </div>
        </>
      )}
      {chain.slice(changed ? 1 : 0).map((certificate) => {
        const index = chain.indexOf(certificate);
        return (
          <CertificateFacts
            key={certificate.sha256}
            certificate={certificate}
            role={roleOf(chain, index)}
            fault={faultOf(cause, chain, index, host)}
            action={<Way cause={cause} certificate={certificate} index={index} trust={trust} onChoose={setChoice} />}
          />
        );
      })}
      {cause === "tls.untrusted" && !chain.some(canBeTrusted) && <NoCa leaf={leaf} onTrust={onTrust} />}
      <TrustDialog choice={choice} host={host} onConfirm={take} onCancel={() => setChoice(null)} />
    </section>
  );
}

type WayProps = {
  cause: Cause;
  certificate: CertificateInfo;
  index: number;
  trust: TlsTrust;
  onChoose: (choice: TrustChoice) => void;
};

/** The button of a certificate, or that it is trusted already. */
function Way({ cause, certificate, index, trust, onChoose }: WayProps) {
  if (index === 0) {
    if (sameTrust(trust, trustOfPin(certificate))) return <StateBadge tone="good">Pinned in the form</StateBadge>;
    const verb = "Pin this certificate";
    return (
      <Button size="small" onClick={() => onChoose({ kind: "pin", certificate, verb })}>
        {verb}
      </Button>
    );
  }
  if (cause !== "tls.untrusted" || !canBeTrusted(certificate, index)) return null;
  if (trust.kind === "ca" && trust.pem === trustOfCa(certificate).pem) {
    return <StateBadge tone="good">Trusted in the form</StateBadge>;
  }
  const verb = "Trust this CA";
  return (
    <Button size="small" onClick={() => onChoose({ kind: "ca", certificate, verb })}>
      {verb}
    </Button>
  );
}

type NoCaProps = { leaf: CertificateInfo; onTrust: CertificateChainProps["onTrust"] };

/** The server sent no CA certificate: why there is none to trust, and where it can come from. */
function NoCa({ leaf, onTrust }: NoCaProps) {
  const styles = useStyles();
  const id = useId("no-ca");
  const [problem, setProblem] = useState<CommandError | null>(null);
  return (
    <>
      <div className={styles.line}>
        <Button size="small" disabledFocusable aria-describedby={id}>
          Trust this CA
        </Button>
        <CaFileButton
          size="small"
          label="CA file…"
          onTrust={(trust) => onTrust(trust, trust.kind === "ca" ? `Trusts the CA in ${trust.name}.` : "")}
          onProblem={setProblem}
        />
      </div>
      <Text id={id} size={200}>
        {isSelfSigned(leaf)
          ? "The certificate signed itself: there is no CA behind it to trust. Pin it, or choose a CA file once the server has a certificate of a CA."
          : `The server sent no CA certificate. Get that of ${commonName(leaf.issuer)} as a file, or pin the certificate.`}
      </Text>
      {problem && <ProblemBar error={problem} />}
    </>
  );
}

function roleOf(chain: readonly CertificateInfo[], index: number): string {
  const certificate = chain[index];
  if (index === 0) return "Server certificate";
  if (!certificate?.isCa) return "Sent along, not a CA";
  return isSelfSigned(certificate) ? "Root CA" : "Intermediate CA";
}

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS, minWidth: 0 },
  head: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS },
  title: { margin: 0 },
  bad: { color: tokens.colorStatusDangerForeground1, flexShrink: 0 },
  line: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalS },
});
