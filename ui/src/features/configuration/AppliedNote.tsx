import { Button, makeStyles, Text, tokens } from "@fluentui/react-components";
import { Info16Regular } from "@fluentui/react-icons";
import type { Applied } from "./formState";

/** What a button put into this field, unsaved, and the way back. */
export function AppliedNote({ applied, onUndo }: { applied: Applied | undefined; onUndo: () => void }) {
  const styles = useStyles();
  if (!applied) return null;
  return (
    <div className={styles.note}>
      <Info16Regular aria-hidden />
      <Text size={200}>{`${applied.text} Not saved yet.`}</Text>
      <Button size="small" appearance="subtle" onClick={onUndo}>
        Undo
      </Button>
    </div>
  );
}

const useStyles = makeStyles({
  note: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalXS },
});
