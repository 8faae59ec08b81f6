import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { CheckmarkCircleFilled, CircleFilled, CircleRegular } from "@fluentui/react-icons";

/** The steps of an import of a list. */
export const importSteps = [
  ["source", "Source"],
  ["columns", "Columns"],
  ["preview", "Preview"],
  ["done", "Done"],
] as const;
/** A step of an import of a list. */
export type StepName = (typeof importSteps)[number][0];

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

type StepperProps = {
  /** Id and label of each step, in order. */
  steps: readonly (readonly [string, string])[];
  current: string;
};

/** Where adding many users is. */
export function Stepper({ steps, current }: StepperProps) {
  const styles = useStyles();
  const at = steps.findIndex(([name]) => name === current);
  return (
    <ol className={styles.root} aria-label="Steps">
      {steps.map(([name, label], index) => (
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
          {label}
        </li>
      ))}
    </ol>
  );
}
