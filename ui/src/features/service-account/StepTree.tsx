import {
  makeStyles,
  mergeClasses,
  Text,
  Tree,
  TreeItem,
  TreeItemLayout,
  type TreeItemValue,
  tokens,
} from "@fluentui/react-components";
import { useState } from "react";
import { BlameBadge } from "@/components/BlameBadge";
import { StepStatusBadge } from "@/components/StepStatusBadge";
import { hovered } from "@/components/tableLayout";
import type { Step } from "@/ipc/generated/Step";
import { elapsed, rungTitle, stepWords } from "@/lib/steps";

type StepTreeProps = {
  steps: readonly Step[];
  /** The test goes on: what is not reached waits. */
  going: boolean;
};

/** The steps as a tree: arrows move and unfold, what was seen is below each as `Tell me more`. */
export function StepTree({ steps, going }: StepTreeProps) {
  const styles = useStyles();
  const [toggled, setToggled] = useState<ReadonlyMap<TreeItemValue, boolean>>(new Map());
  // What is broken is unfolded by itself.
  const reached = steps.findLastIndex(({ status }) => status !== "skipped");
  const isOpen = (step: Step) => toggled.get(step.id) ?? step.status === "fail";
  return (
    <Tree
      aria-label="Steps"
      size="small"
      className={styles.tree}
      openItems={steps.filter(isOpen).map((step) => step.id)}
      onOpenChange={(_, data) => setToggled(new Map(toggled).set(data.value, data.open))}
    >
      {steps.map((step, index) => (
        <StepItem key={step.id} step={step} number={index + 1} open={isOpen(step)} waiting={going && index > reached} />
      ))}
    </Tree>
  );
}

type StepItemProps = { step: Step; number: number; open: boolean; waiting: boolean };

function StepItem({ step, number, open, waiting }: StepItemProps) {
  const styles = useStyles();
  const title = `${number}. ${rungTitle(step)}`;
  const word = waiting ? "Waiting" : stepWords[step.status];
  const more = step.evidence.length > 0;
  return (
    <TreeItem
      value={step.id}
      itemType={more ? "branch" : "leaf"}
      className={mergeClasses(styles.item, step.status === "fail" && styles.broken)}
    >
      <TreeItemLayout className={styles.layout} main={{ className: styles.main }}>
        <span className={styles.line}>
          <Text weight="semibold" className={styles.title}>
            {title}
          </Text>
          <span className={styles.side}>
            <StepStatusBadge status={step.status} words={word} />
            <Text size={200} className={styles.time}>
              {step.elapsedMs === null ? "" : elapsed(step.elapsedMs)}
            </Text>
          </span>
        </span>
        {step.message !== "" && !waiting && (
          <Text size={200} className={styles.text}>
            {step.message}
          </Text>
        )}
        {step.next !== null && (
          <Text size={200} className={styles.text}>
            <b>Next: </b>
            {step.next}
          </Text>
        )}
        {(step.blame !== null || more) && (
          <span className={styles.foot}>
            {more && (
              <Text size={200} className={styles.more}>
                {open ? "Tell me less" : "Tell me more"}
              </Text>
            )}
            {step.blame !== null && <BlameBadge blame={step.blame} />}
          </span>
        )}
      </TreeItemLayout>
      {more && (
        <Tree>
          {step.evidence.map((line) => (
            <TreeItem key={line} value={`${step.id} ${line}`} itemType="leaf">
              <TreeItemLayout className={styles.evidence} main={{ className: styles.main }}>
                {line}
              </TreeItemLayout>
            </TreeItem>
          ))}
        </Tree>
      )}
    </TreeItem>
  );
}

const useStyles = makeStyles({
  tree: { minWidth: 0 },
  item: { borderLeft: "4px solid transparent" },
  broken: { borderLeftColor: tokens.colorStatusDangerBorderActive },
  layout: {
    alignItems: "flex-start",
    paddingTop: tokens.spacingVerticalXS,
    paddingBottom: tokens.spacingVerticalXS,
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    // The link in it has to stay readable.
    ":hover": { backgroundColor: hovered },
  },
  main: { display: "flex", flexDirection: "column", flexGrow: 1, minWidth: 0 },
  line: { display: "flex", alignItems: "flex-start", gap: tokens.spacingHorizontalS },
  title: { flexGrow: 1, minWidth: 0 },
  side: { display: "flex", gap: tokens.spacingHorizontalXS, flexShrink: 0, fontSize: tokens.fontSizeBase200 },
  time: {
    minWidth: "48px",
    textAlign: "end",
    color: tokens.colorNeutralForeground3,
    fontVariantNumeric: "tabular-nums",
  },
  text: { overflowWrap: "anywhere", whiteSpace: "normal" },
  foot: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalM, minHeight: "24px" },
  more: { color: tokens.colorBrandForegroundLink, textDecorationLine: "underline" },
  evidence: {
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: "anywhere",
    minHeight: "24px",
  },
});
