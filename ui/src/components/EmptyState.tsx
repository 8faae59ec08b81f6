import { makeStyles, Text, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";

const useStyles = makeStyles({
  root: {
    display: "flex",
    flexDirection: "column",
    alignItems: "center",
    justifyContent: "center",
    gap: tokens.spacingVerticalM,
    padding: `${tokens.spacingVerticalXXXL} ${tokens.spacingHorizontalXXL}`,
    textAlign: "center",
  },
  icon: { fontSize: tokens.fontSizeHero800, color: tokens.colorNeutralForeground3, lineHeight: 1 },
  actions: { display: "flex", flexWrap: "wrap", justifyContent: "center", gap: tokens.spacingHorizontalS },
});

/** Nothing here yet: one sentence, and what to do about it. */
export function EmptyState(props: { icon?: ReactNode; text: string; hint?: ReactNode; children?: ReactNode }) {
  const styles = useStyles();
  return (
    <div className={styles.root}>
      {props.icon === undefined ? null : (
        <span className={styles.icon} aria-hidden>
          {props.icon}
        </span>
      )}
      <Text size={400} weight="semibold">
        {props.text}
      </Text>
      {props.hint === undefined ? null : <Text>{props.hint}</Text>}
      {props.children === undefined ? null : <div className={styles.actions}>{props.children}</div>}
    </div>
  );
}
