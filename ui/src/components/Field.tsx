import { Button, Field as FluentField, makeStyles, tokens } from "@fluentui/react-components";
import { CheckmarkCircleFilled, ErrorCircleFilled, WarningFilled } from "@fluentui/react-icons";
import type { ReactElement } from "react";
import type { FieldLevel } from "@/ipc/generated/FieldLevel";
import type { CommandError } from "@/ipc/problem";

/** A message at a field. */
export type Message = {
  level: FieldLevel;
  text: string;
  /** A button behind the text: `Undo`, `Use it`. */
  action?: { label: string; run: () => void };
};

const useStyles = makeStyles({
  message: { display: "inline-flex", alignItems: "center", flexWrap: "wrap", gap: tokens.spacingHorizontalXS },
});

const states = { error: "error", warning: "warning", fix: "success" } as const;
const icons = {
  error: <ErrorCircleFilled />,
  warning: <WarningFilled />,
  fix: <CheckmarkCircleFilled />,
} as const;

type Props = {
  label: string;
  required?: boolean;
  hint?: string | ReactElement;
  message?: Message | null;
  orientation?: "vertical" | "horizontal";
  className?: string;
  children: ReactElement;
};

/** A labeled control with at most one message: icon, words, and where it helps a button. */
export function Field({ message, children, hint, ...rest }: Props) {
  const styles = useStyles();
  return (
    <FluentField
      {...rest}
      hint={hint}
      validationState={message ? states[message.level] : "none"}
      validationMessageIcon={message ? icons[message.level] : undefined}
      validationMessage={
        message ? (
          <span className={styles.message}>
            {message.text}
            {message.action === undefined ? null : (
              <Button size="small" appearance="transparent" onClick={message.action.run}>
                {message.action.label}
              </Button>
            )}
          </span>
        ) : undefined
      }
    >
      {children}
    </FluentField>
  );
}

/** The message of a failed command, if it belongs to this field. */
export function fieldMessage(error: CommandError | null | undefined, field: string): Message | null {
  return error?.field === field ? { level: "error", text: error.message } : null;
}
