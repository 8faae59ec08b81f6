import { makeStyles, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { CauseTitle } from "@/components/CauseTitle";
import { CopyButton } from "@/components/CopyButton";
import { When } from "@/components/When";
import type { ResultDetail } from "@/ipc/generated/ResultDetail";
import { count } from "@/lib/format";
import { verdicts } from "@/lib/labels";

/** What is known of one result, line by line; what is not known is left out. */
export function ResultFacts({ detail }: { detail: ResultDetail }) {
  const styles = useStyles();
  const { row } = detail;
  const facts: [string, ReactNode][] = [];
  if (row.name !== "") facts.push(["Name", row.name]);
  facts.push(["Expected", row.expectation === "must_refuse" ? "Must be refused" : "Must open"]);
  if (row.verdict !== null) facts.push(["Verdict", verdicts[row.verdict]]);
  if (row.cause !== null) facts.push(["Cause", <CauseTitle key="cause" cause={row.cause} />]);
  if (row.ewsCode !== null) facts.push(["EWS code", row.ewsCode]);
  if (row.httpStatus !== null) facts.push(["HTTP", String(row.httpStatus)]);
  if (row.aliasOf !== null) facts.push(["Second address of", row.aliasOf]);
  if (row.attempts > 0) facts.push(["Attempts", count(row.attempts)]);
  if (row.latencyMs !== null) facts.push(["Time", `${count(row.latencyMs)} ms`]);
  if (row.requestId !== null) facts.push(["Request ID", <RequestId key="id" id={row.requestId} />]);
  if (row.checkedAt !== null) facts.push(["Checked at", <When key="when" at={row.checkedAt} withAge />]);
  return (
    <dl className={styles.facts}>
      {facts.map(([term, value]) => (
        <div key={term} className={styles.fact}>
          <dt className={styles.term}>{term}</dt>
          <dd className={styles.value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function RequestId({ id }: { id: string }) {
  return (
    <>
      {id} <CopyButton text={id} label="Copy request ID" iconOnly appearance="subtle" />
    </>
  );
}

const useStyles = makeStyles({
  facts: { margin: 0, display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS },
  fact: { display: "grid", gridTemplateColumns: "130px minmax(0, 1fr)", alignItems: "baseline" },
  term: { color: tokens.colorNeutralForeground3 },
  value: { margin: 0, overflowWrap: "anywhere" },
});
