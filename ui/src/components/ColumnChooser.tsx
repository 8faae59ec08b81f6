import { Button, Menu, MenuItemCheckbox, MenuList, MenuPopover, MenuTrigger } from "@fluentui/react-components";
import { ColumnTripleRegular } from "@fluentui/react-icons";
import { memo, useMemo, useState } from "react";
import { useStable } from "@/lib/stable";

type Choosable = { id: string; header: string; hidden?: boolean; fixed?: boolean };

/** Which columns are shown, remembered on this machine under `name`. */
export function useShownColumns<C extends Choosable>(name: string | undefined, columns: readonly C[]) {
  const [hidden, setHidden] = useState<readonly string[]>(() => remembered(name) ?? initiallyHidden(columns));
  const change = useStable((ids: readonly string[]) => {
    setHidden(ids);
    if (name !== undefined) {
      localStorage.setItem(`columns.${name}`, JSON.stringify(ids));
    }
  });
  const shown = useMemo(
    () => columns.filter((column) => column.fixed === true || !hidden.includes(column.id)),
    [columns, hidden],
  );
  return {
    shown,
    hidden,
    setHidden: change,
  };
}

/** The menu of the columns. */
export const ColumnChooser = memo(function ColumnChooser(props: {
  columns: readonly Choosable[];
  hidden: readonly string[];
  onChange: (hidden: readonly string[]) => void;
}) {
  const choosable = props.columns.filter((column) => column.fixed !== true);
  const checked = choosable.filter((column) => !props.hidden.includes(column.id)).map((column) => column.id);
  return (
    <Menu
      checkedValues={{ columns: checked }}
      onCheckedValueChange={(_, data) =>
        props.onChange(choosable.filter((column) => !data.checkedItems.includes(column.id)).map((column) => column.id))
      }
    >
      <MenuTrigger disableButtonEnhancement>
        <Button size="small" appearance="subtle" icon={<ColumnTripleRegular />}>
          Columns
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {choosable.map((column) => (
            <MenuItemCheckbox key={column.id} name="columns" value={column.id}>
              {column.header}
            </MenuItemCheckbox>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
});

function initiallyHidden(columns: readonly Choosable[]): string[] {
  return columns.filter((column) => column.hidden === true).map((column) => column.id);
}

function remembered(name: string | undefined): string[] | undefined {
  const stored = name === undefined ? null : localStorage.getItem(`columns.${name}`);
  if (stored === null) {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(stored);
    return Array.isArray(value) && value.every((id) => typeof id === "string") ? value : undefined;
  } catch {
    return undefined;
  }
}
