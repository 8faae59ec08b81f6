import { describe, expect, test } from "vitest";
import type { RunRow } from "@/ipc/generated/RunRow";
import type { Step } from "@/ipc/generated/Step";
import type { Summary } from "@/ipc/generated/Summary";
import { exposedCount, runVerdict } from "./runVerdict";

const nothing: Summary = {
  total: 0,
  granted: 0,
  refused: 0,
  no_mailbox: 0,
  unusable: 0,
  undetermined: 0,
  not_checked: 0,
  findings: 0,
  requests: 0,
  connections: 0,
  log_ons: 0,
  retries: 0,
  left_out: 0,
  causes: [],
};

function judged(state: RunRow["state"], counts: Partial<Summary>, warnings: string[] = []) {
  return runVerdict({ state, summary: { ...nothing, ...counts }, warnings });
}

const refusedLogOn: Step = {
  id: "log_on",
  title: "Service account signs in",
  status: "fail",
  cause: "auth.rejected",
  message: "Stopped after one refused sign-in so the account isn't locked.",
  elapsedMs: 12,
  blame: "identity",
  next: null,
  evidence: [],
};

describe("the verdict of a run", () => {
  test("all opened is Passed, and with a warning it says so", () => {
    expect(judged("complete", { total: 3, granted: 3 })).toMatchObject({ tone: "good", title: "Passed" });
    expect(judged("complete", { total: 3, granted: 3 }, ["Scope not proven."]).title).toBe("Passed with warnings");
  });

  test("findings are Failed for some, and Failed when nothing opened", () => {
    const some = judged("complete", { total: 4830, granted: 4800, refused: 30, findings: 30 });
    expect(some).toMatchObject({ title: "Failed for some", tone: "bad" });
    expect(some.detail).toBe("30 mailboxes failed. 4,830 mailboxes checked.");
    expect(judged("complete", { total: 2, refused: 2, findings: 2 }).title).toBe("Failed");
  });

  test("what could not be found out is never called a failure", () => {
    const partly = judged("incomplete", { total: 4830, granted: 4812, undetermined: 18 });
    expect(partly).toMatchObject({
      title: "Passed with warnings",
      detail: "4,812 of 4,830 checked, 18 could not be found out.",
    });
    const wholly = judged("incomplete", { total: 5, undetermined: 5 });
    expect(wholly).toMatchObject({ title: "Undetermined", tone: "neutral" });
  });

  test("a stopped run names the step and says that no mailbox was checked", () => {
    const row = { state: "stopped" as const, summary: { ...nothing, total: 9, not_checked: 9 }, warnings: [] };
    expect(runVerdict(row, [refusedLogOn])).toMatchObject({
      title: "Stopped at step 7",
      detail: "No mailbox was checked.",
    });
  });

  test("a canceled run keeps what it decided", () => {
    const canceled = judged("cancelled", { total: 10, granted: 4, not_checked: 6 });
    expect(canceled).toMatchObject({ title: "Canceled", detail: "4 of 10 checked, 6 not reached.", tone: "neutral" });
    const mixed = judged("interrupted", { total: 201, granted: 180, refused: 9, undetermined: 8, not_checked: 4 });
    expect(mixed.detail).toBe("189 of 201 checked, 8 could not be found out, 4 not reached.");
  });

  test("opened canaries are counted by their cause", () => {
    expect(exposedCount({ ...nothing, causes: [{ cause: "impersonation.exposed", count: 2 }] })).toBe(2);
    expect(exposedCount(nothing)).toBe(0);
  });

  test("an opened canary is not said to have failed", () => {
    const causes = [{ cause: "impersonation.exposed" as const, count: 1 }];
    const opened = judged("complete", { total: 41, granted: 41, findings: 1, causes });
    expect(opened).toMatchObject({ title: "Failed for some", tone: "bad", detail: "41 mailboxes checked." });
  });
});
