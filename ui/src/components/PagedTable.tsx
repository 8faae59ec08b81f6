import { makeStyles, tokens } from "@fluentui/react-components";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, startTransition, useEffect, useId, useRef, useState } from "react";
import type { SortDirection } from "@/ipc/generated/SortDirection";
import { count } from "@/lib/format";
import { useStable } from "@/lib/stable";
import { ColumnChooser, useShownColumns } from "./ColumnChooser";
import { PagedTableHeader } from "./PagedTableHeader";
import { PagedTableRow, useCellClasses } from "./PagedTableRow";
import { ProblemBar } from "./ProblemBar";
import { type Page, type PageSource, usePagedRows } from "./pagedRows";
import { Skeleton } from "./Skeleton";
import { isSelected, nothing, type Selection, selectedCount, toggled } from "./selection";
import { checkWidth, rowHeight } from "./tableLayout";
import { useTableKeys } from "./useTableKeys";

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
  /** Stays in view at the right while the others scroll: the actions. */
  pinned?: boolean;
  render: (row: Row) => ReactNode;
};

/** How a table is sorted; undefined: as the engine lists it. */
export type Sorted<Sort extends string> = { by: Sort; direction: SortDirection } | undefined;

type Props<Row, Key extends string | number, Answer extends Page<Row>, Sort extends string> = {
  /** Accessible name of the table. */
  label: string;
  columns: readonly Column<Row, Sort>[];
  /** The query of a page: `(offset, limit) => query("users_page", { …, offset, limit })`. */
  source: PageSource<Row, Answer>;
  rowKey: (row: Row) => Key;
  /** Names a row for its checkbox and for screen readers. */
  rowName: (row: Row) => string;
  sort?: Sorted<Sort>;
  /** Ascending, descending, then `undefined`: removed. */
  onSort?: (sort: Sorted<Sort>) => void;
  /** Given: rows have checkboxes. */
  selection?: Selection<Key>;
  onSelectionChange?: (selection: Selection<Key>) => void;
  /** Enter, double click; with `openOnClick` a single click too. */
  onOpen?: (row: Row) => void;
  openOnClick?: boolean;
  /** F2. */
  onEdit?: (row: Row) => void;
  /** Delete: the row the keyboard is on. */
  onDelete?: (row: Row) => void;
  /** F5: the row the keyboard is on. */
  onCheck?: (row: Row) => void;
  /** The row whose details are open. */
  current?: Key;
  /** Shown when no row matches. */
  empty: ReactNode;
  /** Remembers the chosen columns under this name and shows the column menu. */
  name?: string;
  /** Stands in the footer, before the totals; a function is told the first page. */
  footer?: ReactNode | ((answer: Answer) => ReactNode);
  /** Told whenever the first page has arrived and is drawn. */
  onAnswer?: (answer: Answer) => void;
};

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
  const cellClasses = useCellClasses(shown);
  const [view, setView] = useState({ first: 0, last: 0 });
  const rows = usePagedRows(props.source, view);
  const virtualizer = useVirtualizer({
    count: rows.total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    paddingStart: rowHeight,
    scrollPaddingStart: rowHeight,
    overscan: 4,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items[items.length - 1]?.index ?? 0;
  useEffect(() => setView({ first, last }), [first, last]);
  const { onAnswer } = props;
  const { head, changing } = rows;
  useEffect(() => {
    if (head !== undefined && !changing) {
      // The rows come first: what is drawn around them for the answer does not hold them up.
      startTransition(() => onAnswer?.(head));
    }
  }, [head, changing, onAnswer]);

  const late = useLate(changing);
  // What is said about the rows changes with the rows, or once they take their time.
  const { sort, footer, empty } = useHeld(props, changing && !late);

  const selectable = props.selection !== undefined;
  const selection: Selection<Key> = props.selection ?? nothing;
  const chosen = selectedCount(selection, rows.total);
  const toggle = useStable((row: Row) =>
    props.onSelectionChange?.(toggled(selection, props.rowKey(row), rows.loaded().map(props.rowKey))),
  );
  const open = useStable((row: Row) => props.onOpen?.(row));
  const toggleAll = useStable(() =>
    props.onSelectionChange?.(chosen > 0 && chosen === rows.total ? nothing : { kind: "matching" }),
  );
  const sortBy = (column: Column<Row, Sort> | undefined) => {
    if (column?.sortBy !== undefined) {
      props.onSort?.(nextSort(props.sort, column.sortBy));
    }
  };
  const offset = selectable ? 1 : 0;
  const keys = useTableKeys<Row>({
    id,
    scroller,
    size: { rows: rows.total, columns: shown.length + offset },
    row: rows.row,
    reveal: (index) => virtualizer.scrollToIndex(index),
    onHeader: (column) => (column < offset ? toggleAll() : sortBy(shown[column - offset])),
    onSelectAll: selectable ? () => props.onSelectionChange?.({ kind: "matching" }) : undefined,
    onToggle: selectable ? toggle : undefined,
    onOpen: props.onOpen,
    onEdit: props.onEdit,
    onDelete: props.onDelete,
    onCheck: props.onCheck,
  });
  const minWidth = shown.reduce((sum, column) => sum + column.width, offset * checkWidth);
  const columnTemplate = template(shown, selectable);
  const activeDrawn = keys.at.row === -1 || items.some((item) => item.index === keys.at.row);

  return (
    <div className={styles.root}>
      {rows.error === null ? null : <ProblemBar error={rows.error} onRetry={rows.retry} />}
      <div
        ref={scroller}
        className={styles.scroller}
        role="grid"
        aria-label={props.label}
        aria-rowcount={rows.loading ? -1 : rows.total + 1}
        aria-colcount={shown.length + offset}
        aria-multiselectable={selectable || undefined}
        aria-busy={rows.loading || late}
        aria-activedescendant={activeDrawn ? keys.cellId(keys.at) : undefined}
        tabIndex={0}
        onKeyDown={keys.onKeyDown}
      >
        <div className={styles.body} style={{ height: Math.max(virtualizer.getTotalSize(), rowHeight), minWidth }}>
          <PagedTableHeader
            columns={shown}
            keys={keys}
            line={{ gridTemplateColumns: columnTemplate, minWidth }}
            sort={sort}
            onSort={sortBy}
            selected={
              selectable
                ? { some: chosen > 0, all: rows.total > 0 && chosen >= rows.total, onToggle: toggleAll }
                : undefined
            }
          />
          {items.map((item) => {
            const row = rows.row(item.index);
            const key = row === undefined ? undefined : props.rowKey(row);
            return (
              <PagedTableRow<Row>
                key={item.key}
                table={id}
                index={item.index}
                top={item.start}
                row={row}
                columns={shown}
                classes={cellClasses}
                template={columnTemplate}
                minWidth={minWidth}
                name={row === undefined ? "" : props.rowName(row)}
                active={keys.at.row === item.index ? keys.at.column : undefined}
                chosen={selectable ? key !== undefined && isSelected(selection, key) : undefined}
                open={key !== undefined && key === props.current}
                onPlace={keys.setRow}
                onToggle={toggle}
                onClick={props.openOnClick === true ? open : undefined}
                onDoubleClick={props.openOnClick === true ? undefined : open}
              />
            );
          })}
        </div>
        {rows.loading && rows.error === null ? <Skeleton rows={8} /> : null}
        {!rows.loading && rows.total === 0 && rows.error === null ? <div className={styles.empty}>{empty}</div> : null}
      </div>
      <div className={styles.footer}>
        {typeof footer === "function" ? head && footer(head) : footer}
        <span className={styles.totals} role="status">
          {rows.loading || (rows.error !== null && rows.total === 0)
            ? ""
            : `${count(rows.total)} ${rows.total === 1 ? "row" : "rows"}`}
          {chosen > 0 ? `, ${count(chosen)} selected` : ""}
        </span>
        {props.name === undefined ? null : (
          <ColumnChooser columns={props.columns} hidden={hidden} onChange={setHidden} />
        )}
      </div>
    </div>
  );
}

/** Milliseconds until it is said that other rows are on their way. */
const patience = 100;

/** Whether something takes longer than it is worth a word: drawing that word would hold up what it is about. */
function useLate(underway: boolean): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!underway) {
      setLate(false);
      return;
    }
    const timer = setTimeout(() => setLate(true), patience);
    return () => clearTimeout(timer);
  }, [underway]);
  return underway && late;
}

/** The newest value, or while it is held back the one before. */
function useHeld<T>(value: T, held: boolean): T {
  const shown = useRef(value);
  if (!held) {
    shown.current = value;
  }
  return shown.current;
}

function nextSort<Sort extends string>(sort: Sorted<Sort>, by: Sort): Sorted<Sort> {
  if (sort?.by !== by) {
    return { by, direction: "ascending" };
  }
  return sort.direction === "ascending" ? { by, direction: "descending" } : undefined;
}

function template(columns: readonly { width: number; grow?: number }[], selectable: boolean): string {
  const widths = columns.map((column) =>
    column.grow ? `minmax(${column.width}px, ${column.grow}fr)` : `${column.width}px`,
  );
  return [...(selectable ? [`${checkWidth}px`] : []), ...widths].join(" ");
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
