import { describe, expect, test } from "vitest";
import type { LoadSample } from "@/ipc/generated/LoadSample";
import { extentOf, filled, moment, outline, places, seriesOf, ticks, topOf } from "./loadSeries";

const sample = (change: Partial<LoadSample>): LoadSample => ({
  atMs: 1000,
  rate: 100,
  latencyMs: 30,
  lanes: 4,
  backOffs: 0,
  ...change,
});

test("samples stand on the time axis by their time, not by their number", () => {
  expect(places([sample({ atMs: 1000 }), sample({ atMs: 2000 }), sample({ atMs: 10_000 })])).toEqual([100, 200, 1000]);
  expect(places([])).toEqual([]);
});

describe("an outline", () => {
  const xs = [0, 500, 1000];

  test("of a line is broken where no answer came", () => {
    expect(outline({ shape: "line", values: [10, null, 5], top: 10 }, xs)).toBe("M0 0M1000 50");
  });

  test("of connections goes in steps", () => {
    expect(outline({ shape: "steps", values: [4, 8, 2], top: 10 }, xs)).toBe("M0 60H500V20H1000V80");
  });

  test("of back-offs is a bar for each that had some", () => {
    expect(outline({ shape: "bars", values: [0, 5, 0], top: 10 }, xs)).toBe("M500 100V50");
  });

  test("of an area is closed along the bottom", () => {
    expect(filled(outline({ shape: "area", values: [0, 10, 0], top: 10 }, xs), xs)).toBe(
      "M0 100L500 0L1000 100V100H0Z",
    );
  });
});

test("a scale ends at the next round number and is never empty", () => {
  expect([0, 0.4, 3, 7, 628, 1000].map((value) => topOf([value]))).toEqual([1, 1, 3, 8, 800, 1000]);
});

test("the limit of the settings is on the scale of the connections", () => {
  const lanes = seriesOf({ samples: [sample({})], ceiling: 10, backOffs: 0, allowed: null, sentence: "" })[2];
  expect(lanes).toMatchObject({ title: "Connections", top: 10, level: { at: 10, name: "limit 10" } });
});

test("nothing is known of a series without an answer", () => {
  expect(extentOf([null, null])).toBeNull();
  expect(extentOf([3, null, 1])).toEqual({ now: 1, least: 1, most: 3 });
});

test("the time axis has few and round marks", () => {
  expect(ticks(14_300)).toEqual([0, 5000, 10_000]);
  expect(ticks(3_600_000)).toHaveLength(7);
  expect([5000, 750_000, 3_750_000].map(moment)).toEqual(["0:05", "12:30", "1:02:30"]);
});
