// `Status` of one mailbox. "Failed", "Undetermined" and "Not checked" are never merged.
import type { ResultRow } from "@/ipc/generated/ResultRow";

export type ResultStatus = "Success" | "Failed" | "Undetermined" | "Not checked" | "Waiting";

export function resultStatus(row: Pick<ResultRow, "verdict" | "expectation" | "finding">): ResultStatus {
  switch (row.verdict) {
    case null:
      return "Waiting";
    case "undetermined":
      return "Undetermined";
    case "not_checked":
      return "Not checked";
    case "granted":
      return row.expectation === "must_open" ? "Success" : "Failed";
    case "refused":
      return row.expectation === "must_refuse" ? "Success" : "Failed";
    default:
      // A canary without a usable mailbox proves nothing about the scope.
      return row.finding ? "Failed" : "Undetermined";
  }
}
