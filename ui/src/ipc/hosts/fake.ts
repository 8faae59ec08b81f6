import type { Host } from "../host.ts";
import { CommandError } from "../problem.ts";

/** Pretends an engine. */
export function fakeHost(): Host {
  return {
    call: (name) => Promise.reject(new CommandError({ code: "internal", message: `${name} is not pretended yet.` })),
    watchRun: () => () => {},
  };
}
