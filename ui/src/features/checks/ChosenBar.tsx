import { Button, makeStyles, tokens } from "@fluentui/react-components";
import { ArrowRepeatAllRegular, DismissRegular } from "@fluentui/react-icons";
import { BlockableButton } from "@/components/BlockableButton";
import { counted } from "@/lib/format";

type ChosenBarProps = {
  selected: number;
  /** Why they cannot be checked again; null: they can. */
  blocked: string | null;
  onRecheck: () => void;
  onClear: () => void;
};

/** What can be done with the mailboxes that are ticked. */
export function ChosenBar({ selected, blocked, onRecheck, onClear }: ChosenBarProps) {
  const styles = useStyles();
  return (
    <div className={styles.root} role="toolbar" aria-label="Selected mailboxes">
      <span className={styles.count}>{`${counted(selected, "mailbox", "mailboxes")} selected`}</span>
      <BlockableButton
        size="small"
        icon={<ArrowRepeatAllRegular />}
        aria-keyshortcuts="F5"
        blocked={blocked ?? undefined}
        onClick={onRecheck}
      >
        Re-check selected
      </BlockableButton>
      <Button size="small" appearance="subtle" icon={<DismissRegular />} onClick={onClear}>
        Clear selection
      </Button>
    </div>
  );
}

const useStyles = makeStyles({
  root: {
    display: "flex",
    alignItems: "center",
    flexWrap: "wrap",
    flexShrink: 0,
    gap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground3,
  },
  count: { flexGrow: 1 },
});
