import type { Selection } from "@/components/selection";
import type { CheckScope } from "@/ipc/generated/CheckScope";
import type { UserIds } from "@/ipc/generated/UserIds";
import type { filterOf } from "./filter";

/** Which users the selection means. "All that match" is said to the engine, never listed here. */
export function chosenUsers(
  selection: Selection<number>,
  organization: number | undefined,
  filter: ReturnType<typeof filterOf>,
): UserIds | undefined {
  if (selection.kind === "listed") {
    return { kind: "listed", ids: [...selection.keys] };
  }
  return organization === undefined ? undefined : { kind: "matching", organization, filter };
}

/** Why the selected users cannot be checked together: a run belongs to one organization and takes all users or ids. */
export function checkBlocked(selection: Selection<number>, organization: number | undefined, filtered: boolean) {
  if (organization === undefined) {
    return "Open one organization to check its users.";
  }
  return selection.kind === "matching" && filtered
    ? "Clear the filters to check all users, or select users one by one."
    : undefined;
}

/** What a check of the selection asks for. */
export function scopeOf(selection: Selection<number>): CheckScope {
  return selection.kind === "listed" ? { kind: "users", ids: [...selection.keys] } : { kind: "all" };
}
