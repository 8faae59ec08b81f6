import type { RunProgress } from "./generated/RunProgress.ts";
import type { Answer, CommandName, Host, Request } from "./host.ts";

let current: Host | undefined;

/** Chooses the host every later call goes to. Called once at the start, and by tests. */
export function connect(host: Host): void {
  current = host;
}

/** Calls a command of the engine. Rejects with a `CommandError`. */
export function call<K extends CommandName>(name: K, request: Request<K>): Promise<Answer<K>> {
  return connected().call(name, request);
}

/** Streams the progress of a run; returns how to stop listening. */
export function watchRun(run: string, onProgress: (progress: RunProgress) => void): () => void {
  return connected().watchRun(run, onProgress);
}

function connected(): Host {
  if (current === undefined) {
    throw new Error("connect() comes before the first call");
  }
  return current;
}
