import { Button, makeStyles, Spinner, Text, tokens, useId } from "@fluentui/react-components";
import { ErrorCircle16Filled } from "@fluentui/react-icons";
import { useEffect, useRef, useState } from "react";
import { SecretInput } from "@/components/SecretInput";
import { call } from "@/ipc/call";
import type { AppCertificate } from "@/ipc/generated/AppCertificate";
import { asCommandError, type CommandError } from "@/ipc/problem";
import { AppCertificateFacts } from "./AppCertificateFacts";
import { type AppCredentialFields, chosenCertificate } from "./appCredential";

type CertificateFileProps = {
  /** The chosen file and its password are in these fields alone. */
  fields: AppCredentialFields;
  onGiven: (given: boolean) => void;
  onLeave: () => void;
};

/** A certificate with its private key, PFX or PEM. It is read before it is used; only what it says comes back. */
export function CertificateFile({ fields, onGiven, onLeave }: CertificateFileProps) {
  const styles = useStyles();
  const passwordId = useId("file-password");
  const [name, setName] = useState<string | null>(null);
  const [certificate, setCertificate] = useState<AppCertificate | null>(null);
  const [problem, setProblem] = useState<CommandError | null>(null);
  const [reading, setReading] = useState(false);
  const [typed, setTyped] = useState(false);
  const turn = useRef(0);
  const outcome = useRef<HTMLDivElement>(null);
  // A long form may end below the button.
  useEffect(() => {
    if (problem !== null || certificate !== null) outcome.current?.scrollIntoView({ block: "nearest" });
  }, [problem, certificate]);
  const read = async () => {
    turn.current += 1;
    const mine = turn.current;
    setCertificate(null);
    onGiven(false);
    setReading(true);
    try {
      const credential = await chosenCertificate(fields);
      if (credential === undefined) return;
      const found = await call("app_certificate_read", { credential });
      if (mine !== turn.current) return;
      setProblem(null);
      setCertificate(found);
      onGiven(true);
    } catch (thrown) {
      if (mine === turn.current) setProblem(asCommandError(thrown));
    } finally {
      if (mine === turn.current) setReading(false);
    }
  };
  return (
    <>
      <input
        ref={fields.file}
        type="file"
        hidden
        accept=".pfx,.p12,.pem"
        aria-label="Certificate file"
        onChange={(event) => {
          setName(event.target.files?.[0]?.name ?? null);
          if (fields.filePassword.current) fields.filePassword.current.value = "";
          setTyped(false);
          setProblem(null);
          void read();
        }}
      />
      <div className={styles.line}>
        <Button data-field="appCredential" onBlur={onLeave} onClick={() => fields.file.current?.click()}>
          {name === null ? "Choose a PFX or PEM file" : "Choose another file"}
        </Button>
        {name !== null && <Text weight="semibold">{name}</Text>}
        {reading && <Spinner size="extra-tiny" aria-label="Reading the file" />}
      </div>
      <div ref={outcome} role="status" className={styles.outcome}>
        {problem && (
          <span className={styles.problem}>
            <ErrorCircle16Filled className={styles.icon} aria-label="Error" />
            <Text size={200}>{[problem.message, problem.hint].filter(Boolean).join(" ")}</Text>
          </span>
        )}
        {certificate && <AppCertificateFacts certificate={certificate} />}
      </div>
      <div className={styles.password} hidden={problem === null && !typed}>
        <label htmlFor={passwordId}>Password of the file, if it has one</label>
        <div className={styles.line}>
          <SecretInput
            id={passwordId}
            className={styles.field}
            inputRef={fields.filePassword}
            type="password"
            autoComplete="off"
            spellCheck={false}
            onChange={(_, { value }) => {
              setTyped(value !== "");
              // What was read was read with another password.
              setCertificate(null);
              onGiven(false);
            }}
            onKeyDown={(event) => {
              if (event.key === "Enter") void read();
            }}
          />
          <Button disabledFocusable={reading} onClick={() => void read()}>
            Read the file
          </Button>
        </div>
      </div>
    </>
  );
}

const useStyles = makeStyles({
  line: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalM },
  password: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalXXS,
    "[hidden]": { display: "none" },
  },
  outcome: { scrollMarginBottom: "72px", scrollMarginTop: "120px" },
  field: { width: "100%", maxWidth: "260px" },
  problem: {
    display: "inline-flex",
    alignItems: "flex-start",
    gap: tokens.spacingHorizontalXS,
    color: tokens.colorStatusDangerForeground3,
  },
  icon: { flexShrink: 0, marginTop: "2px" },
});
