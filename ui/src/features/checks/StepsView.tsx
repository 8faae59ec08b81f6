import { Badge, makeStyles, Text, tokens } from "@fluentui/react-components";
import { CertificateFacts } from "@/components/CertificateFacts";
import { StepLadder } from "@/components/StepLadder";
import type { RunPage } from "@/ipc/generated/RunPage";

/** The step ladder, the schemes the server offers, and the certificates it showed. */
export function StepsView({ page }: { page: RunPage }) {
  const styles = useStyles();
  return (
    <div className={styles.root}>
      <StepLadder steps={page.steps} />
      {page.offered.length > 0 && (
        <section className={styles.part} aria-label="Authentication">
          <Text as="h3" weight="semibold" className={styles.title}>
            Authentication the server offers
          </Text>
          <div className={styles.badges}>
            {page.offered.map((scheme) => (
              <Badge key={scheme} appearance="outline">
                {scheme}
              </Badge>
            ))}
          </div>
        </section>
      )}
      {page.certificates.length > 0 && (
        <section className={styles.part} aria-label="Certificates seen">
          <Text as="h3" weight="semibold" className={styles.title}>
            Certificates seen
          </Text>
          {page.certificates.map((certificate) => (
            <CertificateFacts key={certificate.sha256} certificate={certificate} />
          ))}
          <Text size={200}>
            To trust one of them alone: Email Configuration, Connection options, TLS trust, Pinned certificate…, Pin
            this certificate.
          </Text>
        </section>
      )}
    </div>
  );
}

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalL, maxWidth: "860px" },
  part: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS },
  title: { margin: 0 },
  badges: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalS },
});
