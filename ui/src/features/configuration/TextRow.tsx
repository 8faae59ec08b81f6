import { Input, makeStyles, useId } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { FieldMessage } from "@/ipc/generated/FieldMessage";
import { FieldRow, hasError } from "./FieldRow";

type TextRowProps = {
  label: string;
  /** Its name in messages. */
  field: string;
  value: string;
  messages: readonly FieldMessage[];
  placeholder?: string;
  inputMode?: "text" | "url" | "numeric";
  aside?: ReactNode;
  below?: ReactNode;
  onChange: (value: string) => void;
  onBlur: () => void;
};

/** A line of the form with one line of text in it. */
export function TextRow(props: TextRowProps) {
  const { label, field, value, messages, placeholder, inputMode = "text", aside, below, onChange, onBlur } = props;
  const styles = useStyles();
  const id = useId(field);
  return (
    <FieldRow label={label} htmlFor={id} messages={messages} aside={aside} below={below}>
      <Input
        id={id}
        data-field={field}
        className={styles.field}
        value={value}
        placeholder={placeholder}
        inputMode={inputMode}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={hasError(messages)}
        aria-describedby={`${id}-messages`}
        onChange={(_, data) => onChange(data.value)}
        onBlur={onBlur}
      />
    </FieldRow>
  );
}

const useStyles = makeStyles({ field: { width: "100%", minWidth: 0 } });
