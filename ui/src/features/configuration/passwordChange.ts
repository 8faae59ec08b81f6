// What is handed over with a save or a check. The only functions that see a password.
import type { CheckPassword } from "@/ipc/generated/CheckPassword";
import type { PasswordChange } from "@/ipc/generated/PasswordChange";
import type { PasswordState } from "@/ipc/generated/PasswordState";
import type { FormState, Keep, PasswordDraft } from "./formState";
import { isModern } from "./modern";

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

/** For Autodiscover; left out where there is none: then no host is asked for consent. */
export function passwordForDiscovery(
  { form, password }: Pick<FormState, "form" | "password">,
  stored: PasswordState,
  typed: string,
): { password?: CheckPassword } {
  if (isModern(form.accessType)) return {};
  const kept = (stored.hasPassword && !password.removing) || (stored.askEachTime && stored.setAt !== null);
  if (typed === "" && !kept && form.authentication !== "signed_in_user") return {};
  return { password: passwordForCheck(typed) };
}
