import { makeStyles, Text, tokens } from "@fluentui/react-components";
import { CopyButton } from "@/components/CopyButton";
import type { Remedy } from "@/ipc/generated/Remedy";
import type { RemedyPurpose } from "@/ipc/generated/RemedyPurpose";

const purposes: Record<RemedyPurpose, { title: string; note: string }> = {
  look: { title: "Look", note: "reads only" },
  change: { title: "Change", note: "changes Exchange" },
  undo: { title: "Undo", note: "takes the change back" },
  verify: { title: "Verify", note: "proves the change" },
};

/** Commands for the Exchange Management Shell. Understudy never runs them. */
export function RemedyBlocks({ remedy }: { remedy: readonly Remedy[] }) {
  const styles = useStyles();
  return (
    <div className={styles.blocks}>
      {remedy.map(({ purpose, powershell }) => (
        <section key={`${purpose} ${powershell}`} className={styles.block} aria-label={purposes[purpose].title}>
          <div className={styles.head}>
            <Text weight="semibold">{purposes[purpose].title}</Text>
            <Text size={200} className={styles.note}>
              {purposes[purpose].note}
            </Text>
            <span className={styles.space} />
            <CopyButton text={powershell} label={`Copy ${purposes[purpose].title}`} iconOnly appearance="subtle" />
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long commands scroll by keyboard */}
          <pre className={styles.code} tabIndex={0}>
            {powershell}
          </pre>
        </section>
      ))}
    </div>
  );
}

/** All commands as one script, each under its purpose. */
export function remedyScript(remedy: readonly Remedy[]): string {
  return remedy.map(({ purpose, powershell }) => `# ${purposes[purpose].title}\n${powershell}`).join("\n\n");
}

const useStyles = makeStyles({
  blocks: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS },
  block: { border: `1px solid ${tokens.colorNeutralStroke2}`, borderRadius: tokens.borderRadiusMedium, minWidth: 0 },
  head: {
    display: "flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalXXS} ${tokens.spacingHorizontalXS} ${tokens.spacingVerticalXXS} ${tokens.spacingHorizontalM}`,
    backgroundColor: tokens.colorNeutralBackground3,
  },
  note: { color: tokens.colorNeutralForeground3 },
  space: { flexGrow: 1 },
  code: {
    margin: 0,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    whiteSpace: "pre-wrap",
    overflowWrap: "anywhere",
    maxHeight: "260px",
    overflow: "auto",
  },
});
