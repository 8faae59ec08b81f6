import { Button, makeStyles, Text, tokens } from "@fluentui/react-components";
import { Info16Regular } from "@fluentui/react-icons";
import { useEffect, useRef } from "react";
import type { Applied } from "./formState";

/** What a button put into this field, unsaved, and the way back. */
export function AppliedNote({ applied, onUndo }: { applied: Applied | undefined; onUndo: () => void }) {
  const styles = useStyles();
  const note = useRef<HTMLDivElement>(null);
  // The button may have been far from its field.
  const text = applied?.text;
  useEffect(() => {
    if (text !== undefined) note.current?.scrollIntoView({ block: "nearest" });
  }, [text]);
  if (!applied) return null;
  return (
    <div ref={note} className={styles.note}>
      <Info16Regular aria-hidden />
      <Text size={200}>{`${applied.text} Not saved yet.`}</Text>
      <Button size="small" appearance="subtle" onClick={onUndo}>
        Undo
      </Button>
    </div>
  );
}

const useStyles = makeStyles({
  note: {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    gap: tokens.spacingHorizontalXS,
    // The head of the form and the field itself stay in view.
    scrollMarginTop: "120px",
    scrollMarginBottom: "48px",
  },
});
