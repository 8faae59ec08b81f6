// What is handed over with a save or a check. The only functions that see a password.
import type { CheckPassword } from "@/ipc/generated/CheckPassword";
import type { PasswordChange } from "@/ipc/generated/PasswordChange";
import type { Keep, PasswordDraft } from "./formState";

export function passwordForSave(draft: PasswordDraft, savedKeep: Keep, typed: string): PasswordChange {
  if (typed !== "") {
    return draft.keep === "ask" ? { kind: "ask", password: typed } : { kind: "store", password: typed };
  }
  if (draft.removing) return { kind: "remove" };
  if (draft.keep === "ask" && savedKeep !== "ask") return { kind: "ask" };
  return { kind: "keep" };
}

/** The password typed for the proxy's user; nothing typed: the stored one stays. */
export function proxyPasswordTyped(field: HTMLInputElement | null): { proxyPassword?: string } {
  return field === null || field.value === "" ? {} : { proxyPassword: field.value };
}

export function passwordForCheck(typed: string): CheckPassword {
  return typed === "" ? { kind: "stored" } : { kind: "typed", password: typed };
}
