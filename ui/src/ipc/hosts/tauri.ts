import { Channel, invoke } from "@tauri-apps/api/core";
import type { RunProgress } from "../generated/RunProgress.ts";
import type { Host } from "../host.ts";
import { asCommandError } from "../problem.ts";

/** Whether this page runs inside the desktop window. */
export function insideTauri(): boolean {
  return "__TAURI_INTERNALS__" in window;
}

/** The engine behind the desktop window. */
export function tauriHost(): Host {
  return {
    async call(name, request) {
      try {
        return await invoke(name, { req: request });
      } catch (thrown) {
        throw asCommandError(thrown);
      }
    },
    watchRun(run, onProgress) {
      let listening = true;
      const channel = new Channel<RunProgress>((progress) => {
        if (listening) {
          onProgress(progress);
        }
      });
      // A run that is gone has nothing to stream; the page's own query says so.
      invoke("watch_run", { run, onProgress: channel }).catch(() => {
        listening = false;
      });
      return () => {
        listening = false;
      };
    },
  };
}
