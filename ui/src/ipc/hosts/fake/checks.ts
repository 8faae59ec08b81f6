import type { Cause } from "../../generated/Cause.ts";
import type { CheckScope } from "../../generated/CheckScope.ts";
import type { ResultRow } from "../../generated/ResultRow.ts";
import type { RunProgress } from "../../generated/RunProgress.ts";
import type { Summary } from "../../generated/Summary.ts";
import type { UserRow } from "../../generated/UserRow.ts";
import type { Verdict } from "../../generated/Verdict.ts";
import { CommandError } from "../../problem.ts";
import { causesOf } from "./cards.ts";
import { aboutOf } from "./handOff.ts";
import { steps } from "./ladder.ts";
import { matches } from "./organizations.ts";
import { chain, loggedOn } from "./server.ts";
import { type FakeRun, type Handlers, messages, note, now, organizationOf, type World } from "./world.ts";

const perSecond = 420;

/** Checks, runs and results. */
export function checkHandlers(world: World) {
  const runOf = (id: string): FakeRun => {
    const run = world.runs.find((other) => other.row.id === id);
    if (run === undefined) {
      throw new CommandError({ code: "not_found", message: "This run does not exist any more." });
    }
    return settle(run);
  };
  return {
    check_start: ({ organization: id, form, scope }) => {
      const organization = organizationOf(world, id);
      if (world.state.settings.workOffline) {
        throw new CommandError({ code: "offline", message: "Needs the network. Work offline is on." });
      }
      if (world.runs.some((run) => run.row.organization === id && settle(run).row.state === "running")) {
        throw new CommandError({ code: "already_running", message: "A check of this organization is running." });
      }
      const users = organization.users.filter((user) => within(world, scope, user));
      const address = scope.kind === "address" ? scope.address : undefined;
      const results =
        address === undefined
          ? users.map(result)
          : [{ ...blankResult, seq: 0, mailbox: address, verdict: "granted" as const }];
      const used = form ?? organization.form;
      const run = start(
        world,
        { id, name: organization.name, scope: scope.kind, url: used.ewsUrl, account: used.accountLogon },
        results,
      );
      note(world, "check_started", `Check ${run.row.number} started.`, organization);
      return { run: run.row.id };
    },
    check_cancel: ({ run: id }) => {
      const run = runOf(id);
      const done = doneOf(run);
      run.results = run.results.map((row) =>
        row.seq < done ? row : { ...row, verdict: "not_checked", cause: null, message: "canceled" },
      );
      run.row = { ...run.row, state: "cancelled", finishedAt: now(), summary: summaryOf(run.results) };
      return {};
    },
    runs_list: ({ organization, limit }) =>
      world.runs
        .map((run) => settle(run).row)
        .filter((row) => organization === null || row.organization === organization)
        .slice(0, limit || 100),
    run_show: ({ run: id }) => {
      const run = runOf(id);
      return {
        row: run.row,
        progress: progressOf(run),
        causes: causesOf(shownResults(run), aboutOf(run)),
        steps: steps(run),
        certificates: chain,
        offered: loggedOn.offered,
        authentication: loggedOn,
      };
    },
    run_progress: ({ run }) => progressOf(runOf(run)),
    run_remove: ({ run: id }) => {
      world.runs = world.runs.filter((run) => run.row.id !== id);
      return {};
    },
    results_page: (request) => {
      const rows = shownResults(runOf(request.run)).filter(
        (row) =>
          matches([row.name, row.mailbox], request.search) &&
          (request.verdict === undefined || row.verdict === request.verdict) &&
          (request.cause === undefined || row.cause === request.cause) &&
          (!request.findingsOnly || row.finding),
      );
      const { sort } = request;
      if (sort !== undefined && sort !== "listed") {
        const sign = request.direction === "descending" ? -1 : 1;
        const key = (row: ResultRow) =>
          ({
            name: row.name,
            mailbox: row.mailbox,
            verdict: row.verdict,
            cause: row.cause,
            latency: String(row.latencyMs ?? "").padStart(6),
            checked_at: row.checkedAt,
          })[sort] ?? "";
        rows.sort((a, b) => sign * key(a).localeCompare(key(b)));
      }
      return { total: rows.length, rows: rows.slice(request.offset, request.offset + request.limit) };
    },
    result_show: ({ run: id, seq }) => {
      const run = runOf(id);
      const row = shownResults(run)[seq];
      if (row === undefined) {
        throw new CommandError({ code: "not_found", message: "This result does not exist." });
      }
      const card = row.cause === null ? undefined : causesOf([row], aboutOf(run))[0];
      return {
        row,
        explanation: card?.explanation ?? null,
        reasons: card?.reasons ?? [],
        remedy: card?.remedy ?? [],
        evidence: row.verdict === "granted" ? null : evidence(row),
        folders: [],
        previous: seq > 0 ? seq - 1 : null,
        next: seq + 1 < run.results.length ? seq + 1 : null,
      };
    },
    run_export: ({ run, format }) => ({
      path: `C:\\Users\\jane\\Downloads\\understudy-run-${runOf(run).row.number}.${format}`,
      rows: runOf(run).results.length,
    }),
  } satisfies Partial<Handlers>;
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
    run.started = 0;
    run.row.startedAt = "2026-11-21T09:11:46Z";
    settle(run).row.finishedAt = "2026-11-21T09:12:18Z";
  }
}

type About = { id: number; name: string; scope: string; url: string; account: string };

function start(world: World, about: About, results: ResultRow[]): FakeRun {
  const number = world.runs.length + 1;
  const run: FakeRun = {
    started: Date.now(),
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

function doneOf(run: FakeRun): number {
  return Math.min(run.results.length, Math.floor(((Date.now() - run.started) / 1000) * perSecond));
}

function settle(run: FakeRun): FakeRun {
  if (run.row.state === "running") {
    run.row.summary = { ...summaryOf(run.results.slice(0, doneOf(run))), total: run.results.length };
    if (doneOf(run) >= run.results.length) {
      run.row.state = "complete";
      run.row.finishedAt = now();
    }
  }
  return run;
}

function shownResults(run: FakeRun): ResultRow[] {
  const done = run.row.state === "running" ? doneOf(run) : run.results.length;
  return run.results.map((row) =>
    row.seq < done ? row : { ...row, verdict: null, cause: null, message: null, checkedAt: null, finding: false },
  );
}

function progressOf(run: FakeRun): RunProgress {
  const running = run.row.state === "running";
  const done = running ? doneOf(run) : run.results.length;
  return {
    run: run.row.id,
    state: run.row.state,
    cause: run.row.cause,
    done,
    total: run.results.length,
    findings: run.row.summary.findings,
    rate: running ? perSecond : 0,
    etaSeconds: running ? Math.ceil((run.results.length - done) / perSecond) : null,
    waitingUntil: null,
    waiting: 0,
    lanes: running ? 6 : 0,
    summary: run.row.summary,
  };
}

const blankResult: ResultRow = {
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

function result(user: UserRow, seq: number): ResultRow {
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

function within(world: World, scope: CheckScope, user: UserRow): boolean {
  switch (scope.kind) {
    case "failed_only":
      return user.lastVerdict !== "granted";
    case "users":
      return scope.ids.includes(user.id);
    case "cause": {
      const of = world.runs.find((run) => run.row.id === scope.run);
      return of?.results.some((row) => row.cause === scope.cause && row.mailbox === user.address) ?? false;
    }
    default:
      return true;
  }
}

function summaryOf(rows: readonly ResultRow[]): Summary {
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

function evidence(row: ResultRow) {
  return {
    request: `POST /EWS/Exchange.asmx HTTP/1.1\nHost: mail.contoso.com\nX-AnchorMailbox: ${row.mailbox}\n\n<GetFolder/>`,
    reply: `HTTP/1.1 200 OK\nContent-Type: text/xml; charset=utf-8\n\n<ResponseCode>${row.ewsCode}</ResponseCode>`,
  };
}
