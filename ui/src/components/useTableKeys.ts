import { type KeyboardEvent, type RefObject, useState } from "react";
import { inTextField, useListedKeys } from "@/lib/keys";
import { useStable } from "@/lib/stable";
import { moved, type Place } from "./tableKeys";
import { rowHeight } from "./tableLayout";

type Options<Row> = {
  id: string;
  scroller: RefObject<HTMLDivElement | null>;
  size: { rows: number; columns: number };
  row: (index: number) => Row | undefined;
  /** Scrolls a row into view. */
  reveal: (index: number) => void;
  /** Enter or Space on a header cell. */
  onHeader: (column: number) => void;
  onSelectAll?: () => void;
  onToggle?: (row: Row) => void;
  onOpen?: (row: Row) => void;
  onEdit?: (row: Row) => void;
  onDelete?: (row: Row) => void;
  onCheck?: (row: Row) => void;
};

/** The keyboard of a table: one tab stop, a place inside it. */
export type TableKeys = {
  at: Place;
  /** Stays the same function. */
  setRow: (row: number) => void;
  cellId: (place: Place) => string;
  /** `true` or nothing, as a data attribute wants it. */
  isAt: (place: Place) => true | undefined;
  onKeyDown: (event: KeyboardEvent<HTMLDivElement>) => void;
};

/** Moves through a table and acts on the row it has come to. */
export function useTableKeys<Row>(options: Options<Row>): TableKeys {
  const { id, scroller, size } = options;
  const [place, setPlace] = useState<Place>({ row: 0, column: 0 });
  const at = {
    row: Math.min(place.row, size.rows - 1),
    column: Math.min(place.column, size.columns - 1),
  };
  const setRow = useStable((row: number) => setPlace({ row, column: at.column }));
  useListedKeys(() => named(options));
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    // Keys of a menu or dialog that a cell has opened arrive here through React's tree, not the page's.
    if (!event.currentTarget.contains(event.target as Node) || inTextField(event.target)) {
      return;
    }
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const to = moved(event, at, { ...size, page });
    if (to !== undefined) {
      event.preventDefault();
      scroller.current?.focus();
      setPlace(to);
      if (to.row >= 0) {
        options.reveal(to.row);
      }
    } else if (act(event, at, options, () => document.getElementById(cellId(id, at)))) {
      event.preventDefault();
    }
  };
  return {
    at,
    setRow,
    cellId: (cell) => cellId(id, cell),
    isAt: (cell) => (cell.row === at.row && cell.column === at.column) || undefined,
    onKeyDown,
  };
}

/** What a cell of a table is called in the page. */
export function cellId(table: string, { row, column }: Place): string {
  return `${table}-${row}-${column}`;
}

/** Presses the menu button of a row, handing on where the pointer is; whether it has one. */
export function pressMenu(row: Element | null | undefined, pointer?: { clientX: number; clientY: number }): boolean {
  const button = row?.querySelector<HTMLElement>("[data-row-menu]") ?? null;
  const { clientX = 0, clientY = 0 } = pointer ?? {};
  button?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, clientX, clientY }));
  return button !== null;
}

/** The keys a table answers. */
function named<Row>(options: Options<Row>): string[] {
  const keys: [string, unknown][] = [
    ["arrows", true],
    ["enter", options.onOpen],
    [" ", options.onToggle],
    ["ctrl+a", options.onSelectAll],
    ["f2", options.onEdit],
    ["f5", options.onCheck],
    ["delete", options.onDelete],
    ["shift+f10", document.querySelector("[data-row-menu]")],
  ];
  return keys.filter(([, action]) => action).map(([name]) => name);
}

/** Does what a key means at a place; whether it means anything. */
function act<Row>(
  event: KeyboardEvent<HTMLDivElement>,
  at: Place,
  options: Options<Row>,
  cell: () => HTMLElement | null,
): boolean {
  const { key } = event;
  const onGrid = event.target === options.scroller.current;
  if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "a") {
    return did(options.onSelectAll);
  }
  if (at.row === -1) {
    return onGrid && (key === "Enter" || key === " ") && did(() => options.onHeader(at.column));
  }
  const row = options.row(at.row);
  if (row === undefined) {
    return false;
  }
  switch (key) {
    case " ":
      return onGrid && did(options.onToggle, row);
    case "Enter":
      return onGrid && (press(cell()) || did(options.onOpen, row));
    case "F2":
      return did(options.onEdit, row);
    case "Delete":
      return did(options.onDelete, row);
    case "F5":
      return did(options.onCheck, row);
    case "ContextMenu":
      return pressMenu(cell()?.parentElement);
    case "F10":
      return event.shiftKey && pressMenu(cell()?.parentElement);
    default:
      return false;
  }
}

function did<A extends unknown[]>(action: ((...args: A) => void) | undefined, ...args: A): boolean {
  action?.(...args);
  return action !== undefined;
}

function press(cell: HTMLElement | null): boolean {
  const control = cell?.querySelector<HTMLElement>("button, a[href]") ?? null;
  control?.click();
  return control !== null;
}
