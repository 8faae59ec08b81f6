import { Button, type ButtonProps, Tooltip } from "@fluentui/react-components";
import { useState } from "react";

type BlockableButtonProps = Extract<ButtonProps, { as?: "button" }> & {
  /** Why it does nothing now; undefined: it does. */
  blocked: string | undefined;
  onClick: () => void;
};

/** A button that says why it can't be used, and keeps the keyboard when that changes. */
export function BlockableButton({ blocked, onClick, disabledFocusable = false, ...props }: BlockableButtonProps) {
  const [pointed, setPointed] = useState(false);
  return (
    <Tooltip
      content={blocked ?? ""}
      relationship="description"
      visible={pointed && blocked !== undefined}
      onVisibleChange={(_, { visible }) => setPointed(visible)}
    >
      <Button
        {...props}
        disabledFocusable={disabledFocusable || blocked !== undefined}
        onClick={() => blocked === undefined && onClick()}
      />
    </Tooltip>
  );
}
