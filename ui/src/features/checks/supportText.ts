import type { ResultDetail } from "@/ipc/generated/ResultDetail";
import { dateTime } from "@/lib/format";
import { verdicts } from "@/lib/labels";

/** What support needs to know of one result. The evidence comes redacted from the engine. */
export function supportText(
  run: string,
  { row, explanation, reasons, evidence, folders, proof }: ResultDetail,
): string {
  const lines = [
    `Mailbox: ${row.mailbox}`,
    `Expected: ${row.expectation === "must_refuse" ? "must be refused" : "must open"}`,
    `Verdict: ${row.verdict === null ? "not reached" : `${verdicts[row.verdict]} (${row.verdict})`}`,
    line("Cause", row.cause),
    line("Check Results", row.message),
    line("EWS code", row.ewsCode),
    line("HTTP status", row.httpStatus),
    line("Attempts", row.attempts),
    line("Time", row.latencyMs === null ? null : `${row.latencyMs} ms`),
    line("Request ID", row.requestId),
    line("Checked at", row.checkedAt === null ? null : `${dateTime(row.checkedAt)} (${row.checkedAt})`),
    ...folders.map((folder) => `Folder ${folder.folder}: ${folder.ews_code}`),
    line("Mailbox GUID", proof?.mailboxGuid ?? null),
    line("GUID in the list", proof?.listedGuid ?? null),
    line("Proof", proof?.sentence ?? null),
    `Run: ${run}`,
    line("Explanation", explanation),
    ...reasons.map((reason, index) => `Likely reason ${index + 1}: ${reason}`),
  ].filter((entry) => entry !== null);
  if (evidence) lines.push("", "Request (redacted):", evidence.request, "", "Reply (redacted):", evidence.reply);
  return lines.join("\n");
}

function line(term: string, value: string | number | null): string | null {
  return value === null ? null : `${term}: ${value}`;
}
