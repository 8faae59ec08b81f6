import { useState } from "react";
import type { FieldMessage } from "@/ipc/generated/FieldMessage";
import { asCommandError, type CommandError } from "@/ipc/problem";

/** A command that failed, and what it was for. */
export type Failure = { title: string; error: CommandError };

const refusedByKeyStore = "The key store refused to save the password. Nothing was changed.";

/** Where failures are shown: at a password, if they are about it, else above the form. */
export function useReport() {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [atField, setAtField] = useState<FieldMessage | null>(null);
  const at = (field: FieldMessage["field"]) => (atField?.field === field ? [atField] : []);
  return {
    failure,
    /** What is shown at `password` or `proxy`. */
    at,
    clearField: () => setAtField(null),
    /** Before something is tried: what is shown is over. */
    begin: () => {
      setFailure(null);
      setAtField(null);
    },
    /** Shows what was thrown; answers it. */
    fail: (title: string, thrown: unknown): CommandError => {
      const error = asCommandError(thrown);
      const text = aboutPassword(error);
      if (text === null) setFailure({ title, error });
      else
        setAtField({
          field: error.field === "proxy" ? "proxy" : "password",
          level: "error",
          text,
          fix: null,
          automatic: false,
        });
      return error;
    },
  };
}

export type Report = ReturnType<typeof useReport>;

function aboutPassword(error: CommandError): string | null {
  if (error.code === "key_store") return [refusedByKeyStore, error.hint ?? error.message].join(" ");
  return error.code === "password_needed" ? error.message : null;
}
