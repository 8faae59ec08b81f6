import type { LoadSample } from "../../generated/LoadSample.ts";
import type { SampleStatement } from "../../generated/SampleStatement.ts";
import type { ServerLoad } from "../../generated/ServerLoad.ts";
import { CommandError } from "../../problem.ts";
import { doneOf, end, perSecond, runOf, summaryOf } from "./runs.ts";
import { type FakeRun, type Handlers, organizationOf, type World } from "./world.ts";

const most = 240;

/** Pausing, going on, and what a run does to the server. */
export function loadHandlers(world: World) {
  const running = (id: string): FakeRun => {
    const run = runOf(world, id);
    if (run.row.state !== "running") {
      throw new CommandError({ code: "not_allowed", message: "This check has ended." });
    }
    return run;
  };
  return {
    check_pause: ({ run: id }) => {
      end(running(id));
      return {};
    },
    check_continue: ({ run: id }) => {
      running(id).since = Date.now();
      return {};
    },
    run_resume: ({ run: id, password }) => {
      const run = runOf(world, id);
      const { state, organization, account } = run.row;
      if (state === "running" || state === "complete") {
        throw new CommandError({ code: "not_allowed", message: "Nothing of this run is left to be checked." });
      }
      const stored = organization !== null && organizationOf(world, organization).password.hasPassword;
      if (password.kind === "stored" && !stored) {
        throw new CommandError({ code: "password_needed", message: `The password of ${account} is not stored.` });
      }
      run.row = { ...run.row, state: "running", cause: null, message: null, finishedAt: null };
      run.since = Date.now();
      return { run: id };
    },
    server_load: ({ run: id }) => loadOf(runOf(world, id)),
  } satisfies Partial<Handlers>;
}

/** What a sample says about the rest, once it has ended. */
export function statementOf(run: FakeRun): SampleStatement | null {
  if (run.row.scope !== "sample" || run.row.state === "running") return null;
  const { granted, findings } = summaryOf(run.results.slice(0, doneOf(run)));
  const decided = granted + findings;
  if (decided === 0) return null;
  const share = findings === 0 ? 3 / decided : (findings + 2 * Math.sqrt(findings) + 2) / decided;
  const atMost = Math.min(run.population, Math.ceil(share * run.population));
  const percent = ((100 * atMost) / run.population).toFixed(1);
  return {
    decided,
    failed: findings,
    population: run.population,
    atMost,
    sentence: `${findings === 0 ? `All ${decided}` : `${decided - findings} of ${decided}`} of a random sample opened: with 95 % confidence at most ${atMost} of ${run.population} (${percent} %) do not.`,
  };
}

/** By what is decided: the same run always did the same to its server. */
function loadOf(run: FakeRun): ServerLoad {
  const seconds = doneOf(run) / perSecond;
  const every = Math.max(0.25, seconds / most);
  const samples = Array.from({ length: Math.floor(seconds / every) }, (_, index) => moment((index + 1) * every));
  const objected = seconds > 3;
  return {
    samples,
    ceiling: 10,
    backOffs: samples.reduce((sum, sample) => sum + sample.backOffs, 0),
    allowed: objected ? 6 : null,
    sentence: objected
      ? "Your server seems to allow about 6 connections."
      : "The server has not objected to any number of connections yet.",
  };
}

function moment(second: number): LoadSample {
  const grown = Math.min(8, 4 + Math.floor(second));
  const halved = second > 3;
  const wave = Math.sin(second * 2.1) + Math.sin(second * 5.3) / 2;
  return {
    atMs: Math.round(second * 1000),
    rate: Math.max(0, (halved ? 380 : 90 * grown) + 24 * wave),
    latencyMs: Math.round((halved ? 31 : 24 + grown) + 3 * wave),
    lanes: halved ? Math.min(6, 4 + Math.floor(second - 3)) : grown,
    backOffs: second > 2.7 && second <= 3.3 ? 3 : 0,
  };
}
