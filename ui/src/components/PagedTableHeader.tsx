import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { ArrowDownRegular, ArrowUpRegular } from "@fluentui/react-icons";
import type { CSSProperties } from "react";
import type { Column, Sorted } from "./PagedTable";
import { RowCheckbox } from "./RowCheckbox";
import { hovered, rowHeight } from "./tableLayout";
import type { TableKeys } from "./useTableKeys";

type Props<Row, Sort extends string> = {
  columns: readonly Column<Row, Sort>[];
  keys: TableKeys;
  line: CSSProperties;
  sort: Sorted<Sort>;
  onSort: (column: Column<Row, Sort>) => void;
  selected: { some: boolean; all: boolean; onToggle: () => void } | undefined;
};

/** The header row of a `PagedTable`: it stays in view, and sorts. */
export function PagedTableHeader<Row, Sort extends string>(props: Props<Row, Sort>) {
  const { keys, selected } = props;
  const styles = useStyles();
  const offset = selected === undefined ? 0 : 1;
  const check = { row: -1, column: 0 };
  return (
    <div className={styles.header} style={props.line} role="row" aria-rowindex={1}>
      {selected === undefined ? null : (
        <div
          id={keys.cellId(check)}
          className={styles.cell}
          role="columnheader"
          aria-colindex={1}
          data-active={keys.isAt(check)}
        >
          <RowCheckbox
            label="Select all that match"
            checked={!selected.some ? false : selected.all ? true : "mixed"}
            onChange={selected.onToggle}
          />
        </div>
      )}
      {props.columns.map((column, index) => {
        const place = { row: -1, column: index + offset };
        const sortable = column.sortBy !== undefined;
        const direction = sortable && props.sort?.by === column.sortBy ? props.sort?.direction : undefined;
        return (
          <div
            key={column.id}
            id={keys.cellId(place)}
            className={mergeClasses(
              styles.cell,
              styles.words,
              column.align === "end" && styles.end,
              column.pinned && styles.pinned,
              sortable && styles.sortable,
            )}
            role="columnheader"
            aria-colindex={place.column + 1}
            aria-sort={sortable ? (direction ?? "none") : undefined}
            data-active={keys.isAt(place)}
            onClick={() => props.onSort(column)}
          >
            <span className={styles.text} title={column.header}>
              {column.header}
            </span>
            {direction === "ascending" ? <ArrowUpRegular aria-hidden /> : null}
            {direction === "descending" ? <ArrowDownRegular aria-hidden /> : null}
          </div>
        );
      })}
    </div>
  );
}

const useStyles = makeStyles({
  header: {
    display: "grid",
    position: "sticky",
    top: 0,
    zIndex: 1,
    height: `${rowHeight}px`,
    boxSizing: "border-box",
    backgroundColor: tokens.colorNeutralBackground2,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
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
  words: { gap: tokens.spacingHorizontalXS, fontWeight: tokens.fontWeightSemibold },
  sortable: { cursor: "pointer", ":hover": { backgroundColor: hovered } },
  pinned: {
    position: "sticky",
    right: 0,
    backgroundColor: "inherit",
    borderLeft: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  end: { justifyContent: "flex-end", textAlign: "right" },
  text: { minWidth: 0, overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" },
});
