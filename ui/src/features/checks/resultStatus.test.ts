import { expect, test } from "vitest";
import { resultStatus } from "./resultStatus";
import { sampleResult } from "./samples";

test("failed, undetermined and not checked are three words", () => {
  const words = (["refused", "undetermined", "not_checked"] as const).map((verdict) =>
    resultStatus(sampleResult({ verdict, finding: verdict === "refused" })),
  );
  expect(words).toEqual(["Failed", "Undetermined", "Not checked"]);
});

test("a canary that is refused is a success, and one that opens is a failure", () => {
  expect(resultStatus(sampleResult({ expectation: "must_refuse", verdict: "refused" }))).toBe("Success");
  expect(resultStatus(sampleResult({ expectation: "must_refuse", verdict: "granted", finding: true }))).toBe("Failed");
});

test("a canary without a mailbox proves nothing", () => {
  expect(resultStatus(sampleResult({ expectation: "must_refuse", verdict: "no_mailbox" }))).toBe("Undetermined");
});

test("no verdict yet is waiting", () => {
  expect(resultStatus(sampleResult({ verdict: null }))).toBe("Waiting");
});
