import { makeStyles, Text, tokens } from "@fluentui/react-components";

/** Likely reasons in their order; none known: nothing is drawn. */
export function ReasonList({ reasons }: { reasons: readonly string[] }) {
  const styles = useStyles();
  if (reasons.length === 0) return null;
  return (
    <div>
      <Text weight="semibold">{reasons.length === 1 ? "Likely reason" : "Likely reasons, the likeliest first"}</Text>
      <ol className={styles.list} aria-label="Likely reasons, the likeliest first">
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ol>
    </div>
  );
}

const useStyles = makeStyles({
  list: { margin: 0, paddingInlineStart: "24px", lineHeight: tokens.lineHeightBase300 },
});
