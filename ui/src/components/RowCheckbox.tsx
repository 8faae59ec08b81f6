import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { Checkmark12Filled, Subtract12Filled } from "@fluentui/react-icons";
import { memo } from "react";

type Props = {
  label: string;
  checked: boolean | "mixed";
  onChange: () => void;
};

/**
 * The checkbox of a table: looks like any other, but is light enough to be drawn for every row at once. Not a tab stop:
 * Space in the table turns it over.
 */
export const RowCheckbox = memo(function RowCheckbox({ label, checked, onChange }: Props) {
  const styles = useStyles();
  const filled = checked !== false;
  return (
    <span className={styles.root}>
      <input
        ref={(input) => {
          if (input !== null) {
            input.indeterminate = checked === "mixed";
          }
        }}
        className={styles.input}
        type="checkbox"
        tabIndex={-1}
        aria-label={label}
        checked={checked === true}
        onChange={onChange}
      />
      <span className={mergeClasses(styles.box, filled && styles.filled)} aria-hidden>
        {checked === true ? <Checkmark12Filled /> : null}
        {checked === "mixed" ? <Subtract12Filled /> : null}
      </span>
    </span>
  );
});

const useStyles = makeStyles({
  root: { display: "inline-flex", position: "relative", padding: tokens.spacingHorizontalS },
  // Over the whole room around the box: a target of 32 pixels.
  input: { position: "absolute", inset: 0, width: "100%", height: "100%", margin: 0, opacity: 0, cursor: "pointer" },
  box: {
    display: "flex",
    alignItems: "center",
    justifyContent: "center",
    boxSizing: "border-box",
    width: "16px",
    height: "16px",
    border: `1px solid ${tokens.colorNeutralStrokeAccessible}`,
    borderRadius: tokens.borderRadiusSmall,
    fill: "currentColor",
  },
  filled: {
    borderTopColor: tokens.colorCompoundBrandBackground,
    borderRightColor: tokens.colorCompoundBrandBackground,
    borderBottomColor: tokens.colorCompoundBrandBackground,
    borderLeftColor: tokens.colorCompoundBrandBackground,
    backgroundColor: tokens.colorCompoundBrandBackground,
    color: tokens.colorNeutralForegroundInverted,
    "@media (forced-colors: active)": {
      forcedColorAdjust: "none",
      backgroundColor: "Highlight",
      color: "HighlightText",
    },
  },
});
