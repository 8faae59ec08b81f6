import type { CheckScope } from "../../generated/CheckScope.ts";
import type { FolderResult } from "../../generated/FolderResult.ts";
import type { MailboxProof } from "../../generated/MailboxProof.ts";
import type { ResultRow } from "../../generated/ResultRow.ts";
import type { UserRow } from "../../generated/UserRow.ts";
import { CommandError } from "../../problem.ts";
import { causesOf } from "./cards.ts";
import { aboutOf } from "./handOff.ts";
import { steps } from "./ladder.ts";
import { statementOf } from "./load.ts";
import { matches } from "./organizations.ts";
import { blankResult, end, progressOf, result, runOf, settle, shownResults, start, summaryOf } from "./runs.ts";
import { chain, loggedOn } from "./server.ts";
import { type Handlers, note, now, organizationOf, type World } from "./world.ts";

/** Checks, runs and results. */
export function checkHandlers(world: World) {
  return {
    check_start: ({ organization: id, form, scope }) => {
      const organization = organizationOf(world, id);
      if (world.state.settings.workOffline) {
        throw new CommandError({ code: "offline", message: "Needs the network. Work offline is on." });
      }
      if (world.runs.some((run) => run.row.organization === id && settle(run).row.state === "running")) {
        throw new CommandError({ code: "already_running", message: "A check of this organization is running." });
      }
      const within = organization.users.filter((user) => isWithin(world, scope, user));
      const users = scope.kind === "sample" ? drawn(within, scope.size) : within;
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
        within.length,
      );
      note(world, "check_started", `Check ${run.row.number} started.`, organization);
      return { run: run.row.id };
    },
    check_cancel: ({ run: id }) => {
      const run = runOf(world, id);
      end(run);
      run.row = { ...run.row, state: "cancelled", finishedAt: now(), summary: summaryOf(shownResults(run)) };
      return {};
    },
    runs_list: ({ organization, limit }) =>
      world.runs
        .map((run) => settle(run).row)
        .filter((row) => organization === null || row.organization === organization)
        .slice(0, limit || 100),
    run_show: ({ run: id }) => {
      const run = runOf(world, id);
      return {
        row: run.row,
        progress: progressOf(run),
        causes: causesOf(shownResults(run), aboutOf(run)),
        steps: steps(run),
        certificates: chain,
        offered: loggedOn.offered,
        authentication: loggedOn,
        sample: statementOf(run),
      };
    },
    run_progress: ({ run }) => progressOf(runOf(world, run)),
    run_remove: ({ run: id }) => {
      world.runs = world.runs.filter((run) => run.row.id !== id);
      return {};
    },
    results_page: (request) => {
      const rows = shownResults(runOf(world, request.run)).filter(
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
      const run = runOf(world, id);
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
        folders: row.verdict === null ? [] : folders(row),
        proof: row.verdict === "granted" ? proof(row) : null,
        previous: seq > 0 ? seq - 1 : null,
        next: seq + 1 < run.results.length ? seq + 1 : null,
      };
    },
    run_export: ({ run, format }) => ({
      path: `C:\\Users\\jane\\Downloads\\understudy-run-${runOf(world, run).row.number}.${format}`,
      rows: runOf(world, run).results.length,
    }),
  } satisfies Partial<Handlers>;
}

/** So many of them, spread over the list. */
function drawn(users: UserRow[], size: number): UserRow[] {
  if (size >= users.length) return users;
  return Array.from({ length: size }, (_, index) => users[Math.floor((index * users.length) / size)] as UserRow);
}

function isWithin(world: World, scope: CheckScope, user: UserRow): boolean {
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

function evidence(row: ResultRow) {
  return {
    request: `POST /EWS/Exchange.asmx HTTP/1.1\nHost: mail.contoso.com\nX-AnchorMailbox: ${row.mailbox}\n\n<GetFolder/>`,
    reply: `HTTP/1.1 200 OK\nContent-Type: text/xml; charset=utf-8\n\n<ResponseCode>${row.ewsCode}</ResponseCode>`,
  };
}

function folders(row: ResultRow): FolderResult[] {
  const opened = row.verdict === "granted";
  return [
    { folder: "inbox", ews_code: row.ewsCode ?? "", opened },
    { folder: "calendar", ews_code: opened ? "NoError" : (row.ewsCode ?? ""), opened },
  ];
}

function proof(row: ResultRow): MailboxProof {
  const guid = `5f0c7a9e-3b1d-4c62-9e8f-${String(row.seq).padStart(12, "0")}`;
  return {
    mailboxGuid: guid,
    listedGuid: guid,
    sentence: "The folder belongs to the mailbox GUID that the list gives for this address.",
  };
}
