import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  tokens,
} from "@fluentui/react-components";
import { Fragment } from "react";

/** What a key does, in the order of the list. Screens give a key its meaning; the words hold for all of them. */
const meanings: readonly [string, string, string][] = [
  ["ctrl+1", "Ctrl+1, 2, 3, 6, 7", "Organizations, Users, Activity, Guide, Settings"],
  ["ctrl+n", "Ctrl+N", "New"],
  ["ctrl+s", "Ctrl+S", "Save"],
  ["ctrl+g", "Ctrl+G", "Magic Wand"],
  ["f5", "F5", "Check, re-check"],
  ["ctrl+f", "Ctrl+F", "Filter"],
  ["ctrl+e", "Ctrl+E", "Export to CSV"],
  ["ctrl+shift+c", "Ctrl+Shift+C", "Copy the focused commands"],
  ["ctrl+p", "Ctrl+P", "Print"],
  ["ctrl+z", "Ctrl+Z", "Undo what the newest notice tells of"],
  ["arrows", "Arrows, Home, End", "Move inside the table"],
  ["enter", "Enter", "Open"],
  [" ", "Space", "Select the row"],
  ["ctrl+a", "Ctrl+A", "Select all rows that match"],
  ["f2", "F2", "Edit"],
  ["delete", "Delete", "Delete (asks)"],
  ["shift+f10", "Shift+F10, Menu", "Actions of the row"],
  ["p", "P", "Pause, resume"],
  ["j", "J, K", "Next, previous"],
  ["ctrl+tab", "Ctrl+Tab", "Next tab"],
  ["escape", "Esc", "Close, clear, cancel (asks)"],
  ["f6", "F6", "Next pane"],
  ["ctrl+,", "Ctrl+,", "Settings"],
  ["f1", "F1, ?", "This list"],
];

/** The keys of the screen, `live` as `Hotkeys` names them. */
export function KeyList({ live, onClose }: { live: readonly string[]; onClose: () => void }) {
  const styles = useStyles();
  return (
    <Dialog open onOpenChange={(_, data) => data.open || onClose()}>
      <DialogSurface className={styles.surface}>
        <DialogBody>
          <DialogTitle>Keys on this screen</DialogTitle>
          <DialogContent>
            <dl className={styles.list}>
              {meanings
                .filter(([name]) => live.includes(name))
                .map(([name, key, meaning]) => (
                  <Fragment key={name}>
                    <dt>
                      <kbd className={styles.key}>{onThisSystem(key)}</kbd>
                    </dt>
                    <dd>{meaning}</dd>
                  </Fragment>
                ))}
            </dl>
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" onClick={onClose}>
              Close
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

/** macOS calls it Cmd, except for Ctrl+Tab. */
function onThisSystem(key: string): string {
  return navigator.platform.startsWith("Mac") && key !== "Ctrl+Tab" ? key.replace("Ctrl", "Cmd") : key;
}

const useStyles = makeStyles({
  surface: { maxWidth: "480px" },
  list: {
    display: "grid",
    gridTemplateColumns: "max-content 1fr",
    alignItems: "baseline",
    columnGap: tokens.spacingHorizontalXL,
    rowGap: tokens.spacingVerticalXS,
    margin: 0,
    "& dd": { margin: 0 },
  },
  key: { fontFamily: tokens.fontFamilyBase, fontWeight: tokens.fontWeightSemibold, whiteSpace: "nowrap" },
});
