import {
  Menu,
  MenuList,
  MenuPopover,
  type MenuProps,
  makeStyles,
  type PositioningVirtualElement,
  tokens,
  useRestoreFocusTarget,
} from "@fluentui/react-components";
import { MoreHorizontalRegular } from "@fluentui/react-icons";
import { type MouseEvent, type ReactNode, useId, useRef, useState } from "react";

type Props = {
  /** Whose actions: the name or address of the row. */
  of: string;
  checkedValues?: MenuProps["checkedValues"];
  /** The items: best one component that draws them, as they are drawn only once the menu is asked for. */
  children: ReactNode;
};

/** One for all rows: it is not drawn again with them. */
const more = <MoreHorizontalRegular />;

/** Whose menu it is, whether it is open, and where. */
type Asked = { of: string; open: boolean; pointer: PositioningVirtualElement | undefined };

/**
 * `Actions` of a row: opens at its button, and at the pointer when the row was clicked with the right button. A table
 * draws dozens of these at once: the button is a plain one, and the menu is made when it is first asked for.
 */
export function RowActions({ of, checkedValues, children }: Props) {
  const styles = useStyles();
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const restored = useRestoreFocusTarget();
  const [asked, setAsked] = useState<Asked>();
  // Scrolled or sorted, the same place shows another row.
  const own = asked?.of === of ? asked : undefined;
  const change: MenuProps["onOpenChange"] = (event, data) => {
    // A click on the button itself is the button's to answer.
    if (own === undefined || (data.type === "clickOutside" && button.current?.contains(event.target as Node))) {
      return;
    }
    setAsked({ ...own, open: data.open });
    if (!data.open && isLeft(document.activeElement)) {
      button.current?.focus();
    }
  };
  return (
    <>
      <button
        {...restored}
        ref={button}
        id={id}
        type="button"
        className={styles.button}
        aria-label={`Actions for ${of}`}
        aria-haspopup="menu"
        aria-expanded={own?.open ?? false}
        tabIndex={-1}
        data-row-menu
        onClick={(event) => setAsked({ of, open: own?.open !== true, pointer: handedOn(event) })}
      >
        {more}
      </button>
      {own === undefined ? null : (
        <Menu
          open={own.open}
          onOpenChange={change}
          checkedValues={checkedValues}
          // In the middle of a low window a long menu fits neither above nor below.
          positioning={{
            position: "below",
            shiftToCoverTarget: true,
            ...(own.pointer === undefined
              ? { target: button.current, align: "end" }
              : { target: own.pointer, align: "start" }),
          }}
        >
          <MenuPopover>
            <MenuList aria-labelledby={id}>{children}</MenuList>
          </MenuPopover>
        </Menu>
      )}
    </>
  );
}

/** Whether the focus is in a menu that closes, or nowhere. */
function isLeft(focused: Element | null): boolean {
  return focused === null || focused === document.body || focused.closest('[role="menu"]') !== null;
}

/** Where the table says the pointer was; undefined for a click on the button itself, and for keys. */
function handedOn({ clientX: x, clientY: y, currentTarget }: MouseEvent): PositioningVirtualElement | undefined {
  const own = currentTarget.getBoundingClientRect();
  const inside = x >= own.left && x <= own.right && y >= own.top && y <= own.bottom;
  return inside || (x === 0 && y === 0) ? undefined : { getBoundingClientRect: () => new DOMRect(x, y, 0, 0) };
}

const useStyles = makeStyles({
  button: {
    display: "inline-flex",
    alignItems: "center",
    justifyContent: "center",
    width: "28px",
    height: "24px",
    padding: 0,
    border: "none",
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: "transparent",
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase500,
    cursor: "pointer",
    verticalAlign: "middle",
    ":hover": { backgroundColor: tokens.colorSubtleBackgroundHover, color: tokens.colorNeutralForeground2BrandHover },
    ":active": {
      backgroundColor: tokens.colorSubtleBackgroundPressed,
      color: tokens.colorNeutralForeground2BrandPressed,
    },
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
});
