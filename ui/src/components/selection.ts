/** Which rows are selected: those listed, or all that match the filter (also those not loaded). */
export type Selection<Key extends string | number> = { kind: "listed"; keys: ReadonlySet<Key> } | { kind: "matching" };

/** Nothing selected. */
export const nothing = { kind: "listed", keys: new Set<never>() } as const;

/** How many rows are selected, of `total` that match the filter. */
export function selectedCount<Key extends string | number>(selection: Selection<Key>, total: number): number {
  return selection.kind === "matching" ? total : selection.keys.size;
}

/** Whether a row is selected. */
export function isSelected<Key extends string | number>(selection: Selection<Key>, key: Key): boolean {
  return selection.kind === "matching" || selection.keys.has(key);
}

/** Turns one row over. Taking a row out of "all that match" leaves the other rows that are loaded. */
export function toggled<Key extends string | number>(
  selection: Selection<Key>,
  key: Key,
  loaded: readonly Key[],
): Selection<Key> {
  const keys = new Set(selection.kind === "matching" ? loaded : selection.keys);
  if (!keys.delete(key)) {
    keys.add(key);
  }
  return { kind: "listed", keys };
}
