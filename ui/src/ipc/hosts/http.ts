import type { RunProgress } from "../generated/RunProgress.ts";
import type { Answer, CommandName, Host, Request } from "../host.ts";
import { asCommandError, CommandError } from "../problem.ts";

/** The engine behind the loopback test host: same origin, never shipped to anyone. */
export function httpHost(): Host {
  return {
    async call<K extends CommandName>(name: K, request: Request<K>): Promise<Answer<K>> {
      const response = await post(`/call/${name}`, request);
      const body: unknown = await response.json().catch(() => null);
      if (!response.ok) {
        throw asCommandError(body ?? new Error(`The host answered ${response.status}.`));
      }
      return body as Answer<K>;
    },
    watchRun(run, onProgress) {
      const stream = new EventSource(`/watch/${encodeURIComponent(run)}`);
      stream.onmessage = (event: MessageEvent<string>) => {
        const progress = JSON.parse(event.data) as RunProgress;
        onProgress(progress);
        if (progress.state !== "running") {
          stream.close();
        }
      };
      return () => stream.close();
    },
  };
}

async function post(path: string, body: unknown): Promise<Response> {
  try {
    return await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new CommandError({
      code: "internal",
      message: "The engine does not answer.",
      hint: "Is the test host still running?",
    });
  }
}
