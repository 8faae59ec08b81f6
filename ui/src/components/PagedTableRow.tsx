import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { type MouseEvent, memo, useMemo } from "react";
import type { Column } from "./PagedTable";
import { RowCheckbox } from "./RowCheckbox";
import { hovered, marked, rowHeight } from "./tableLayout";
import { cellId, pressMenu } from "./useTableKeys";

type Props<Row> = {
  /** Of the table: what the names of its cells begin with. */
  table: string;
  index: number;
  /** Pixels from the top of the table. */
  top: number;
  /** Missing: its page is on its way. */
  row: Row | undefined;
  // A row never sorts, so any sort will do.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  columns: readonly Column<Row, any>[];
  /** How the cells of the columns look. */
  classes: readonly CellClasses[];
  /** `grid-template-columns`. */
  template: string;
  minWidth: number;
  /** What the row is called; empty where it is missing. */
  name: string;
  /** The column the keyboard is on, where it is on this row. */
  active: number | undefined;
  /** Whether it is selected; undefined: rows of this table cannot be. */
  chosen: boolean | undefined;
  /** Its details are open. */
  open: boolean;
  /** The keyboard comes to a row that is clicked. */
  onPlace: (index: number) => void;
  onToggle: (row: Row) => void;
  onClick: ((row: Row) => void) | undefined;
  onDoubleClick: ((row: Row) => void) | undefined;
};

type CellClasses = { cell: string; text: string };

/** How the cells of columns look: worked out once for all rows. */
export function useCellClasses(columns: readonly Pick<Column<never>, "align" | "pinned">[]): readonly CellClasses[] {
  const styles = useStyles();
  return useMemo(
    () =>
      columns.map(({ align, pinned }) => ({
        cell: mergeClasses(styles.cell, align === "end" && styles.end, pinned && styles.pinned),
        text: mergeClasses(styles.text, align === "end" && styles.textEnd),
      })),
    [columns, styles],
  );
}

/** A row of a `PagedTable`, drawn again only when something about it is another: a list is filtered key by key. */
export const PagedTableRow = memo(DrawnRow) as typeof DrawnRow;

function DrawnRow<Row>(props: Props<Row>) {
  const { table, index, row, chosen, open } = props;
  const styles = useStyles();
  const offset = chosen === undefined ? 0 : 1;
  const act = (event: MouseEvent, action: ((row: Row) => void) | undefined) => {
    if (row !== undefined && !onControl(event.target)) {
      action?.(row);
    }
  };
  return (
    <div
      className={mergeClasses(styles.row, (chosen || open) && styles.marked)}
      style={{
        gridTemplateColumns: props.template,
        minWidth: props.minWidth,
        transform: `translateY(${props.top}px)`,
      }}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen}
      aria-current={open || undefined}
      onClick={(event) => {
        props.onPlace(index);
        act(event, props.onClick);
      }}
      onDoubleClick={(event) => act(event, props.onDoubleClick)}
      onContextMenu={(event) => {
        if (pressMenu(event.currentTarget, event)) {
          event.preventDefault();
        }
      }}
    >
      {chosen === undefined ? null : (
        <div
          id={cellId(table, { row: index, column: 0 })}
          className={styles.cell}
          role="gridcell"
          aria-colindex={1}
          data-active={props.active === 0 || undefined}
        >
          {row === undefined ? null : (
            <RowCheckbox label={`Select ${props.name}`} checked={chosen} onChange={() => props.onToggle(row)} />
          )}
        </div>
      )}
      {props.columns.map((column, at) => {
        const place = at + offset;
        const classes = props.classes[at];
        return (
          <div
            key={column.id}
            id={cellId(table, { row: index, column: place })}
            className={classes?.cell}
            role="gridcell"
            aria-colindex={place + 1}
            data-active={props.active === place || undefined}
          >
            {row === undefined ? (
              <span className={styles.pending} />
            ) : (
              // Right-to-left names are cut at their own end.
              <div className={classes?.text} dir="auto">
                {column.render(row)}
              </div>
            )}
          </div>
        );
      })}
    </div>
  );
}

function onControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest("button, a, input, label") !== null;
}

const useStyles = makeStyles({
  row: {
    display: "grid",
    position: "absolute",
    top: 0,
    left: 0,
    width: "100%",
    height: `${rowHeight}px`,
    boxSizing: "border-box",
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    backgroundColor: tokens.colorNeutralBackground1,
    ":hover": { backgroundColor: hovered },
  },
  marked,
  cell: {
    display: "flex",
    alignItems: "center",
    minWidth: 0,
    padding: `0 ${tokens.spacingHorizontalS}`,
    fontSize: tokens.fontSizeBase300,
    outlineOffset: "-3px",
    borderRadius: tokens.borderRadiusSmall,
  },
  pinned: {
    position: "sticky",
    right: 0,
    justifyContent: "center",
    backgroundColor: "inherit",
    borderLeft: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  end: { justifyContent: "flex-end", textAlign: "right" },
  text: { minWidth: 0, overflow: "hidden", textAlign: "left", textOverflow: "ellipsis", whiteSpace: "nowrap" },
  textEnd: { textAlign: "right" },
  pending: {
    width: "60%",
    height: "12px",
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground5,
  },
});
