import { Button } from "@fluentui/react-components";
import { useRef } from "react";
import { call } from "@/ipc/call";
import type { CertificateInfo } from "@/ipc/generated/CertificateInfo";
import type { TlsTrust } from "@/ipc/generated/TlsTrust";
import { asCommandError, CommandError } from "@/ipc/problem";
import { base64 } from "@/lib/base64";

type CaFileButtonProps = {
  label: string;
  size?: "small" | "medium";
  onTrust: (trust: TlsTrust) => void;
  /** The file is no use; null: another one was chosen. */
  onProblem: (problem: CommandError | null) => void;
};

/** Reads a CA file and answers the trust in it. */
export function CaFileButton({ label, size = "medium", onTrust, onProblem }: CaFileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  const read = async (file: File) => {
    onProblem(null);
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const found = await call("certificate_read", { name: file.name, base64: base64(bytes) });
      onTrust({ kind: "ca", pem: pemOf(found), name: file.name });
    } catch (thrown) {
      onProblem(asCommandError(thrown));
    }
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept=".pem,.crt,.cer,.der,.ca-bundle"
        aria-label="CA file"
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file) void read(file);
        }}
      />
      <Button size={size} onClick={() => input.current?.click()}>
        {label}
      </Button>
    </>
  );
}

function pemOf(found: readonly CertificateInfo[]): string {
  const pem = found.flatMap((certificate) => (certificate.pem === null ? [] : [certificate.pem.trim()])).join("\n");
  if (pem === "") throw new CommandError({ code: "bad_certificate", message: "No certificate found in this file." });
  return `${pem}\n`;
}
