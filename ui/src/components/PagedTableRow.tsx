import { Checkbox, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import type { CSSProperties, MouseEvent } from "react";
import type { Column } from "./PagedTable";
import { isSelected, type Selection } from "./selection";
import { hovered, marked, rowHeight } from "./tableLayout";
import { pressMenu, type TableKeys } from "./useTableKeys";

type Props<Row, Key extends string | number> = {
  index: number;
  /** Missing: its page is on its way. */
  row: Row | undefined;
  // A row never sorts, so any sort will do.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  columns: readonly Column<Row, any>[];
  keys: TableKeys;
  style: CSSProperties;
  rowKey: (row: Row) => Key;
  rowName: (row: Row) => string;
  selection: Selection<Key> | undefined;
  current: Key | undefined;
  onToggle: (row: Row) => void;
  onClick: ((row: Row) => void) | undefined;
  onDoubleClick: ((row: Row) => void) | undefined;
};

/** A row of a `PagedTable`. */
export function PagedTableRow<Row, Key extends string | number>(props: Props<Row, Key>) {
  const { index, row, keys, selection } = props;
  const styles = useStyles();
  const offset = selection === undefined ? 0 : 1;
  const key = row === undefined ? undefined : props.rowKey(row);
  const chosen = key !== undefined && selection !== undefined && isSelected(selection, key);
  const open = key !== undefined && key === props.current;
  const check = { row: index, column: 0 };
  const act = (event: MouseEvent, action: ((row: Row) => void) | undefined) => {
    if (row !== undefined && !onControl(event.target)) {
      action?.(row);
    }
  };
  return (
    <div
      className={mergeClasses(styles.row, (chosen || open) && styles.marked)}
      style={props.style}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selection === undefined ? undefined : chosen}
      aria-current={open || undefined}
      onClick={(event) => {
        keys.setRow(index);
        act(event, props.onClick);
      }}
      onDoubleClick={(event) => act(event, props.onDoubleClick)}
      onContextMenu={(event) => {
        if (pressMenu(event.currentTarget, event)) {
          event.preventDefault();
        }
      }}
    >
      {selection === undefined ? null : (
        <div
          id={keys.cellId(check)}
          className={styles.cell}
          role="gridcell"
          aria-colindex={1}
          data-active={keys.isAt(check)}
        >
          {row === undefined ? null : (
            <Checkbox
              tabIndex={-1}
              aria-label={`Select ${props.rowName(row)}`}
              checked={chosen}
              onChange={() => props.onToggle(row)}
            />
          )}
        </div>
      )}
      {props.columns.map((column, at) => {
        const place = { row: index, column: at + offset };
        return (
          <div
            key={column.id}
            id={keys.cellId(place)}
            className={mergeClasses(styles.cell, column.align === "end" && styles.end, column.pinned && styles.pinned)}
            role="gridcell"
            aria-colindex={place.column + 1}
            data-active={keys.isAt(place)}
          >
            {row === undefined ? (
              <span className={styles.pending} />
            ) : (
              // Right-to-left names are cut at their own end.
              <div className={mergeClasses(styles.text, column.align === "end" && styles.textEnd)} dir="auto">
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
