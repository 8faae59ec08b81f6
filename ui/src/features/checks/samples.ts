// Runs for tests: as small as they can be and still be what the engine would answer.
import type { ResultRow } from "@/ipc/generated/ResultRow";
import type { RunAuthentication } from "@/ipc/generated/RunAuthentication";
import type { RunPage } from "@/ipc/generated/RunPage";
import type { RunRow } from "@/ipc/generated/RunRow";
import type { RunState } from "@/ipc/generated/RunState";
import type { Step } from "@/ipc/generated/Step";
import type { Summary } from "@/ipc/generated/Summary";

/** Nothing was asked, or it is a run of an older version. */
export const nothingKnown: RunAuthentication = {
  offered: [],
  tried: [],
  accepted: null,
  channel_binding: null,
  server_version: null,
  clock_skew_seconds: null,
  domain: null,
};

export const runId = "01939f00-0000-7000-8000-000000000009";

export function sampleSummary(change: Partial<Summary> = {}): Summary {
  return {
    total: 3,
    granted: 3,
    refused: 0,
    no_mailbox: 0,
    unusable: 0,
    undetermined: 0,
    not_checked: 0,
    findings: 0,
    requests: 6,
    connections: 1,
    log_ons: 1,
    retries: 0,
    left_out: 0,
    causes: [],
    ...change,
  };
}

export function sampleRow(change: Partial<RunRow> = {}): RunRow {
  return {
    id: runId,
    number: 9,
    organization: 2,
    organizationName: "Contoso",
    state: "complete",
    cause: null,
    message: null,
    startedAt: "2026-11-22T13:05:00Z",
    finishedAt: "2026-11-22T13:05:20Z",
    ewsUrl: "https://mail.contoso.com/EWS/Exchange.asmx",
    account: "svc-rg@contoso.com",
    auth: "basic",
    scope: "all",
    serverVersion: "15.2.2562.17",
    draft: false,
    oldSettings: false,
    summary: sampleSummary(),
    warnings: [],
    ...change,
  };
}

export function samplePage(row: RunRow, change: Partial<RunPage> = {}): RunPage {
  return {
    row,
    progress: {
      run: row.id,
      state: row.state,
      cause: row.cause,
      done: row.summary.total,
      total: row.summary.total,
      findings: row.summary.findings,
      rate: 0,
      etaSeconds: null,
      waitingUntil: null,
      waiting: 0,
      lanes: 0,
      paused: false,
      summary: row.summary,
    },
    causes: [],
    steps: [],
    certificates: [],
    offered: [],
    authentication: nothingKnown,
    sample: null,
    ...change,
  };
}

/** A rung that passed, changed as told. */
export function sampleStep(change: Partial<Step> = {}): Step {
  return {
    id: "form",
    title: "Form values",
    status: "pass",
    cause: null,
    message: "",
    elapsedMs: null,
    blame: null,
    next: null,
    evidence: [],
    ...change,
  };
}

/** A run that broke at the log-on: no mailbox was asked. */
export function stoppedPage(): RunPage {
  const state: RunState = "stopped";
  const summary = sampleSummary({
    granted: 0,
    not_checked: 3,
    causes: [{ cause: "auth.rejected", count: 3 }],
  });
  return samplePage(
    sampleRow({
      state,
      summary,
      cause: "auth.rejected",
      message: "Stopped after one refused sign-in so the account isn't locked.",
    }),
    {
      steps: [
        sampleStep({ id: "ews", title: "EWS answers", message: "EWS answers.", elapsedMs: 20 }),
        sampleStep({
          id: "log_on",
          title: "Service account signs in",
          status: "fail",
          cause: "auth.rejected",
          message: "Sign-in refused.",
          elapsedMs: 31,
          blame: "identity",
          next: "Correct the name or the password, then check again.",
          evidence: ["HTTP 401 after NTLM", "Schemes offered: Negotiate, NTLM"],
        }),
        sampleStep({ id: "mailboxes", title: "Every mailbox", status: "skipped" }),
      ],
      causes: [
        {
          cause: "auth.rejected",
          count: 3,
          verdict: "not_checked",
          finding: false,
          title: "Sign-in refused",
          explanation: "The server refused the name or the password. Correct them and check again.",
          blame: "identity",
          reasons: ["Most likely a wrong name or password.", "The account is locked out."],
          evidence: ["HTTP 401 after NTLM"],
          remedy: [{ purpose: "look", powershell: "Get-ADUser svc-rg -Properties LockedOut" }],
          alternatives: [],
          examples: ["anna@contoso.com"],
        },
      ],
    },
  );
}

export function sampleResult(change: Partial<ResultRow> = {}): ResultRow {
  return {
    seq: 0,
    name: "Anna",
    mailbox: "anna@contoso.com",
    expectation: "must_open",
    verdict: "granted",
    cause: null,
    finding: false,
    ewsCode: "NoError",
    httpStatus: 200,
    attempts: 1,
    latencyMs: 42,
    requestId: "b7b1a0f2-6a0e-4f4e-9d3f-1a2b3c4d5e6f",
    message: "connected successfully",
    aliasOf: null,
    checkedAt: "2026-11-22T13:05:10Z",
    ...change,
  };
}
