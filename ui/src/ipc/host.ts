import type { Commands } from "./generated/Commands.ts";
import type { RunProgress } from "./generated/RunProgress.ts";

/** A command of the contract. */
export type CommandName = keyof Commands;
/** What a command takes. */
export type Request<K extends CommandName> = Commands[K][0];
/** What a command answers. */
export type Answer<K extends CommandName> = Commands[K][1];

/** The engine as the UI sees it: behind Tauri, behind HTTP, or pretended. */
export interface Host {
  /** Calls a command. Rejects with a `CommandError`, never with anything else. */
  call<K extends CommandName>(name: K, request: Request<K>): Promise<Answer<K>>;
  /** Streams the progress of a run, its final state last. Returns how to stop listening. */
  watchRun(run: string, onProgress: (progress: RunProgress) => void): () => void;
}
