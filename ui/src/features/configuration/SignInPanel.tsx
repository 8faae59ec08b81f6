import { Button, makeStyles, Text, tokens } from "@fluentui/react-components";
import { WindowNew20Regular } from "@fluentui/react-icons";
import { useEffect, useRef } from "react";
import { BlockableButton } from "@/components/BlockableButton";
import { ProblemBar } from "@/components/ProblemBar";
import type { SignIn } from "@/ipc/generated/SignIn";
import type { SyncCounts } from "@/ipc/generated/SyncCounts";
import { offlineReason } from "@/lib/appState";
import { buttonLabels, isApp, type ModernType } from "./modern";
import { SignInStatus } from "./SignInStatus";
import type { SignInControl } from "./useSignIn";

type SignInPanelProps = {
  type: ModernType;
  control: SignInControl;
  offline: boolean;
  counts: SyncCounts;
};

/** The button under the picklist, and how the sign-in stands. */
export function SignInPanel({ type, control, offline, counts }: SignInPanelProps) {
  const styles = useStyles();
  const { now: signIn, busy, problem } = control;
  const root = useKeptFocus(signIn);
  const waiting = signIn?.state === "waiting";
  const app = isApp(type);
  const blocked = offline ? offlineReason : waiting ? "A sign-in is under way: finish or cancel it." : undefined;
  const begin = () => void (app ? control.authorize(true) : control.start());
  return (
    <section ref={root} className={styles.root} aria-label="OAuth sign-in">
      <div className={styles.buttons}>
        <BlockableButton
          icon={<WindowNew20Regular />}
          className={styles.main}
          blocked={blocked}
          disabledFocusable={busy}
          onClick={begin}
        >
          {buttonLabels[type]}
        </BlockableButton>
        {!waiting && (
          <Button
            appearance="subtle"
            disabledFocusable={busy || offline}
            onClick={() => !busy && !offline && void (app ? control.authorize(false) : control.start(true))}
          >
            {app ? "Without the consent page" : "Use a code instead"}
          </Button>
        )}
      </div>
      {(offline || !waiting) && (
        <Text size={200} className={styles.hint}>
          {offline ? offlineReason : hint(app)}
        </Text>
      )}
      {problem && <ProblemBar title="How the sign-in stands can't be shown." error={problem} onRetry={control.retry} />}
      {signIn && (
        <SignInStatus signIn={signIn} control={control} app={app} offline={offline} counts={counts} onBegin={begin} />
      )}
    </section>
  );
}

function hint(app: boolean): string {
  return app
    ? "Opens the consent page of the tenant in your browser and gets a token. Once approved there, choose Refresh."
    : "Opens your browser to sign in as the impersonating account. Understudy never sees its password.";
}

/** A button that did its work is gone: the keyboard stays here, at what came of it. */
function useKeptFocus(signIn: SignIn | undefined) {
  const root = useRef<HTMLElement>(null);
  const inside = useRef(false);
  useEffect(() => {
    const section = root.current;
    if (section === null) return;
    const follow = ({ target }: FocusEvent) => {
      inside.current = target instanceof Node && section.contains(target);
    };
    document.addEventListener("focusin", follow);
    return () => document.removeEventListener("focusin", follow);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at whenever what is shown changes
  useEffect(() => {
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (inside.current && lost) root.current?.querySelector<HTMLElement>("[data-status]")?.focus();
  }, [signIn?.state, signIn?.failure?.kind]);
  return root;
}

const useStyles = makeStyles({
  // Under the picklist, where the fields begin.
  root: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalXS,
    minWidth: 0,
    marginLeft: `calc(190px + ${tokens.spacingHorizontalM})`,
    "@container (max-width: 620px)": { marginLeft: 0 },
  },
  buttons: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalS },
  main: { whiteSpace: "nowrap" },
  hint: { color: tokens.colorNeutralForeground3 },
});
