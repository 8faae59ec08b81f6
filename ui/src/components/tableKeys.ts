import type { KeyboardEvent } from "react";

/** Where the keyboard is in a table: row -1 is the header. */
export type Place = { row: number; column: number };

/** Where an arrow key leads, or undefined where the key is none of them. */
export function moved(
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey">,
  at: Place,
  size: { rows: number; columns: number; page: number },
): Place | undefined {
  const ends = event.ctrlKey || event.metaKey;
  const row = (value: number) => Math.min(Math.max(value, -1), size.rows - 1);
  const column = (value: number) => Math.min(Math.max(value, 0), size.columns - 1);
  switch (event.key) {
    case "ArrowDown":
      return { ...at, row: row(at.row + 1) };
    case "ArrowUp":
      return { ...at, row: row(at.row - 1) };
    case "ArrowRight":
      return { ...at, column: column(at.column + 1) };
    case "ArrowLeft":
      return { ...at, column: column(at.column - 1) };
    case "PageDown":
      return { ...at, row: row(at.row + size.page) };
    case "PageUp":
      return { ...at, row: Math.max(row(at.row - size.page), Math.min(0, size.rows - 1)) };
    case "Home":
      return ends ? { row: row(0), column: 0 } : { ...at, column: 0 };
    case "End":
      return ends ? { row: size.rows - 1, column: size.columns - 1 } : { ...at, column: size.columns - 1 };
    default:
      return undefined;
  }
}
