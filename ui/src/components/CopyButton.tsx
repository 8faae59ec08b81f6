import { Button, Tooltip } from "@fluentui/react-components";
import { CheckmarkRegular, CopyRegular } from "@fluentui/react-icons";
import { useEffect, useState } from "react";

type Props = {
  /** What goes to the clipboard. Never a secret. */
  text: string;
  /** Visible label, and the accessible name. Default `Copy`. */
  label?: string;
  /** Only the icon; the label becomes the tip. */
  iconOnly?: boolean;
  appearance?: "secondary" | "subtle" | "transparent";
  /** -1 inside a table, which is one tab stop. */
  tabIndex?: number;
};

/** Copies a text and says so for two seconds. */
export function CopyButton({ text, label = "Copy", iconOnly = false, appearance = "secondary", tabIndex }: Props) {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") {
      return;
    }
    const timer = setTimeout(() => setState("idle"), 2000);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setState("copied"),
      () => setState("failed"),
    );
  const words = { idle: label, copied: "Copied", failed: "Could not copy" }[state];
  const button = (
    <Button
      size="small"
      appearance={appearance}
      tabIndex={tabIndex}
      icon={state === "copied" ? <CheckmarkRegular /> : <CopyRegular />}
      aria-label={iconOnly ? words : undefined}
      onClick={copy}
    >
      {iconOnly ? undefined : words}
    </Button>
  );
  return iconOnly ? (
    <Tooltip content={words} relationship="label">
      {button}
    </Tooltip>
  ) : (
    button
  );
}
