import { expect, test } from "vitest";
import type { RunProgress } from "@/ipc/generated/RunProgress";
import { duration, progressText } from "./progressText";

const progress = { done: 2310, total: 4830, rate: 142.4, etaSeconds: 18, lanes: 6 } as RunProgress;

test("count, rate, time left and connections on one line", () => {
  expect(progressText(progress)).toBe("2,310 of 4,830 - 142/s - about 18 s left - 6 connections");
});

test("what cannot be told is left out", () => {
  expect(progressText({ ...progress, done: 0, rate: 0, etaSeconds: null, lanes: 1 })).toBe("0 of 4,830 - 1 connection");
});

test("a paused run says so, and promises no time", () => {
  expect(progressText({ ...progress, paused: true })).toBe("2,310 of 4,830 - Paused");
});

test("long times are said in minutes and hours", () => {
  expect([0, 89, 90, 3600, 3900].map(duration)).toEqual(["1 s", "89 s", "2 min", "1 h", "1 h 5 min"]);
});
