import { Button, makeStyles, Popover, PopoverSurface, PopoverTrigger, Text, tokens } from "@fluentui/react-components";
import { BeakerFilled, InfoRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { CopyButton } from "@/components/CopyButton";
import { PracticeDialog } from "@/components/PracticeDialog";
import { useNotify } from "@/components/toast";
import type { PracticeState } from "@/ipc/generated/PracticeState";
import { useWrite } from "@/lib/queries";

const useStyles = makeStyles({
  root: {
    display: "flex",
    alignItems: "center",
    flexShrink: 0,
    gap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`,
    color: tokens.colorNeutralForeground1,
    backgroundColor: tokens.colorStatusWarningBackground1,
    borderBottom: `1px solid ${tokens.colorStatusWarningBorder1}`,
  },
  icon: { flexShrink: 0, fontSize: tokens.fontSizeBase500, color: tokens.colorStatusWarningForeground3 },
  about: {
    flexGrow: 1,
    minWidth: 0,
    overflow: "hidden",
    textOverflow: "ellipsis",
    whiteSpace: "nowrap",
  },
  button: { flexShrink: 0, whiteSpace: "nowrap" },
  card: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS, maxWidth: "520px" },
  facts: {
    display: "grid",
    gridTemplateColumns: "max-content 1fr max-content",
    alignItems: "center",
    columnGap: tokens.spacingHorizontalM,
    rowGap: tokens.spacingVerticalS,
    "& code": { overflowWrap: "anywhere" },
  },
});

/** The band over every screen of practice mode: which scenario, what to expect, what to type. */
export function PracticeBand({ practice }: { practice: PracticeState }) {
  const styles = useStyles();
  const navigate = useNavigate();
  const notify = useNotify();
  const stop = useWrite("practice_stop");
  const [choosing, setChoosing] = useState(false);
  const leave = () =>
    stop.mutate(
      {},
      {
        onSuccess: () => void navigate({ to: "/" }),
        onError: (error) => notify({ text: error.message, detail: error.hint, intent: "error" }),
      },
    );
  return (
    <section className={styles.root} aria-label="Practice mode" data-pane>
      <BeakerFilled className={styles.icon} aria-hidden />
      <span className={styles.about}>
        <strong>Practice: simulated Exchange</strong> {practice.scenario.title}
      </span>
      <Popover trapFocus>
        <PopoverTrigger disableButtonEnhancement>
          <Button size="small" className={styles.button} icon={<InfoRegular />}>
            What to type
          </Button>
        </PopoverTrigger>
        <PopoverSurface aria-label="What to type">
          <WhatToType practice={practice} />
        </PopoverSurface>
      </Popover>
      <Button size="small" className={styles.button} onClick={() => setChoosing(true)}>
        Change scenario
      </Button>
      <Button size="small" className={styles.button} disabled={stop.isPending} onClick={leave}>
        Leave practice
      </Button>
      {choosing ? <PracticeDialog onClose={() => setChoosing(false)} /> : null}
    </section>
  );
}

/** Account, password and URL of the simulated Exchange, and what a check of it finds. The password is worth nothing
 * anywhere else. */
function WhatToType({ practice }: { practice: PracticeState }) {
  const styles = useStyles();
  const { scenario } = practice;
  const facts = [
    ["Account Logon", practice.account],
    ["Password", practice.password],
    ["EWS URL", practice.ewsUrl],
  ] as const;
  return (
    <div className={styles.card}>
      <Text weight="semibold">{scenario.title}</Text>
      <Text>{scenario.shows}</Text>
      <div className={styles.facts}>
        {facts.map(([label, value]) => (
          <Fact key={label} label={label} value={value} />
        ))}
      </div>
      <Text>{`Expected: ${scenario.expected}.`}</Text>
    </div>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <>
      <span>{label}</span>
      <code>{value}</code>
      <CopyButton text={value} label={`Copy ${label}`} iconOnly appearance="subtle" />
    </>
  );
}
