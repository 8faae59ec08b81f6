import { makeStyles, mergeClasses, Text, tokens } from "@fluentui/react-components";
import { CheckmarkCircleFilled, CircleRegular, OpenRegular } from "@fluentui/react-icons";
import { type ReactNode, useId, useState } from "react";
import { BlockableButton } from "@/components/BlockableButton";
import { CommandBlocks } from "@/components/CommandBlocks";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { CopyButton } from "@/components/CopyButton";
import { DatedBadge } from "@/components/DatedBadge";
import { Disclosure } from "@/components/Disclosure";
import type { GuideFact } from "@/ipc/generated/GuideFact";
import type { GuidePage } from "@/ipc/generated/GuidePage";
import type { GuideStep } from "@/ipc/generated/GuideStep";
import { offlineReason, useOffline } from "@/lib/appState";
import { useWrite } from "@/lib/queries";
import { commandOf } from "./commands";

type GuideStepViewProps = {
  step: GuideStep;
  /** From 1. */
  number: number;
  organization: number | undefined;
  /** Values of its table are typed elsewhere: each can be copied. */
  copyFacts: boolean;
  /** Why it can't be marked; undefined: it can. */
  markBlocked: string | undefined;
  onMark: (done: boolean) => void;
};

/** A step: why, what to type, what to know, and whether it is done. */
export function GuideStepView({ step, number, organization, copyFacts, markBlocked, onMark }: GuideStepViewProps) {
  const styles = useStyles();
  const id = useId();
  const picked = step.blocks.filter((block) => block.flagged !== null);
  const plain = step.blocks.filter((block) => block.flagged === null);
  return (
    <li className={mergeClasses(styles.step, step.done && styles.done)} aria-labelledby={id}>
      <header className={styles.head}>
        <Text as="h2" id={id} size={400} weight="semibold" className={styles.title}>
          {`${number}. ${step.title}`}
        </Text>
        {step.badge && <DatedBadge badge={step.badge} />}
        <span className={styles.space} />
        <MarkDone step={step} blocked={markBlocked} onMark={onMark} />
      </header>
      <Text>{step.why}</Text>
      {step.page && <OpenPage page={step.page} organization={organization} />}
      {step.facts.length > 0 && <FactTable facts={step.facts} label={step.title} copied={copyFacts} />}
      {plain.length > 0 && <CommandBlocks commands={plain.map(commandOf)} />}
      {picked.length > 0 && (
        <Disclosure label="Another way, reaching further" of={step.title}>
          <CommandBlocks commands={picked.map(commandOf)} />
        </Disclosure>
      )}
      {step.notes.length > 0 && (
        <ul className={styles.notes} aria-label={`Notes: ${step.title}`}>
          {step.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </li>
  );
}

type MarkDoneProps = { step: GuideStep; blocked: string | undefined; onMark: (done: boolean) => void };

function MarkDone({ step, blocked, onMark }: MarkDoneProps) {
  const styles = useStyles();
  const words = step.done ? "Done" : "Mark done";
  return (
    <BlockableButton
      size="small"
      appearance={step.done ? "subtle" : "secondary"}
      icon={step.done ? <CheckmarkCircleFilled className={styles.good} /> : <CircleRegular />}
      aria-pressed={step.done}
      aria-label={`${words}: ${step.title}`}
      blocked={blocked}
      onClick={() => onMark(!step.done)}
    >
      {words}
    </BlockableButton>
  );
}

const pages: Record<GuidePage, { label: string; warning: ReactNode | null }> = {
  admin_center: { label: "Open admin center", warning: null },
  entra_admin_center: { label: "Open Entra admin center", warning: null },
  microsoft_test: {
    label: "Open Microsoft's page",
    warning:
      "Microsoft's servers must reach yours over the internet, and the password of the service account is typed on that page.",
  },
};

function OpenPage({ page, organization }: { page: GuidePage; organization: number | undefined }) {
  const styles = useStyles();
  const offline = useOffline();
  const open = useWrite("page_open");
  const [asking, setAsking] = useState(false);
  const { label, warning } = pages[page];
  const go = () =>
    open.mutate(
      { page, ...(organization === undefined ? {} : { organization }) },
      { onSuccess: () => setAsking(false) },
    );
  return (
    <>
      <BlockableButton
        className={styles.page}
        icon={<OpenRegular />}
        blocked={offline ? offlineReason : undefined}
        disabledFocusable={open.isPending}
        onClick={() => (warning === null ? go() : setAsking(true))}
      >
        {label}
      </BlockableButton>
      {open.error && !asking && (
        <Text role="alert" className={styles.problem}>
          {[open.error.message, open.error.hint].filter(Boolean).join(" ")}
        </Text>
      )}
      <ConfirmDialog
        open={asking}
        title="Open Microsoft's page in the browser?"
        verb="Open the page"
        busy={open.isPending}
        error={open.error}
        onConfirm={go}
        onCancel={() => setAsking(false)}
      >
        {warning}
      </ConfirmDialog>
    </>
  );
}

type FactTableProps = { facts: readonly GuideFact[]; label: string; copied: boolean };

function FactTable({ facts, label, copied }: FactTableProps) {
  const styles = useStyles();
  return (
    <table className={styles.table} aria-label={label}>
      <tbody>
        {facts.map(({ name, value }) => (
          <tr key={name}>
            <th scope="row" className={styles.term}>
              {name}
            </th>
            <td className={styles.value}>{value}</td>
            {copied && (
              <td className={styles.copy}>
                <CopyButton text={value} label={`Copy ${name}`} iconOnly appearance="subtle" />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const useStyles = makeStyles({
  step: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    padding: tokens.spacingHorizontalL,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderLeft: `4px solid ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusMedium,
  },
  done: { borderLeftColor: tokens.colorStatusSuccessBorderActive },
  head: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalM },
  title: { margin: 0 },
  space: { flexGrow: 1 },
  good: { color: tokens.colorStatusSuccessForeground1 },
  notes: { margin: 0, paddingInlineStart: "20px", color: tokens.colorNeutralForeground2 },
  page: { alignSelf: "flex-start" },
  problem: { color: tokens.colorStatusDangerForeground1 },
  table: {
    borderCollapse: "collapse",
    width: "100%",
    fontSize: tokens.fontSizeBase300,
    "& th, & td": {
      textAlign: "left",
      verticalAlign: "top",
      padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS}`,
      borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    },
  },
  term: { width: "32%", fontWeight: tokens.fontWeightSemibold },
  value: { overflowWrap: "anywhere" },
  copy: { width: "32px" },
});
