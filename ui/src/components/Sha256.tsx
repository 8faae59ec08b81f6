import { makeStyles, tokens } from "@fluentui/react-components";
import { readableSha256 } from "@/lib/fingerprint";

/** A SHA-256 in two even lines of groups, so that two of them can be compared. */
export function Sha256({ value }: { value: string }) {
  const styles = useStyles();
  return <span className={styles.hash}>{readableSha256(value)}</span>;
}

const useStyles = makeStyles({
  // Eight groups of four digits, and the spaces between them.
  hash: {
    display: "inline-block",
    maxWidth: "40ch",
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase200,
  },
});
