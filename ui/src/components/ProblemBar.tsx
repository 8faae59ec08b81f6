import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  tokens,
} from "@fluentui/react-components";
import type { CommandError } from "@/ipc/problem";
import { CopyButton } from "./CopyButton";

const useStyles = makeStyles({ hint: { color: tokens.colorNeutralForeground2 } });

/** What failed, why, and what to do: `Try again` and `Copy details`. */
export function ProblemBar(props: { error: CommandError; title?: string; onRetry?: () => void }) {
  const { error, title, onRetry } = props;
  const styles = useStyles();
  const details = [title, error.message, error.hint, `Code: ${error.code}`].filter(Boolean).join("\n");
  return (
    <MessageBar intent="error" layout="multiline">
      <MessageBarBody>
        {title === undefined ? null : <MessageBarTitle>{title}</MessageBarTitle>}
        {error.message} {error.hint === undefined ? null : <span className={styles.hint}>{error.hint}</span>}
      </MessageBarBody>
      <MessageBarActions>
        {onRetry === undefined ? null : (
          <Button size="small" onClick={onRetry}>
            Try again
          </Button>
        )}
        <CopyButton text={details} label="Copy details" />
      </MessageBarActions>
    </MessageBar>
  );
}
