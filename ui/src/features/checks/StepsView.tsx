import { makeStyles, Text, tokens } from "@fluentui/react-components";
import { LogOnFacts, ServerFacts } from "@/components/AuthenticationFacts";
import { CertificateFacts } from "@/components/CertificateFacts";
import { StepLadder } from "@/components/StepLadder";
import type { RunPage } from "@/ipc/generated/RunPage";
import { faultOf, hostOf } from "@/lib/certificates";

/** The step ladder with the truth table of schemes, and the certificates the server showed. */
export function StepsView({ page }: { page: RunPage }) {
  const styles = useStyles();
  const { row, certificates, authentication } = page;
  return (
    <div className={styles.root}>
      <StepLadder
        steps={page.steps}
        details={{ ews: <ServerFacts found={authentication} />, log_on: <LogOnFacts found={authentication} /> }}
      />
      {certificates.length > 0 && (
        <section className={styles.part} aria-label="Certificates seen">
          <Text as="h3" weight="semibold" className={styles.title}>
            Certificates seen
          </Text>
          {certificates.map((certificate, index) => (
            <CertificateFacts
              key={certificate.sha256}
              certificate={certificate}
              fault={faultOf(row.cause, certificates, index, hostOf(row.ewsUrl))}
            />
          ))}
        </section>
      )}
    </div>
  );
}

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalL, maxWidth: "860px" },
  part: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS },
  title: { margin: 0 },
});
