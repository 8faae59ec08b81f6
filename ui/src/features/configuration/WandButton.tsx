import {
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  SplitButton,
  Tooltip,
  useRestoreFocusTarget,
} from "@fluentui/react-components";
import { GlobeSearchRegular, TimerRegular, WandRegular } from "@fluentui/react-icons";
import type { ComponentProps, ElementType } from "react";

type WandButtonProps = {
  offline: boolean;
  /** The URL is found when checking already. */
  finding: boolean;
  /** The pattern: no network. */
  onWand: () => void;
  onDiscover: () => void;
  onFindWhenChecking: () => void;
};

/** The Magic Wand: its click is the pattern, its arrow Autodiscover, now or in every check. */
export function WandButton({ offline, finding, onWand, onDiscover, onFindWhenChecking }: WandButtonProps) {
  const restoreFocus = useRestoreFocusTarget();
  return (
    <Menu positioning="below-end">
      <MenuTrigger disableButtonEnhancement>
        {(trigger) => (
          <SplitButton
            icon={<WandRegular />}
            menuButton={{
              ...trigger,
              ...restoreFocus,
              "aria-label": "Other ways to the EWS URL",
              disabledFocusable: offline,
              children: (offline ? arrowOffline : undefined) as never,
            }}
            primaryActionButton={{
              "aria-keyshortcuts": "Control+G",
              onClick: onWand,
              children: namedWand as never,
            }}
          />
        )}
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItem icon={<GlobeSearchRegular />} onClick={onDiscover}>
            Find with Autodiscover…
          </MenuItem>
          <MenuItem icon={<TimerRegular />} disabled={finding} onClick={onFindWhenChecking}>
            Find when checking
          </MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

// The type of a slot's children does not know that it can be drawn by a function too.
function arrowOffline(Arrow: ElementType, props: ComponentProps<"button">) {
  return (
    <Tooltip relationship="description" content="Autodiscover needs the network. Work offline is on.">
      <Arrow {...props} />
    </Tooltip>
  );
}

function namedWand(Wand: ElementType, props: ComponentProps<"button">) {
  return (
    <Tooltip relationship="label" content="Magic Wand, generate the EWS URL">
      <Wand {...props} />
    </Tooltip>
  );
}
