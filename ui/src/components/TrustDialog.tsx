import { makeStyles, Text } from "@fluentui/react-components";
import type { CertificateInfo } from "@/ipc/generated/CertificateInfo";
import { commonName } from "@/lib/certificates";
import { ConfirmDialog } from "./ConfirmDialog";
import { CopyButton } from "./CopyButton";
import { Sha256 } from "./Sha256";

/** What is to become of a certificate that was seen. */
export type TrustChoice = { kind: "ca" | "pin"; certificate: CertificateInfo; verb: string };

type TrustDialogProps = {
  choice: TrustChoice | null;
  host: string;
  onConfirm: (choice: TrustChoice) => void;
  onCancel: () => void;
};

/** Prints subject and SHA-256 of the certificates of a Windows server, for comparing. */
const compareScript =
  "Get-ChildItem Cert:\\LocalMachine\\My | ForEach-Object { $_.Subject; [BitConverter]::ToString([Security.Cryptography.SHA256]::Create().ComputeHash($_.RawData)) -replace '-' }";

/** Says what trusting a CA or pinning a certificate means, before it goes into the form. */
export function TrustDialog({ choice, host, onConfirm, onCancel }: TrustDialogProps) {
  const styles = useStyles();
  return (
    <ConfirmDialog
      open={choice !== null}
      title={choice?.kind === "ca" ? "Trust this CA?" : "Pin this certificate?"}
      verb={choice?.verb ?? ""}
      onConfirm={() => choice && onConfirm(choice)}
      onCancel={onCancel}
    >
      {choice && (
        <>
          <Text weight="semibold" className={styles.subject}>
            {choice.certificate.subject}
          </Text>
          <Sha256 value={choice.certificate.sha256} />
          <Text>{meaning(choice, host)}</Text>
          <Text>
            {choice.kind === "ca"
              ? "It was the server that sent it: compare the SHA-256 with the one your CA team gives you."
              : "Compare the SHA-256 with the one on the Exchange server first; this command prints it there."}
          </Text>
          {choice.kind === "pin" && (
            <div>
              <CopyButton text={compareScript} label="Copy as PowerShell" />
            </div>
          )}
          <Text>It goes into Email Configuration, unsaved. Nothing is saved, and no check is started.</Text>
        </>
      )}
    </ConfirmDialog>
  );
}

function meaning({ kind, certificate }: TrustChoice, host: string): string {
  return kind === "ca"
    ? `Any certificate for ${host} that ${commonName(certificate.subject)} issued is then trusted, for this organization alone. Names and dates are verified as before.`
    : `Only this very certificate is then accepted for ${host}. Its issuer, names and dates are no longer looked at. When the server gets a new certificate, checks stop before anything is sent, until you pin the new one.`;
}

const useStyles = makeStyles({
  subject: { overflowWrap: "anywhere" },
});
