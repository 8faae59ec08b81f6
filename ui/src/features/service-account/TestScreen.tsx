import { Button, makeStyles, Text, Title3, Tooltip, tokens, useId } from "@fluentui/react-components";
import { ArrowLeftRegular, PlayRegular } from "@fluentui/react-icons";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { ProblemBar } from "@/components/ProblemBar";
import { SendAgainDialog } from "@/components/SendAgainDialog";
import type { AppState } from "@/ipc/generated/AppState";
import type { EmailConfiguration } from "@/ipc/generated/EmailConfiguration";
import type { CommandError } from "@/ipc/problem";
import { offlineReason } from "@/lib/appState";
import { useFocusKept } from "@/lib/focus";
import { useHotkeys } from "@/lib/keys";
import { fieldsOf, formOf, type Missing, missingIn, startFields, type Typed } from "./fields";
import { MicrosoftActions } from "./MicrosoftActions";
import { Outcome } from "./Outcome";
import { StepTree } from "./StepTree";
import { TestForm } from "./TestForm";
import { type Testing, useTest } from "./useTest";
import { WriteDialog } from "./WriteDialog";

type TestScreenProps = {
  organization: number;
  app: AppState;
  configuration: EmailConfiguration;
  /** The mailbox it starts with. */
  mailbox: string;
};

/** The form, and the steps beside it as they end. */
export function TestScreen({ organization, app, configuration, mailbox }: TestScreenProps) {
  const styles = useStyles();
  const [typed, setTyped] = useState(() => startFields(configuration.form, mailbox));
  const [missing, setMissing] = useState<Missing>({});
  const mailboxInput = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const testing = useTest((sendAgain) => {
    const secret = password.current?.value ?? "";
    return {
      organization,
      form: formOf(configuration.form, typed),
      password: secret === "" ? { kind: "stored" } : { kind: "typed", password: secret },
      fields: fieldsOf(typed),
      sendAgain,
    };
  });
  const { test, going, busy, problem } = testing;
  const change = (part: Partial<Typed>) => {
    setTyped((before) => ({ ...before, ...part }));
    setMissing({});
  };
  const offline = app.settings.workOffline;
  const perform = () => {
    if (offline || going || busy) return;
    const found = missingIn(typed);
    setMissing(found);
    if (Object.keys(found).length === 0) void testing.perform();
    else if (found.mailbox !== undefined) mailboxInput.current?.focus();
  };
  useHotkeys({ "ctrl+enter": perform });
  useEffect(() => {
    if (problem?.code === "password_needed") password.current?.focus();
  }, [problem]);
  return (
    <div className={styles.root}>
      <Head testing={testing} organization={organization} offline={offline} onPerform={perform} />
      {problem && !isAtField(problem) && <ProblemBar title="The test didn't start." error={problem} />}
      <div className={styles.columns}>
        <div className={styles.form}>
          <TestForm
            organization={organization}
            app={app}
            stored={configuration.password}
            typed={typed}
            missing={missing}
            problem={problem}
            mailbox={mailboxInput}
            password={password}
            onChange={change}
            onPerform={perform}
          />
          <MicrosoftActions
            offline={offline}
            values={() => ({ organization, form: formOf(configuration.form, typed), fields: fieldsOf(typed) })}
          />
        </div>
        <Results testing={testing} mailbox={typed.mailbox} />
      </div>
      <WriteDialog open={test?.state === "asking"} mailbox={typed.mailbox} busy={busy} onAnswer={testing.answer} />
      <SendAgainDialog refused={testing.refused} onSend={testing.sendAgain} onCancel={testing.keepBack} />
    </div>
  );
}

type HeadProps = { testing: Testing; organization: number; offline: boolean; onPerform: () => void };

/** Title, the way back, and the button. */
function Head({ testing, organization, offline, onPerform }: HeadProps) {
  const styles = useStyles();
  const reason = useId("why-no-test");
  const { going, busy } = testing;
  const button = useRef<HTMLButtonElement>(null);
  useFocusKept(button, going, testing.test?.state);
  return (
    <div className={styles.head}>
      <div className={styles.titles}>
        <Link to="/organizations/$id/configuration" params={{ id: organization }} className={styles.back}>
          <ArrowLeftRegular aria-hidden /> Email Configuration
        </Link>
        <Title3 as="h2" className={styles.title}>
          Service Account Access
        </Title3>
        <Text size={200} className={styles.quiet}>
          Microsoft's test of one mailbox, step by step, from this computer: no third party sees the password.
        </Text>
      </div>
      {offline && (
        <Text id={reason} size={200}>
          {offlineReason}
        </Text>
      )}
      {going ? (
        <Button ref={button} disabledFocusable={busy} onClick={testing.cancel}>
          Cancel
        </Button>
      ) : (
        <Tooltip relationship="description" content="Ctrl+Enter">
          <Button
            ref={button}
            appearance="primary"
            className={styles.perform}
            icon={<PlayRegular />}
            aria-keyshortcuts="Control+Enter"
            aria-describedby={offline ? reason : undefined}
            disabledFocusable={offline || busy}
            onClick={onPerform}
          >
            Perform test
          </Button>
        </Tooltip>
      )}
    </div>
  );
}

/** The steps, once there are some; above them how it ended. */
function Results({ testing, mailbox }: { testing: Testing; mailbox: string }) {
  const styles = useStyles();
  const { test, going, lost } = testing;
  const place = useRef<HTMLElement>(null);
  const over = test !== undefined && !going;
  // Beside a long form, or below it: how it goes, and how it ended, is to be seen.
  useEffect(() => {
    if (going || over) place.current?.scrollIntoView({ block: "start" });
  }, [going, over]);
  return (
    <section
      ref={place}
      className={styles.results}
      aria-label="Steps of the test"
      aria-busy={going && test?.state !== "asking"}
    >
      {lost && <ProblemBar title="The test can't be shown." error={lost} />}
      <div role="status">{test && <Outcome test={test} mailbox={mailbox} />}</div>
      {test ? (
        <StepTree key={test.test} steps={test.steps} going={going} />
      ) : (
        !lost && (
          <Text size={200} className={styles.quiet}>
            Perform test fills these steps top down, and stops where something is broken.
          </Text>
        )
      )}
    </section>
  );
}

/** Shown at its field. */
function isAtField({ code, field }: CommandError): boolean {
  return code === "password_needed" || ["mailbox", "accountLogon", "ewsUrl", "impersonatedUser"].includes(field ?? "");
}

const useStyles = makeStyles({
  root: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    containerType: "inline-size",
    minWidth: 0,
  },
  // The button stays in view while a long form scrolls under it.
  head: {
    position: "sticky",
    top: `calc(-1 * ${tokens.spacingVerticalM})`,
    zIndex: 2,
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    gap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalM} 0 ${tokens.spacingVerticalXS}`,
    marginTop: `calc(-1 * ${tokens.spacingVerticalM})`,
    backgroundColor: tokens.colorNeutralBackground1,
  },
  titles: { display: "flex", flexDirection: "column", flexGrow: 1, flexBasis: "320px", minWidth: 0 },
  back: {
    display: "inline-flex",
    alignItems: "center",
    alignSelf: "flex-start",
    gap: tokens.spacingHorizontalXS,
    minHeight: "24px",
    color: tokens.colorBrandForegroundLink,
    textDecorationLine: "none",
    fontSize: tokens.fontSizeBase200,
    "&:hover": { textDecorationLine: "underline" },
  },
  title: { margin: 0, fontSize: tokens.fontSizeBase500, lineHeight: tokens.lineHeightBase500 },
  perform: { whiteSpace: "nowrap" },
  quiet: { color: tokens.colorNeutralForeground3 },
  columns: {
    display: "grid",
    gridTemplateColumns: "minmax(0, 1fr)",
    gap: tokens.spacingHorizontalXXL,
    "@container (min-width: 780px)": { gridTemplateColumns: "minmax(0, 5fr) minmax(0, 6fr)" },
  },
  form: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalL, minWidth: 0, maxWidth: "520px" },
  results: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    minWidth: 0,
    scrollMarginTop: "112px",
    // Room for the ring around what has the keyboard.
    paddingRight: tokens.spacingHorizontalXXS,
  },
});
