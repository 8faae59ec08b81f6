import { Button, Input, makeStyles, Radio, RadioGroup, Text, tokens, useId } from "@fluentui/react-components";
import { useState } from "react";
import { CaFileButton } from "@/components/CaFileButton";
import { CertificateFacts } from "@/components/CertificateFacts";
import { ProblemBar } from "@/components/ProblemBar";
import { type TrustChoice, TrustDialog } from "@/components/TrustDialog";
import type { CertificateInfo } from "@/ipc/generated/CertificateInfo";
import type { FieldMessage } from "@/ipc/generated/FieldMessage";
import type { TlsTrust } from "@/ipc/generated/TlsTrust";
import type { CommandError } from "@/ipc/problem";
import { base64 } from "@/lib/base64";
import { trustOfPin } from "@/lib/certificates";
import { isSha256, plainSha256, readableSha256 } from "@/lib/fingerprint";
import { useRead } from "@/lib/queries";
import { AppliedNote } from "./AppliedNote";
import { FieldRow } from "./FieldRow";
import type { Applied } from "./formState";

type TlsTrustOptionProps = {
  value: TlsTrust;
  messages: readonly FieldMessage[];
  applied?: Applied;
  /** The server that is to be trusted. */
  host: string;
  seen: readonly CertificateInfo[];
  onChange: (value: TlsTrust) => void;
  onUndo?: () => void;
};

/** `TLS trust`: the system's store, a CA file, or one pinned certificate. There is no "ignore". */
export function TlsTrustOption({
  value,
  messages,
  applied,
  host,
  seen,
  onChange,
  onUndo = () => {},
}: TlsTrustOptionProps) {
  const styles = useStyles();
  const id = useId("tls-trust");
  // A choice without its value is not part of the form yet: it would not be a trust at all.
  const [choice, setChoice] = useState(value.kind);
  const choose = (kind: TlsTrust["kind"]) => {
    setChoice(kind);
    if (kind !== value.kind) onChange({ kind: "system" });
  };
  return (
    <FieldRow
      label="TLS trust"
      htmlFor={id}
      tall
      messages={messages}
      below={
        <div className={styles.more}>
          <AppliedNote applied={applied} onUndo={onUndo} />
          {choice === "ca" && <CaFile value={value} onChange={onChange} />}
          {choice === "pin" && <Pin value={value} host={host} seen={seen} onChange={onChange} />}
          {choice !== value.kind && <Text size={200}>Until it is given, the system trust store is used.</Text>}
        </div>
      }
    >
      <RadioGroup
        id={id}
        className={styles.choices}
        aria-label="TLS trust"
        value={choice}
        onChange={(_, data) => choose(data.value as TlsTrust["kind"])}
      >
        <Radio value="system" label="System trust store" />
        <Radio value="ca" label="CA file…" />
        <Radio value="pin" label="Pinned certificate…" />
      </RadioGroup>
    </FieldRow>
  );
}

function CaFile({ value, onChange }: { value: TlsTrust; onChange: (value: TlsTrust) => void }) {
  const styles = useStyles();
  const [problem, setProblem] = useState<CommandError | null>(null);
  return (
    <>
      <div className={styles.line}>
        <CaFileButton
          label={value.kind === "ca" ? "Choose another file" : "Choose a CA file"}
          onTrust={onChange}
          onProblem={setProblem}
        />
        {value.kind === "ca" && <Text weight="semibold">{value.name}</Text>}
      </div>
      {problem && <ProblemBar error={problem} />}
      {value.kind === "ca" && <CaFacts name={value.name} pem={value.pem} />}
    </>
  );
}

/** What is in the chosen file, read again from its text so that a saved file shows the same. */
function CaFacts({ name, pem }: { name: string; pem: string }) {
  const request = { name, base64: base64(new TextEncoder().encode(pem)) };
  const certificates = useRead("certificate_read", request);
  if (certificates.error) return <ProblemBar error={certificates.error} />;
  return (certificates.data ?? []).map((certificate) => (
    <CertificateFacts key={certificate.sha256} certificate={certificate} />
  ));
}

type PinProps = {
  value: TlsTrust;
  host: string;
  seen: readonly CertificateInfo[];
  onChange: (value: TlsTrust) => void;
};

function Pin({ value, host, seen, onChange }: PinProps) {
  const styles = useStyles();
  const id = useId("pin");
  const pinned = value.kind === "pin" ? value.sha256 : "";
  const [typed, setTyped] = useState(readableSha256(pinned));
  const [choice, setChoice] = useState<TrustChoice | null>(null);
  const plain = plainSha256(typed);
  // Only the server's own can be pinned, never a CA.
  const leaf = seen[0];
  const kept = value.kind === "pin" ? value.certificate : undefined;
  const take = (text: string) => {
    setTyped(text);
    const sha256 = plainSha256(text);
    const known = seen.find((certificate) => certificate.sha256 === sha256);
    if (isSha256(sha256)) onChange(known ? trustOfPin(known) : { kind: "pin", sha256 });
    else if (value.kind === "pin") onChange({ kind: "system" });
  };
  return (
    <>
      <label htmlFor={id}>SHA-256 of the certificate</label>
      <Input
        id={id}
        className={styles.hash}
        value={typed}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={plain !== "" && !isSha256(plain)}
        onChange={(_, data) => take(data.value)}
        onBlur={() => isSha256(plain) && setTyped(readableSha256(plain))}
      />
      {plain !== "" && !isSha256(plain) && (
        <Text size={200}>{`Enter 64 hexadecimal digits; ${plain.length} so far.`}</Text>
      )}
      {leaf ? (
        <>
          <Text weight="semibold">The certificate the server showed last</Text>
          <CertificateFacts
            certificate={leaf}
            action={
              leaf.sha256 === pinned ? (
                <Text weight="semibold">Pinned</Text>
              ) : (
                <Button
                  size="small"
                  onClick={() => setChoice({ kind: "pin", certificate: leaf, verb: "Pin this certificate" })}
                >
                  Pin this certificate
                </Button>
              )
            }
          />
        </>
      ) : (
        kept && <CertificateFacts certificate={kept} />
      )}
      <TrustDialog
        choice={choice}
        host={host}
        onConfirm={({ certificate }) => {
          setChoice(null);
          take(readableSha256(certificate.sha256));
        }}
        onCancel={() => setChoice(null)}
      />
    </>
  );
}

const useStyles = makeStyles({
  choices: { marginLeft: `calc(-1 * ${tokens.spacingHorizontalS})` },
  more: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS },
  line: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalM },
  hash: { maxWidth: "640px", fontFamily: tokens.fontFamilyMonospace },
});
