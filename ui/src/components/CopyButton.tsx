import { Button, Tooltip } from "@fluentui/react-components";
import { CheckmarkRegular, CopyRegular } from "@fluentui/react-icons";
import { useEffect, useState } from "react";

type Props = {
  /** What goes to the clipboard, or where to get it. Never a secret. */
  text: string | (() => Promise<string>);
  /** Visible label, and the accessible name. Default `Copy`. */
  label?: string;
  /** Only the icon; the label becomes the tip. */
  iconOnly?: boolean;
  appearance?: "secondary" | "subtle" | "transparent";
  /** -1 inside a table, which is one tab stop. */
  tabIndex?: number;
  /** Why it can't be copied; undefined: it can. */
  blocked?: string | undefined;
  size?: "small" | "medium";
  /** Asking for the text failed. */
  onError?: (thrown: unknown) => void;
};

/** Copies a text and says so for two seconds. */
export function CopyButton({ text, label = "Copy", iconOnly = false, appearance = "secondary", ...props }: Props) {
  const { tabIndex, blocked, size = "small", onError } = props;
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") {
      return;
    }
    const timer = setTimeout(() => setState("idle"), 2000);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async () => {
    if (blocked !== undefined) {
      return;
    }
    let words: string;
    try {
      words = typeof text === "string" ? text : await text();
    } catch (thrown) {
      setState("failed");
      onError?.(thrown);
      return;
    }
    await navigator.clipboard.writeText(words).then(
      () => setState("copied"),
      () => setState("failed"),
    );
  };
  const words = { idle: label, copied: "Copied", failed: "Could not copy" }[state];
  const button = (
    <Button
      size={size}
      appearance={appearance}
      tabIndex={tabIndex}
      icon={state === "copied" ? <CheckmarkRegular /> : <CopyRegular />}
      aria-label={iconOnly ? words : undefined}
      disabledFocusable={blocked !== undefined}
      data-copy
      onClick={() => void copy()}
    >
      {iconOnly ? undefined : words}
    </Button>
  );
  if (blocked !== undefined) {
    return (
      <Tooltip content={blocked} relationship="description">
        {button}
      </Tooltip>
    );
  }
  return iconOnly ? (
    <Tooltip content={words} relationship="label">
      {button}
    </Tooltip>
  ) : (
    button
  );
}
