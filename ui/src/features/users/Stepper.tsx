import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { CheckmarkCircleFilled, CircleFilled, CircleRegular } from "@fluentui/react-icons";

/** The steps of an import. */
export const stepNames = ["source", "columns", "preview", "done"] as const;
/** A step of an import. */
export type StepName = (typeof stepNames)[number];

const labels: Record<StepName, string> = { source: "Source", columns: "Columns", preview: "Preview", done: "Done" };

const useStyles = makeStyles({
  root: {
    display: "flex",
    flexShrink: 0,
    gap: tokens.spacingHorizontalXL,
    margin: 0,
    padding: 0,
    listStyleType: "none",
  },
  step: {
    display: "inline-flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalXS,
    color: tokens.colorNeutralForeground3,
  },
  current: { color: tokens.colorBrandForeground1, fontWeight: tokens.fontWeightSemibold },
  passed: { color: tokens.colorNeutralForeground1 },
});

/** Where the import is. */
export function Stepper({ current }: { current: StepName }) {
  const styles = useStyles();
  const at = stepNames.indexOf(current);
  return (
    <ol className={styles.root} aria-label="Steps">
      {stepNames.map((name, index) => (
        <li
          key={name}
          className={mergeClasses(styles.step, index === at && styles.current, index < at && styles.passed)}
          aria-current={index === at ? "step" : undefined}
        >
          {index < at ? (
            <CheckmarkCircleFilled aria-hidden />
          ) : index === at ? (
            <CircleFilled aria-hidden />
          ) : (
            <CircleRegular aria-hidden />
          )}
          {labels[name]}
        </li>
      ))}
    </ol>
  );
}
