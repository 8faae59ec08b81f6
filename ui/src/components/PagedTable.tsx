import { Checkbox, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { ArrowDownRegular, ArrowUpRegular } from "@fluentui/react-icons";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useId, useRef, useState } from "react";
import type { SortDirection } from "@/ipc/generated/SortDirection";
import { count } from "@/lib/format";
import { inTextField } from "@/lib/keys";
import { ColumnChooser, useShownColumns } from "./ColumnChooser";
import { ProblemBar } from "./ProblemBar";
import { type Page, type PageSource, usePagedRows } from "./pagedRows";
import { Skeleton } from "./Skeleton";
import { isSelected, nothing, type Selection, selectedCount, toggled } from "./selection";
import { moved, type Place } from "./tableKeys";

/** A column of a table. */
export type Column<Row, Sort extends string = string> = {
  id: string;
  header: string;
  /** Least width in pixels. */
  width: number;
  /** Share of the room that is left; 0, the default, keeps the column as it is. */
  grow?: number;
  /** What the engine sorts by; missing: not sortable. */
  sortBy?: Sort;
  align?: "end";
  /** Hidden until it is chosen. */
  hidden?: boolean;
  /** Cannot be hidden. */
  fixed?: boolean;
  render: (row: Row) => ReactNode;
};

type Props<Row, Key extends string | number, Answer extends Page<Row>, Sort extends string> = {
  /** Accessible name of the table. */
  label: string;
  columns: readonly Column<Row, Sort>[];
  /** The query of a page: `(offset, limit) => query("users_page", { …, offset, limit })`. */
  source: PageSource<Row, Answer>;
  rowKey: (row: Row) => Key;
  /** Names a row for its checkbox and for screen readers. */
  rowName: (row: Row) => string;
  sort?: { by: Sort; direction: SortDirection };
  /** `undefined` removes the sort. */
  onSort?: (sort: { by: Sort; direction: SortDirection } | undefined) => void;
  /** Given: rows have checkboxes. */
  selection?: Selection<Key>;
  onSelectionChange?: (selection: Selection<Key>) => void;
  /** Enter, double click; with `openOnClick` a single click too. */
  onOpen?: (row: Row) => void;
  openOnClick?: boolean;
  /** F2. */
  onEdit?: (row: Row) => void;
  /** Delete; the row the keyboard is on. */
  onDelete?: (row: Row) => void;
  /** The row whose details are open. */
  current?: Key;
  /** Shown when no row matches. */
  empty: ReactNode;
  /** Remembers the chosen columns under this name and shows the column menu. */
  name?: string;
  /** Left in the footer, before the totals. */
  footer?: ReactNode;
  /** Told whenever the first page arrives. */
  onAnswer?: (answer: Answer) => void;
};

const rowHeight = 40;
const checkWidth = 44;

/**
 * A table whose rows stay with the engine: virtual rows, pages on demand. One tab stop; arrows move inside; Enter opens,
 * Space selects, Ctrl+A selects all that match. A button inside a cell must have `tabIndex={-1}`: Enter presses it. A
 * button marked `data-row-menu` is pressed by the menu key and the right mouse button.
 */
export function PagedTable<
  Row,
  Key extends string | number,
  Answer extends Page<Row> = Page<Row>,
  Sort extends string = string,
>(props: Props<Row, Key, Answer, Sort>) {
  const styles = useStyles();
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const { shown, hidden, setHidden } = useShownColumns(props.name, props.columns);
  const [view, setView] = useState({ first: 0, last: 0 });
  const rows = usePagedRows(props.source, view);
  const [at, setAt] = useState<Place>({ row: 0, column: 0 });
  const selectable = props.selection !== undefined;
  const selection: Selection<Key> = props.selection ?? nothing;
  const columnCount = shown.length + (selectable ? 1 : 0);
  const virtualizer = useVirtualizer({
    count: rows.total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    paddingStart: rowHeight,
    scrollPaddingStart: rowHeight,
    overscan: 6,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items[items.length - 1]?.index ?? 0;
  useEffect(() => setView({ first, last }), [first, last]);
  const { onAnswer } = props;
  useEffect(() => {
    if (rows.head !== undefined && !rows.changing) {
      onAnswer?.(rows.head);
    }
  }, [rows.head, rows.changing, onAnswer]);

  const loadedKeys = useCallback(() => {
    const keys: Key[] = [];
    for (let index = 0; index < rows.total; index += 1) {
      const row = rows.row(index);
      if (row !== undefined) {
        keys.push(props.rowKey(row));
      }
    }
    return keys;
  }, [rows, props.rowKey]);
  const toggle = (row: Row) => props.onSelectionChange?.(toggled(selection, props.rowKey(row), loadedKeys()));
  const chosen = selectedCount(selection, rows.total);
  const toggleAll = () =>
    props.onSelectionChange?.(chosen > 0 && chosen === rows.total ? nothing : { kind: "matching" });
  const sortBy = (column: Column<Row, Sort>) => {
    if (column.sortBy === undefined) {
      return;
    }
    const same = props.sort?.by === column.sortBy;
    if (same && props.sort?.direction === "descending") {
      props.onSort?.(undefined);
    } else {
      props.onSort?.({ by: column.sortBy, direction: same ? "descending" : "ascending" });
    }
  };
  const cellId = (place: Place) => `${id}-${place.row}-${place.column}`;
  const activeRow = Math.min(at.row, rows.total - 1);
  const activeShown = activeRow === -1 || items.some((item) => item.index === activeRow);

  const go = (place: Place) => {
    setAt(place);
    if (place.row >= 0) {
      virtualizer.scrollToIndex(place.row);
    }
  };
  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    // Keys of a menu or dialog a cell has opened arrive here through React's tree, not the page's.
    if (!event.currentTarget.contains(event.target as Node) || inTextField(event.target)) {
      return;
    }
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const from = { row: activeRow, column: Math.min(at.column, columnCount - 1) };
    const to = moved(event, from, { rows: rows.total, columns: columnCount, page });
    if (to !== undefined) {
      event.preventDefault();
      scroller.current?.focus();
      go(to);
      return;
    }
    if (act(event, from)) {
      event.preventDefault();
    }
  };
  const act = (event: KeyboardEvent<HTMLDivElement>, place: Place): boolean => {
    const onGrid = event.target === scroller.current;
    const ctrl = event.ctrlKey || event.metaKey;
    if (ctrl && event.key.toLowerCase() === "a" && selectable) {
      props.onSelectionChange?.({ kind: "matching" });
      return true;
    }
    if (place.row === -1) {
      const column = shown[place.column - (selectable ? 1 : 0)];
      if (onGrid && (event.key === "Enter" || event.key === " ")) {
        column === undefined ? toggleAll() : sortBy(column);
        return true;
      }
      return false;
    }
    const row = rows.row(place.row);
    return row !== undefined && actOnRow(event, place, row, onGrid);
  };
  const actOnRow = (event: KeyboardEvent<HTMLDivElement>, place: Place, row: Row, onGrid: boolean): boolean => {
    const cell = document.getElementById(cellId(place));
    switch (event.key) {
      case " ":
        return onGrid && selectable && (toggle(row), true);
      case "Enter": {
        if (!onGrid) {
          return false;
        }
        const button = cell?.querySelector<HTMLElement>("button, a[href]");
        button ? button.click() : props.onOpen?.(row);
        return true;
      }
      case "F2":
        props.onEdit?.(row);
        return props.onEdit !== undefined;
      case "Delete":
        props.onDelete?.(row);
        return props.onDelete !== undefined;
      case "ContextMenu":
        return pressMenu(cell?.parentElement);
      case "F10":
        return event.shiftKey && pressMenu(cell?.parentElement);
      default:
        return false;
    }
  };

  const template = [
    ...(selectable ? [`${checkWidth}px`] : []),
    ...shown.map((column) => (column.grow ? `minmax(${column.width}px, ${column.grow}fr)` : `${column.width}px`)),
  ].join(" ");
  const minWidth = shown.reduce((sum, column) => sum + column.width, selectable ? checkWidth : 0);
  const line = { gridTemplateColumns: template, minWidth };
  const mark = (place: Place) => (activeRow === place.row && at.column === place.column) || undefined;
  const offset = selectable ? 1 : 0;

  return (
    <div className={styles.root}>
      {rows.error === null ? null : <ProblemBar error={rows.error} onRetry={rows.retry} />}
      <div
        ref={scroller}
        className={styles.scroller}
        role="grid"
        aria-label={props.label}
        aria-rowcount={rows.loading ? -1 : rows.total + 1}
        aria-colcount={columnCount}
        aria-multiselectable={selectable || undefined}
        aria-busy={rows.loading || rows.changing}
        aria-activedescendant={activeShown ? cellId({ ...at, row: activeRow }) : undefined}
        tabIndex={0}
        onKeyDown={press}
      >
        <div className={styles.body} style={{ height: Math.max(virtualizer.getTotalSize(), rowHeight), minWidth }}>
          <div className={styles.header} style={line} role="row" aria-rowindex={1}>
            {selectable ? (
              <div
                id={cellId({ row: -1, column: 0 })}
                className={styles.cell}
                data-active={mark({ row: -1, column: 0 })}
                role="columnheader"
                aria-colindex={1}
              >
                <Checkbox
                  tabIndex={-1}
                  input={{ tabIndex: -1 }}
                  aria-label="Select all that match"
                  checked={chosen === 0 ? false : chosen >= rows.total ? true : "mixed"}
                  onChange={toggleAll}
                />
              </div>
            ) : null}
            {shown.map((column, index) => {
              const place = { row: -1, column: index + offset };
              const sorted = column.sortBy !== undefined && props.sort?.by === column.sortBy;
              const direction = sorted ? props.sort?.direction : undefined;
              return (
                <div
                  key={column.id}
                  id={cellId(place)}
                  className={mergeClasses(
                    styles.cell,
                    styles.headerCell,
                    column.align === "end" && styles.end,
                    column.sortBy !== undefined && styles.sortable,
                  )}
                  data-active={mark(place)}
                  role="columnheader"
                  aria-colindex={place.column + 1}
                  aria-sort={column.sortBy === undefined ? undefined : (direction ?? "none")}
                  onClick={() => sortBy(column)}
                >
                  <span className={styles.text}>{column.header}</span>
                  {direction === "ascending" ? <ArrowUpRegular aria-hidden /> : null}
                  {direction === "descending" ? <ArrowDownRegular aria-hidden /> : null}
                </div>
              );
            })}
          </div>
          {items.map((item) => {
            const row = rows.row(item.index);
            const place = (column: number) => ({ row: item.index, column });
            const marked = row !== undefined && selectable && isSelected(selection, props.rowKey(row));
            const open = row !== undefined && props.current !== undefined && props.rowKey(row) === props.current;
            return (
              <div
                key={item.key}
                className={mergeClasses(styles.row, (marked || open) && styles.marked)}
                style={{ ...line, transform: `translateY(${item.start}px)` }}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={selectable ? marked : undefined}
                aria-current={open || undefined}
                onClick={(event) => {
                  setAt({ row: item.index, column: at.column });
                  if (props.openOnClick === true && row !== undefined && !onControl(event.target)) {
                    props.onOpen?.(row);
                  }
                }}
                onDoubleClick={(event) => {
                  if (props.openOnClick !== true && row !== undefined && !onControl(event.target)) {
                    props.onOpen?.(row);
                  }
                }}
                onContextMenu={(event) => {
                  if (pressMenu(event.currentTarget)) {
                    event.preventDefault();
                  }
                }}
              >
                {selectable ? (
                  <div
                    id={cellId(place(0))}
                    className={styles.cell}
                    data-active={mark(place(0))}
                    role="gridcell"
                    aria-colindex={1}
                  >
                    {row === undefined ? null : (
                      <Checkbox
                        tabIndex={-1}
                        input={{ tabIndex: -1 }}
                        aria-label={`Select ${props.rowName(row)}`}
                        checked={marked}
                        onChange={() => toggle(row)}
                      />
                    )}
                  </div>
                ) : null}
                {shown.map((column, index) => (
                  <div
                    key={column.id}
                    id={cellId(place(index + offset))}
                    className={mergeClasses(styles.cell, column.align === "end" && styles.end)}
                    data-active={mark(place(index + offset))}
                    role="gridcell"
                    aria-colindex={index + offset + 1}
                  >
                    {row === undefined ? <span className={styles.pending} /> : <Clipped>{column.render(row)}</Clipped>}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
        {rows.loading && rows.error === null ? <Skeleton rows={8} /> : null}
        {!rows.loading && rows.total === 0 && rows.error === null ? (
          <div className={styles.empty}>{props.empty}</div>
        ) : null}
      </div>
      <div className={styles.footer}>
        {props.footer}
        <span className={styles.totals} role="status">
          {rows.loading ? "" : `${count(rows.total)} ${rows.total === 1 ? "row" : "rows"}`}
          {chosen > 0 ? `, ${count(chosen)} selected` : ""}
        </span>
        {props.name === undefined ? null : (
          <ColumnChooser columns={props.columns} hidden={hidden} onChange={setHidden} />
        )}
      </div>
    </div>
  );
}

function Clipped({ children }: { children: ReactNode }) {
  const styles = useStyles();
  return <div className={styles.text}>{children}</div>;
}

function onControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest("button, a, input, label") !== null;
}

function pressMenu(row: Element | null | undefined): boolean {
  const button = row?.querySelector<HTMLElement>("[data-row-menu]");
  button?.click();
  return button !== null && button !== undefined;
}

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", flexGrow: 1, minHeight: 0, gap: tokens.spacingVerticalXS },
  scroller: {
    position: "relative",
    flexGrow: 1,
    minHeight: "160px",
    overflow: "auto",
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground1,
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "-1px" },
    ":focus-visible [data-active]": { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  body: { position: "relative" },
  header: {
    display: "grid",
    position: "sticky",
    top: 0,
    zIndex: 1,
    height: `${rowHeight}px`,
    backgroundColor: tokens.colorNeutralBackground2,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    boxSizing: "border-box",
  },
  headerCell: { fontWeight: tokens.fontWeightSemibold, gap: tokens.spacingHorizontalXS },
  sortable: { cursor: "pointer", ":hover": { backgroundColor: tokens.colorNeutralBackground1Hover } },
  row: {
    display: "grid",
    position: "absolute",
    top: 0,
    left: 0,
    width: "100%",
    height: `${rowHeight}px`,
    boxSizing: "border-box",
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    ":hover": { backgroundColor: tokens.colorNeutralBackground1Hover },
  },
  marked: {
    backgroundColor: tokens.colorNeutralBackground1Selected,
    "@media (forced-colors: active)": { outline: "1px solid Highlight" },
  },
  cell: {
    display: "flex",
    alignItems: "center",
    minWidth: 0,
    padding: `0 ${tokens.spacingHorizontalS}`,
    fontSize: tokens.fontSizeBase300,
    outlineOffset: "-3px",
    borderRadius: tokens.borderRadiusSmall,
  },
  end: { justifyContent: "flex-end", textAlign: "right" },
  text: { minWidth: 0, overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" },
  pending: {
    width: "60%",
    height: "12px",
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground5,
  },
  empty: { position: "sticky", left: 0 },
  footer: {
    display: "flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalM,
    minHeight: "28px",
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
  },
  totals: { flexGrow: 1 },
});
