import { expect, it } from "vitest";
import { isSelected, nothing, type Selection, selectedCount, toggled } from "./selection";

it("counts listed rows, or all that match", () => {
  expect(selectedCount(nothing, 10)).toBe(0);
  expect(selectedCount({ kind: "listed", keys: new Set([1, 2]) }, 10)).toBe(2);
  expect(selectedCount({ kind: "matching" }, 10)).toBe(10);
});

it("turns a row over and back", () => {
  const one = toggled<number>(nothing, 7, []);
  expect(isSelected(one, 7)).toBe(true);
  expect(isSelected(toggled(one, 7, []), 7)).toBe(false);
});

it("keeps the loaded rows when one is taken out of all", () => {
  const all: Selection<number> = { kind: "matching" };
  expect(toggled(all, 2, [1, 2, 3])).toEqual({ kind: "listed", keys: new Set([1, 3]) });
});
