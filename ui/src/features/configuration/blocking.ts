import type { CheckScope } from "@/ipc/generated/CheckScope";
import type { FieldMessage } from "@/ipc/generated/FieldMessage";

/** Errors that forbid saving: everything but the want of users. */
export function forbidSave(messages: readonly FieldMessage[]): FieldMessage[] {
  return messages.filter((message) => message.level === "error" && message.field !== "users");
}

/** Errors that forbid a check; one address needs no users. */
export function forbidCheck(messages: readonly FieldMessage[], scope: CheckScope): FieldMessage[] {
  return messages.filter(
    (message) => message.level === "error" && !(scope.kind === "address" && message.field === "users"),
  );
}

/** Sets the keyboard on the first field, in the order of the form, that has one of these messages. */
export function focusFirst(messages: readonly FieldMessage[], within: HTMLElement | null): void {
  const wrong = new Set(messages.map(({ field }) => field));
  const fields = [...(within?.querySelectorAll<HTMLElement>("[data-field]") ?? [])];
  fields.find(({ dataset }) => wrong.has(dataset.field ?? ""))?.focus();
}
