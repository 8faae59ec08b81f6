import { Button, makeStyles, Title3, tokens } from "@fluentui/react-components";
import { Component, type ReactNode } from "react";
import { CopyButton } from "@/components/CopyButton";

type State = { failed: Error | null };

/** Catches a fault of this program while it draws. What is stored is not touched by it. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { failed: null };

  static getDerivedStateFromError(failed: Error): State {
    return { failed };
  }

  override render() {
    const { failed } = this.state;
    return failed === null ? (
      this.props.children
    ) : (
      <Broken error={failed} onRetry={() => this.setState({ failed: null })} />
    );
  }
}

const useStyles = makeStyles({
  root: {
    display: "flex",
    flexDirection: "column",
    alignItems: "flex-start",
    gap: tokens.spacingVerticalM,
    padding: tokens.spacingHorizontalXXXL,
  },
  actions: { display: "flex", gap: tokens.spacingHorizontalS },
});

/** What is shown instead of a screen that could not be drawn. */
export function Broken({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const styles = useStyles();
  return (
    <div className={styles.root} role="alert">
      <Title3 as="h1">This screen could not be shown.</Title3>
      <p>{error.message}</p>
      <div className={styles.actions}>
        <Button appearance="primary" onClick={onRetry}>
          Try again
        </Button>
        <CopyButton text={`${error.message}\n${error.stack ?? ""}`} label="Copy details" />
      </div>
    </div>
  );
}
