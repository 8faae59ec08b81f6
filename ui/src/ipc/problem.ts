import type { Code } from "./generated/Code.ts";
import type { Problem } from "./generated/Problem.ts";

/** A command failed: what the engine said, as an `Error`. */
export class CommandError extends Error {
  readonly code: Code;
  readonly hint: string | undefined;
  /** The form field it belongs to, in the name of the request. */
  readonly field: string | undefined;

  constructor(problem: Problem) {
    super(problem.message);
    this.name = "CommandError";
    this.code = problem.code;
    this.hint = problem.hint ?? undefined;
    this.field = problem.field ?? undefined;
  }
}

/** Turns whatever was thrown into a `CommandError`. */
export function asCommandError(thrown: unknown): CommandError {
  if (thrown instanceof CommandError) {
    return thrown;
  }
  if (isProblem(thrown)) {
    return new CommandError(thrown);
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new CommandError({ code: "internal", message: message || "Something went wrong." });
}

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "code" in value && "message" in value;
}
