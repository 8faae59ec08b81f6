import {
  Button,
  Menu,
  MenuList,
  MenuPopover,
  type MenuProps,
  MenuTrigger,
  type PositioningVirtualElement,
} from "@fluentui/react-components";
import { MoreHorizontalRegular } from "@fluentui/react-icons";
import { type MouseEvent, type ReactNode, useState } from "react";

type Props = {
  /** Whose actions: the name or address of the row. */
  of: string;
  checkedValues?: MenuProps["checkedValues"];
  /** The items. */
  children: ReactNode;
};

/** `Actions` of a row: opens at its button, and at the pointer when the row was clicked with the right button. */
export function RowActions({ of, checkedValues, children }: Props) {
  const [pointer, setPointer] = useState<PositioningVirtualElement>();
  return (
    <Menu
      checkedValues={checkedValues}
      positioning={pointer === undefined ? "below-end" : { target: pointer, position: "below", align: "start" }}
    >
      <MenuTrigger disableButtonEnhancement>
        <Button
          appearance="subtle"
          size="small"
          icon={<MoreHorizontalRegular />}
          aria-label={`Actions for ${of}`}
          tabIndex={-1}
          data-row-menu
          onClick={(event: MouseEvent) => setPointer(handedOn(event))}
        />
      </MenuTrigger>
      <MenuPopover>
        <MenuList>{children}</MenuList>
      </MenuPopover>
    </Menu>
  );
}

/** Where the table says the pointer was; undefined for a click on the button itself, and for keys. */
function handedOn({ clientX: x, clientY: y, currentTarget }: MouseEvent): PositioningVirtualElement | undefined {
  const own = currentTarget.getBoundingClientRect();
  const inside = x >= own.left && x <= own.right && y >= own.top && y <= own.bottom;
  return inside || (x === 0 && y === 0) ? undefined : { getBoundingClientRect: () => new DOMRect(x, y, 0, 0) };
}
