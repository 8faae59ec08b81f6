import { makeStyles, ProgressBar, Text, tokens } from "@fluentui/react-components";
import { PauseFilled } from "@fluentui/react-icons";
import { useEffect, useRef, useState } from "react";
import type { RunProgress } from "@/ipc/generated/RunProgress";
import { counted, dateTime } from "@/lib/format";
import { fraction, progressText } from "@/lib/progressText";

/** `2,310 of 4,830 - 142/s - about 18 s left - 6 connections` over a bar. */
export function ProgressLine({ progress }: { progress: RunProgress }) {
  const styles = useStyles();
  const spoken = useSpoken(progress);
  const waits = waitText(progress);
  return (
    <div className={styles.root}>
      <Text className={styles.numbers}>
        {progress.paused && <PauseFilled aria-hidden className={styles.icon} />}
        {progressText(progress)}
      </Text>
      <ProgressBar value={fraction(progress)} thickness="large" aria-label="Progress of the check" />
      {waits !== null && <Text size={200}>{waits}</Text>}
      <span className={styles.spoken} role="status">
        {spoken}
      </span>
    </div>
  );
}

function waitText(progress: RunProgress): string | null {
  if (progress.paused) return "Nothing more is asked until it goes on. What is decided is kept.";
  if (progress.waitingUntil !== null) {
    return `The server asked for a pause: every connection waits until ${dateTime(progress.waitingUntil)}.`;
  }
  return progress.waiting === 0
    ? null
    : `${counted(progress.waiting, "mailbox", "mailboxes")} busy, to be asked again.`;
}

/** What a screen reader hears: every 10 % or every 10 seconds, not ten times a second. */
function useSpoken(progress: RunProgress): string {
  const [spoken, setSpoken] = useState("");
  const last = useRef({ tenth: -1, at: 0, paused: false });
  useEffect(() => {
    const tenth = Math.floor((fraction(progress) ?? 0) * 10);
    const now = Date.now();
    const { paused } = progress;
    if (paused === last.current.paused && tenth === last.current.tenth && now - last.current.at < 10_000) return;
    last.current = { tenth, at: now, paused };
    setSpoken(progressText(progress));
  }, [progress]);
  return spoken;
}

const useStyles = makeStyles({
  root: { position: "relative", display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS, minWidth: 0 },
  numbers: { fontVariantNumeric: "tabular-nums" },
  icon: { marginInlineEnd: tokens.spacingHorizontalXS, verticalAlign: "text-bottom" },
  spoken: { position: "absolute", width: "1px", height: "1px", overflow: "hidden", clipPath: "inset(50%)" },
});
