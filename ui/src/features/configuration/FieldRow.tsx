import { Button, Label, makeStyles, mergeClasses, Text, tokens } from "@fluentui/react-components";
import { ErrorCircle16Filled, Info16Regular, Warning16Filled } from "@fluentui/react-icons";
import type { ReactNode } from "react";
import type { FieldMessage } from "@/ipc/generated/FieldMessage";

type FieldRowProps = {
  label: string;
  htmlFor: string;
  children: ReactNode;
  /** Right of the control: a badge, a hint, the origin of a value. */
  aside?: ReactNode;
  /** Below the control: more of it. */
  below?: ReactNode;
  messages?: readonly FieldMessage[];
  /** A warning of the screen itself. */
  note?: string | null;
  onAcceptFix?: (message: FieldMessage) => void;
  /** The control has several lines: the label stands at the first. */
  tall?: boolean;
  /** The control takes the width that what is beside it leaves. */
  wide?: boolean;
};

/** A line of the form: label, control, what belongs beside it, and what is wrong with it. */
export function FieldRow(props: FieldRowProps) {
  const { label, htmlFor, children, aside, below, messages = [], note = null, onAcceptFix } = props;
  const { tall = false, wide = false } = props;
  const styles = useStyles();
  return (
    <div className={mergeClasses(styles.row, tall && styles.tall, wide && styles.wide)}>
      <Label htmlFor={htmlFor} className={mergeClasses(styles.label, tall && styles.tallLabel)}>
        {label}
      </Label>
      <div className={styles.control}>{children}</div>
      <div className={styles.aside}>{aside}</div>
      <div className={styles.below} id={`${htmlFor}-messages`} aria-live="polite">
        {messages.map((message) => (
          <Message key={message.text} message={message} onAcceptFix={onAcceptFix} />
        ))}
        {note !== null && (
          <Message message={{ field: "", level: "warning", text: note, fix: null, automatic: false }} />
        )}
        {below}
      </div>
    </div>
  );
}

/** Whether a field is to be marked as wrong. */
export function hasError(messages: readonly FieldMessage[]): boolean {
  return messages.some((message) => message.level === "error");
}

type MessageProps = { message: FieldMessage; onAcceptFix?: (message: FieldMessage) => void };

function Message({ message, onAcceptFix }: MessageProps) {
  const styles = useStyles();
  return (
    <div className={styles.message}>
      <MessageIcon level={message.level} />
      <Text size={200} className={mergeClasses(message.level === "error" && styles.error)}>
        {message.text}
      </Text>
      {message.fix !== null && onAcceptFix && (
        <Button size="small" appearance="transparent" className={styles.fix} onClick={() => onAcceptFix(message)}>
          Use it
        </Button>
      )}
    </div>
  );
}

function MessageIcon({ level }: { level: FieldMessage["level"] }) {
  const styles = useStyles();
  switch (level) {
    case "error":
      return <ErrorCircle16Filled className={mergeClasses(styles.icon, styles.error)} aria-label="Error" />;
    case "warning":
      return <Warning16Filled className={mergeClasses(styles.icon, styles.warning)} aria-label="Warning" />;
    case "fix":
      return <Info16Regular className={styles.icon} aria-label="Suggestion" />;
  }
}

const useStyles = makeStyles({
  row: {
    display: "grid",
    gridTemplateColumns: "190px minmax(0, 420px) minmax(0, 1fr)",
    gridTemplateAreas: `"label control aside" ". below below"`,
    columnGap: tokens.spacingHorizontalM,
    alignItems: "center",
    "@container (max-width: 620px)": {
      gridTemplateColumns: "minmax(0, 1fr) auto",
      gridTemplateAreas: `"label label" "control aside" "below below"`,
      rowGap: tokens.spacingVerticalXXS,
    },
  },
  tall: { alignItems: "start" },
  wide: {
    gridTemplateColumns: "190px minmax(0, 520px) auto",
    justifyContent: "start",
    "@container (max-width: 620px)": { gridTemplateColumns: "minmax(0, 1fr) auto" },
  },
  tallLabel: { paddingTop: tokens.spacingVerticalS },
  label: { gridArea: "label", overflowWrap: "anywhere" },
  control: { gridArea: "control", display: "flex", gap: tokens.spacingHorizontalS, minWidth: 0, alignItems: "center" },
  aside: { gridArea: "aside", display: "flex", gap: tokens.spacingHorizontalS, alignItems: "center", minWidth: 0 },
  below: { gridArea: "below", display: "flex", flexDirection: "column", gap: "2px", paddingTop: "2px" },
  message: { display: "flex", gap: tokens.spacingHorizontalXS, alignItems: "flex-start", minHeight: "20px" },
  icon: { flexShrink: 0, marginTop: "2px" },
  error: { color: tokens.colorStatusDangerForeground3 },
  warning: { color: tokens.colorStatusWarningForeground3 },
  fix: { minWidth: 0, marginTop: "-2px", whiteSpace: "nowrap", color: tokens.colorBrandForegroundLink },
});
