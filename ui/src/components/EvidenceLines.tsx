import { makeStyles, tokens } from "@fluentui/react-components";
import { CopyButton } from "./CopyButton";
import { Disclosure } from "./Disclosure";

type EvidenceLinesProps = {
  lines: readonly string[];
  /** What they are the evidence of. */
  of: string;
};

/** What was seen, a line each, behind `Tell me more`. Nothing seen: nothing is drawn. */
export function EvidenceLines({ lines, of }: EvidenceLinesProps) {
  const styles = useStyles();
  if (lines.length === 0) return null;
  return (
    <Disclosure label="Tell me more" of={of}>
      <div className={styles.box}>
        <ul className={styles.lines} aria-label={`Evidence: ${of}`}>
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        <CopyButton text={lines.join("\n")} label="Copy evidence" iconOnly appearance="subtle" />
      </div>
    </Disclosure>
  );
}

const useStyles = makeStyles({
  box: {
    display: "flex",
    alignItems: "flex-start",
    gap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground3,
  },
  lines: {
    flexGrow: 1,
    minWidth: 0,
    margin: 0,
    padding: 0,
    listStyleType: "none",
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase300,
    overflowWrap: "anywhere",
    whiteSpace: "pre-wrap",
  },
});
