// How a pretended run goes on: by the clock, unless it is paused or has ended.
import type { Cause } from "../../generated/Cause.ts";
import type { ResultRow } from "../../generated/ResultRow.ts";
import type { RunProgress } from "../../generated/RunProgress.ts";
import type { Summary } from "../../generated/Summary.ts";
import type { UserRow } from "../../generated/UserRow.ts";
import type { Verdict } from "../../generated/Verdict.ts";
import { CommandError } from "../../problem.ts";
import { type FakeRun, messages, now, type World } from "./world.ts";

export const perSecond = 420;

/** A run, as far as it is by now. */
export function runOf(world: World, id: string): FakeRun {
  const run = world.runs.find((other) => other.row.id === id);
  if (run === undefined) {
    throw new CommandError({ code: "not_found", message: "This run does not exist any more." });
  }
  return settle(run);
}

/** Streams a pretended run. */
export function watch(world: World, id: string, onProgress: (progress: RunProgress) => void): () => void {
  const timer = setInterval(() => {
    const run = world.runs.find((other) => other.row.id === id);
    if (run === undefined) {
      clearInterval(timer);
      return;
    }
    const progress = progressOf(settle(run));
    onProgress(progress);
    if (progress.state !== "running") {
      clearInterval(timer);
    }
  }, 200);
  return () => clearInterval(timer);
}

/** A finished run of Contoso, so that a fresh world has a history. */
export function past(world: World): void {
  const contoso = world.organizations.find((organization) => organization.id === 2);
  if (contoso !== undefined) {
    const about = {
      id: 2,
      name: contoso.name,
      scope: "all",
      url: contoso.form.ewsUrl,
      account: contoso.form.accountLogon,
    };
    const run = start(world, about, contoso.users.map(result));
    run.decided = run.results.length;
    run.row.startedAt = "2026-11-21T09:11:46Z";
    settle(run).row.finishedAt = "2026-11-21T09:12:18Z";
  }
}

export type About = { id: number; name: string; scope: string; url: string; account: string };

export function start(world: World, about: About, results: ResultRow[], population = results.length): FakeRun {
  const number = world.runs.length + 1;
  const run: FakeRun = {
    since: Date.now(),
    decided: 0,
    population,
    results,
    row: {
      id: `01939f00-0000-7000-8000-${String(number).padStart(12, "0")}`,
      number,
      organization: about.id,
      organizationName: about.name,
      state: "running",
      cause: null,
      message: null,
      startedAt: now(),
      finishedAt: null,
      ewsUrl: about.url,
      account: about.account,
      auth: "NTLM",
      scope: about.scope,
      serverVersion: "15.2.2562.17",
      draft: false,
      oldSettings: false,
      summary: summaryOf([]),
      warnings: ["Scope not proven."],
    },
  };
  world.runs.unshift(run);
  return run;
}

/** Mailboxes decided by now: those before it was last paused or cut off, and those since. */
export function doneOf(run: FakeRun): number {
  const since = run.since === null ? 0 : ((Date.now() - run.since) / 1000) * perSecond;
  return Math.min(run.results.length, run.decided + Math.floor(since));
}

export function settle(run: FakeRun): FakeRun {
  if (run.row.state === "running") {
    run.row.summary = { ...summaryOf(run.results.slice(0, doneOf(run))), total: run.results.length };
    if (doneOf(run) >= run.results.length) {
      run.row.state = "complete";
      run.row.finishedAt = now();
      end(run);
    }
  }
  return run;
}

/** No time passes for it any more; what is decided stays. */
export function end(run: FakeRun): void {
  run.decided = doneOf(run);
  run.since = null;
}

export function shownResults(run: FakeRun): ResultRow[] {
  const done = doneOf(run);
  const rest: Partial<ResultRow> =
    run.row.state === "running"
      ? { verdict: null, cause: null, message: null, checkedAt: null, finding: false }
      : { verdict: "not_checked", cause: null, message: left(run), checkedAt: null, finding: false };
  return run.results.map((row) => (row.seq < done ? row : { ...row, ...rest }));
}

function left(run: FakeRun): string {
  return run.row.state === "cancelled" ? "canceled" : "not reached";
}

export function progressOf(run: FakeRun): RunProgress {
  const running = run.row.state === "running";
  const paused = running && run.since === null;
  const done = running ? doneOf(run) : run.results.length;
  return {
    run: run.row.id,
    state: run.row.state,
    cause: run.row.cause,
    done,
    total: run.results.length,
    findings: run.row.summary.findings,
    rate: running && !paused ? perSecond : 0,
    etaSeconds: running && !paused ? Math.ceil((run.results.length - done) / perSecond) : null,
    waitingUntil: null,
    waiting: 0,
    lanes: running && !paused ? 6 : 0,
    paused,
    summary: run.row.summary,
  };
}

export const blankResult: ResultRow = {
  seq: 0,
  name: "",
  mailbox: "",
  expectation: "must_open",
  verdict: null,
  cause: null,
  finding: false,
  ewsCode: "NoError",
  httpStatus: 200,
  attempts: 1,
  latencyMs: 42,
  requestId: "b7b1a0f2-6a0e-4f4e-9d3f-1a2b3c4d5e6f",
  message: "connected successfully",
  aliasOf: null,
  checkedAt: "2026-11-21T09:12:00Z",
};

export function result(user: UserRow, seq: number): ResultRow {
  const verdict: Verdict = user.mustRefuse ? "refused" : (user.lastVerdict ?? "granted");
  const cause: Cause | null =
    verdict === "granted" ? null : verdict === "refused" ? "impersonation.out_of_scope" : "mailbox.not_found";
  return {
    ...blankResult,
    seq,
    name: user.name,
    mailbox: user.address,
    expectation: user.mustRefuse ? "must_refuse" : "must_open",
    verdict,
    cause,
    finding: !user.mustRefuse && verdict !== "granted",
    ewsCode:
      verdict === "granted"
        ? "NoError"
        : verdict === "refused"
          ? "ErrorImpersonateUserDenied"
          : "ErrorNonExistentMailbox",
    latencyMs: 20 + ((seq * 13) % 180),
    message: user.mustRefuse ? "refused, as it must be" : (user.lastMessage ?? messages.granted),
  };
}

export function summaryOf(rows: readonly ResultRow[]): Summary {
  const of = (verdict: Verdict) => rows.filter((row) => row.verdict === verdict).length;
  return {
    total: rows.length,
    granted: of("granted"),
    refused: of("refused"),
    no_mailbox: of("no_mailbox"),
    unusable: of("unusable"),
    undetermined: of("undetermined"),
    not_checked: of("not_checked"),
    findings: rows.filter((row) => row.finding).length,
    requests: rows.length + 3,
    connections: 6,
    log_ons: 6,
    retries: 0,
    left_out: 0,
    causes: [],
  };
}
