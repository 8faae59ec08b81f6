import { makeStyles, Text, tokens } from "@fluentui/react-components";
import {
  ArrowUndoRegular,
  CheckmarkCircleRegular,
  EditRegular,
  EyeRegular,
  WarningRegular,
} from "@fluentui/react-icons";
import type { ReactNode } from "react";
import type { RemedyPurpose } from "@/ipc/generated/RemedyPurpose";
import { useHotkeys } from "@/lib/keys";
import { CopyButton } from "./CopyButton";

const purposes: Record<RemedyPurpose, { title: string; note: string; icon: ReactNode }> = {
  look: { title: "Look", note: "reads only", icon: <EyeRegular /> },
  change: { title: "Change", note: "changes something", icon: <EditRegular /> },
  undo: { title: "Undo", note: "takes the change back", icon: <ArrowUndoRegular /> },
  verify: { title: "Verify", note: "proves the change", icon: <CheckmarkCircleRegular /> },
};

/** Commands with what must be known before they are typed. */
export type Command = {
  purpose: RemedyPurpose;
  powershell: string;
  /** Where to type it, or what to fill in first. */
  note?: string | null;
  /** Which shell, if not the Exchange Management Shell. */
  shell?: string | null;
  /** What it risks, where it covers more than one would think. */
  flagged?: string | null;
  /** What to do with what was copied, in the name of the button. */
  copyNote?: string | undefined;
  /** Why it can't be copied. */
  blocked?: string | undefined;
};

/** Commands for the Exchange Management Shell. Understudy never runs them. */
export function CommandBlocks({ commands }: { commands: readonly Command[] }) {
  const styles = useStyles();
  return (
    <div className={styles.blocks}>
      {commands.map((command) => (
        <CommandBlock key={`${command.purpose} ${command.powershell}`} command={command} />
      ))}
    </div>
  );
}

function CommandBlock({ command }: { command: Command }) {
  const styles = useStyles();
  const { title, note, icon } = purposes[command.purpose];
  return (
    <section className={styles.block} aria-label={title} data-command>
      <div className={styles.head}>
        <span className={styles.icon} aria-hidden>
          {icon}
        </span>
        <Text weight="semibold">{title}</Text>
        <Text size={200} className={styles.note}>
          {command.shell ? `${note}, ${command.shell}` : note}
        </Text>
        <span className={styles.space} />
        <CopyButton
          text={command.powershell}
          label={command.copyNote ? `Copy ${title}, ${command.copyNote}` : `Copy ${title}`}
          iconOnly
          appearance="subtle"
          blocked={command.blocked}
        />
      </div>
      {command.flagged && (
        <div className={styles.flag}>
          <WarningRegular aria-hidden className={styles.flagIcon} />
          <Text size={200}>{command.flagged}</Text>
        </div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long commands scroll by keyboard, and Ctrl+Shift+C copies the focused one */}
      <pre className={styles.code} tabIndex={0}>
        {pieces(command.powershell)}
      </pre>
      {(command.note || command.blocked) && (
        <Text size={200} className={styles.remark}>
          {[command.note, command.blocked].filter(Boolean).join(" ")}
        </Text>
      )}
    </section>
  );
}

/** Longest word that is kept on one line. */
const longestWhole = 60;

/** Lines break between words, never after a hyphen: `EWS-` at the end of a line would be typed wrong. */
function pieces(powershell: string): ReactNode[] {
  return powershell.split(/(\S*-\S*)/).map((piece, index) =>
    index % 2 === 1 && piece.length <= longestWhole ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never move
      <span key={index} style={{ whiteSpace: "nowrap" }}>
        {piece}
      </span>
    ) : (
      piece
    ),
  );
}

/** Ctrl+Shift+C copies the commands that have the keyboard. */
export function useCopyFocused(options?: { inDialogs?: boolean }): void {
  useHotkeys(
    {
      "ctrl+shift+c": () =>
        document.activeElement
          ?.closest("[data-command]")
          ?.querySelector<HTMLButtonElement>("button[data-copy]")
          ?.click(),
    },
    options,
  );
}

const useStyles = makeStyles({
  blocks: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS },
  block: {
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    minWidth: 0,
    breakInside: "avoid",
    overflow: "hidden",
    ":focus-within": { border: `1px solid ${tokens.colorNeutralStrokeAccessible}` },
  },
  head: {
    display: "flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalXXS} ${tokens.spacingHorizontalXS} ${tokens.spacingVerticalXXS} ${tokens.spacingHorizontalM}`,
    backgroundColor: tokens.colorNeutralBackground3,
  },
  icon: { display: "inline-flex", fontSize: tokens.fontSizeBase400 },
  note: { color: tokens.colorNeutralForeground3 },
  space: { flexGrow: 1 },
  flag: {
    display: "flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`,
    color: tokens.colorStatusWarningForeground1,
    backgroundColor: tokens.colorStatusWarningBackground1,
  },
  flagIcon: { flexShrink: 0, fontSize: tokens.fontSizeBase400 },
  code: {
    margin: 0,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase300,
    whiteSpace: "pre-wrap",
    overflowWrap: "anywhere",
    maxHeight: "260px",
    overflow: "auto",
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "-2px" },
    "@media print": { maxHeight: "none", overflow: "visible" },
  },
  remark: {
    display: "block",
    padding: `0 ${tokens.spacingHorizontalM} ${tokens.spacingVerticalS}`,
    color: tokens.colorNeutralForeground2,
  },
});
