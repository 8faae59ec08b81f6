import { Button, makeStyles, tokens } from "@fluentui/react-components";
import { BeakerFilled } from "@fluentui/react-icons";
import type { PracticeState } from "@/ipc/generated/PracticeState";

const useStyles = makeStyles({
  root: {
    display: "flex",
    alignItems: "center",
    flexWrap: "wrap",
    flexShrink: 0,
    columnGap: tokens.spacingHorizontalL,
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`,
    color: tokens.colorStatusWarningForeground3,
    backgroundColor: tokens.colorStatusWarningBackground1,
    borderBottom: `1px solid ${tokens.colorStatusWarningBorder1}`,
  },
});

/** The band over every screen of practice mode. */
export function PracticeBand({ practice }: { practice: PracticeState }) {
  const styles = useStyles();
  return (
    <section className={styles.root} aria-label="Practice mode">
      <BeakerFilled aria-hidden />
      <strong>Practice: simulated Exchange</strong>
      <span>{practice.scenario.title}</span>
      <Button size="small">Leave</Button>
    </section>
  );
}
