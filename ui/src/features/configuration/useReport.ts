import { useState } from "react";
import type { FieldMessage } from "@/ipc/generated/FieldMessage";
import { asCommandError, type CommandError } from "@/ipc/problem";

/** A command that failed, and what it was for. */
export type Failure = { title: string; error: CommandError };

const refusedByKeyStore = "The key store refused to save the password. Nothing was changed.";

/** Fields that say themselves what a command found wrong with them. */
const ownFields = ["tenant", "clientId", "authorityUrl", "redirectPort", "appCredential"];

/** Where failures are shown: at a field, if they are about it, else above the form. */
export function useReport(hasPassword: boolean) {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [atField, setAtField] = useState<FieldMessage | null>(null);
  const at = (field: FieldMessage["field"]) => (atField?.field === field ? [atField] : []);
  return {
    failure,
    /** What is shown at a field: `password`, `proxy`, one of OAuth. */
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
      const place = placeOf(error, hasPassword);
      if (place === null) setFailure({ title, error });
      else setAtField({ ...place, level: "error", fix: null, automatic: false });
      return error;
    },
  };
}

export type Report = ReturnType<typeof useReport>;

function placeOf(error: CommandError, hasPassword: boolean): Pick<FieldMessage, "field" | "text"> | null {
  const { field } = error;
  if (field !== undefined && ownFields.includes(field)) {
    return { field, text: [error.message, error.hint].filter(Boolean).join(" ") };
  }
  const text = aboutPassword(error);
  if (text === null || (field !== "proxy" && !hasPassword)) return null;
  return { field: field === "proxy" ? "proxy" : "password", text };
}

function aboutPassword(error: CommandError): string | null {
  if (error.code === "key_store") return [refusedByKeyStore, error.hint ?? error.message].join(" ");
  return error.code === "password_needed" ? error.message : null;
}
