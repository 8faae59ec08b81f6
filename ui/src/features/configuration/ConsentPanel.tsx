import { Button, Checkbox, makeStyles, Text, tokens, useId } from "@fluentui/react-components";
import { KeyRegular } from "@fluentui/react-icons";
import { useEffect, useRef, useState } from "react";
import { type FactLine, Facts } from "@/components/Facts";
import { Sha256 } from "@/components/Sha256";
import type { CertificateInfo } from "@/ipc/generated/CertificateInfo";
import type { ConsentAnswer } from "@/ipc/generated/ConsentAnswer";
import type { ConsentQuestion } from "@/ipc/generated/ConsentQuestion";
import { isSelfSigned, validityWords } from "@/lib/certificates";
import { dateTime } from "@/lib/format";

type ConsentPanelProps = {
  question: ConsentQuestion;
  busy: boolean;
  onAnswer: (answer: ConsentAnswer, remember: boolean) => void;
};

/** `Send the password of {account} to {host}?` `Skip this host` stands first and has the keyboard. */
export function ConsentPanel({ question, busy, onAnswer }: ConsentPanelProps) {
  const styles = useStyles();
  const id = useId("consent");
  const [remember, setRemember] = useState(false);
  const skip = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    skip.current?.focus();
    skip.current?.scrollIntoView({ block: "nearest" });
  }, []);
  const { account, host, found, certificate } = question;
  const answer = (given: ConsentAnswer) => !busy && onAnswer(given, remember);
  return (
    <section className={styles.root} aria-labelledby={`${id}-title`} aria-describedby={`${id}-found`}>
      <div className={styles.head}>
        <KeyRegular className={styles.icon} aria-hidden />
        <Text as="h3" id={`${id}-title`} size={400} weight="semibold" className={styles.title}>
          {`Send the password of ${account} to ${host}?`}
        </Text>
      </div>
      <div id={`${id}-found`}>
        <Facts lines={[{ term: "How it was found", value: found }, ...certificateLines(certificate)]} />
      </div>
      <Checkbox
        label="Remember for this organization"
        checked={remember}
        onChange={(_, data) => setRemember(data.checked === true)}
      />
      <div className={styles.buttons}>
        <Button ref={skip} appearance="primary" disabledFocusable={busy} onClick={() => answer("skip")}>
          Skip this host
        </Button>
        <Button disabledFocusable={busy} onClick={() => answer("send")}>
          Send to this host
        </Button>
        <Button appearance="subtle" disabledFocusable={busy} onClick={() => answer("cancel")}>
          Cancel
        </Button>
      </div>
    </section>
  );
}

function certificateLines(certificate: CertificateInfo | null): FactLine[] {
  if (certificate === null) return [{ term: "Certificate", value: "None was seen." }];
  return [
    { term: "Certificate subject", value: certificate.subject },
    { term: "Issuer", value: isSelfSigned(certificate) ? "Itself (self-signed)" : certificate.issuer },
    { term: "Expires", value: `${dateTime(certificate.notAfter)} (${validityWords(certificate)})` },
    { term: "SHA-256", value: <Sha256 value={certificate.sha256} /> },
  ];
}

const useStyles = makeStyles({
  root: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalS,
    padding: tokens.spacingHorizontalL,
    border: `2px solid ${tokens.colorStatusWarningBorderActive}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground2,
    minWidth: 0,
    flexShrink: 0,
  },
  head: { display: "flex", gap: tokens.spacingHorizontalS, alignItems: "flex-start" },
  icon: { flexShrink: 0, fontSize: tokens.fontSizeBase500, marginTop: "2px" },
  title: { margin: 0, overflowWrap: "anywhere" },
  buttons: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalS },
});
