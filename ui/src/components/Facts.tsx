import { makeStyles, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";

export type FactLine = {
  term: string;
  value: ReactNode;
  /** What is not as it should be: icon and words beside the value. */
  mark?: ReactNode;
};

/** Terms and what is known of them, one a line. */
export function Facts({ lines, label }: { lines: readonly FactLine[]; label?: string }) {
  const styles = useStyles();
  return (
    <dl className={styles.facts} aria-label={label}>
      {lines.map(({ term, value, mark }) => (
        <div key={term} className={styles.line}>
          <dt className={styles.term}>{term}</dt>
          <dd className={styles.value}>
            {value}
            {mark && <div>{mark}</div>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

const useStyles = makeStyles({
  facts: {
    display: "grid",
    gridTemplateColumns: "max-content minmax(0, 1fr)",
    columnGap: tokens.spacingHorizontalM,
    rowGap: tokens.spacingVerticalXXS,
    margin: 0,
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase200,
  },
  line: { display: "contents" },
  term: { color: tokens.colorNeutralForeground3 },
  value: { margin: 0, overflowWrap: "anywhere", minWidth: 0 },
});
