import { Button, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { ChevronDown16Regular, ChevronRight16Regular, KeyRegular } from "@fluentui/react-icons";
import { Fragment, useState } from "react";
import { CertificateFacts } from "@/components/CertificateFacts";
import { StepStatusBadge } from "@/components/StepStatusBadge";
import type { DiscoveryStep } from "@/ipc/generated/DiscoveryStep";
import { commonName, faultOf, hostOf } from "@/lib/certificates";
import { elapsed } from "@/lib/steps";
import { methods } from "./discoveryWords";

/** One row per step, in their order; failed ones stay. */
export function DiscoverySteps({ steps }: { steps: readonly DiscoveryStep[] }) {
  const styles = useStyles();
  return (
    // Wider than a small window: it scrolls by itself, with the keyboard too.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className={styles.scroll} aria-label="Steps of Autodiscover" tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th className={mergeClasses(styles.head, styles.step)}>Step</th>
            <th className={mergeClasses(styles.head, styles.address)}>Address</th>
            <th className={styles.head}>Result</th>
            <th className={mergeClasses(styles.head, styles.answer)}>HTTP / DNS</th>
            <th className={mergeClasses(styles.head, styles.certificate)}>Certificate</th>
            <th className={mergeClasses(styles.head, styles.time)}>Time</th>
            <th className={mergeClasses(styles.head, styles.password)}>Password sent</th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => (
            <StepRow key={step.number} step={step} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function StepRow({ step }: { step: DiscoveryStep }) {
  const styles = useStyles();
  const [open, setOpen] = useState(false);
  const leaf = step.certificates[0];
  return (
    <Fragment>
      <tr>
        <td className={styles.cell}>
          <div>{`${step.number}. ${methods[step.method]}`}</div>
          <div className={styles.quiet}>{step.protocol}</div>
        </td>
        <td className={styles.cell}>{broken(step.address)}</td>
        <td className={styles.cell}>
          <StepStatusBadge status={step.status} />
          <div>{step.result}</div>
        </td>
        <td className={styles.cell}>{step.answer === null ? "–" : broken(step.answer)}</td>
        <td className={styles.cell}>
          {leaf ? (
            <Button
              size="small"
              appearance="transparent"
              className={styles.toggle}
              icon={open ? <ChevronDown16Regular /> : <ChevronRight16Regular />}
              aria-expanded={open}
              onClick={() => setOpen(!open)}
            >
              {commonName(leaf.subject)}
            </Button>
          ) : (
            "–"
          )}
        </td>
        <td className={mergeClasses(styles.cell, styles.number)}>
          {step.elapsedMs === null ? "–" : elapsed(step.elapsedMs)}
        </td>
        <td className={styles.cell}>
          {step.passwordSentTo === null ? (
            "No"
          ) : (
            <span className={styles.sent}>
              <KeyRegular aria-hidden className={styles.key} />
              {`Yes, to ${step.passwordSentTo}`}
            </span>
          )}
        </td>
      </tr>
      {open && (
        <tr>
          <td colSpan={7} className={mergeClasses(styles.cell, styles.opened)}>
            <div className={styles.chain}>
              {step.certificates.map((certificate, index) => (
                <CertificateFacts
                  key={certificate.sha256}
                  certificate={certificate}
                  fault={faultOf(step.cause, step.certificates, index, hostOf(step.address))}
                />
              ))}
            </div>
          </td>
        </tr>
      )}
    </Fragment>
  );
}

/** An address breaks behind its slashes, where it is too long for its column. */
function broken(address: string) {
  return address.split(/(?<=[^/]\/)/).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text never change places
    <Fragment key={index}>
      {part}
      <wbr />
    </Fragment>
  ));
}

const useStyles = makeStyles({
  scroll: { overflowX: "auto", minWidth: 0, flexShrink: 0 },
  table: {
    width: "100%",
    minWidth: "860px",
    tableLayout: "fixed",
    borderCollapse: "collapse",
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase200,
  },
  head: {
    boxSizing: "border-box",
    textAlign: "start",
    fontWeight: tokens.fontWeightSemibold,
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS} ${tokens.spacingVerticalXS} 0`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke1}`,
    whiteSpace: "nowrap",
  },
  cell: {
    verticalAlign: "top",
    padding: `${tokens.spacingVerticalSNudge} ${tokens.spacingHorizontalS} ${tokens.spacingVerticalSNudge} 0`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    overflowWrap: "anywhere",
  },
  step: { width: "124px" },
  address: { width: "212px" },
  answer: { width: "112px" },
  certificate: { width: "140px" },
  time: { width: "60px", textAlign: "end" },
  password: { width: "112px" },
  number: { textAlign: "end", fontVariantNumeric: "tabular-nums", whiteSpace: "nowrap" },
  sent: { display: "flex", gap: tokens.spacingHorizontalXS, fontWeight: tokens.fontWeightSemibold },
  key: { flexShrink: 0, marginTop: "2px" },
  quiet: { color: tokens.colorNeutralForeground3 },
  toggle: {
    minWidth: 0,
    maxWidth: "100%",
    padding: 0,
    justifyContent: "flex-start",
    textAlign: "start",
    fontWeight: tokens.fontWeightRegular,
    overflowWrap: "anywhere",
  },
  opened: { paddingTop: tokens.spacingVerticalS },
  chain: {
    display: "grid",
    gridTemplateColumns: "repeat(auto-fit, minmax(360px, 1fr))",
    gap: tokens.spacingHorizontalS,
  },
});
