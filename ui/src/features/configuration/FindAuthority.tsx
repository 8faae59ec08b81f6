import { makeStyles, Spinner, Text, tokens } from "@fluentui/react-components";
import { type ReactNode, useRef, useState } from "react";
import { BlockableButton } from "@/components/BlockableButton";
import { Disclosure } from "@/components/Disclosure";
import { Facts } from "@/components/Facts";
import { ProblemBar } from "@/components/ProblemBar";
import { call } from "@/ipc/call";
import type { FoundAuthority } from "@/ipc/generated/FoundAuthority";
import type { ModernAuthentication } from "@/ipc/generated/ModernAuthentication";
import { asCommandError, type CommandError } from "@/ipc/problem";
import { offlineReason } from "@/lib/appState";
import { AppliedNote } from "./AppliedNote";
import { authorityNames } from "./modern";
import type { Configuration } from "./useConfiguration";

type FindAuthorityProps = {
  organization: number;
  form: Configuration;
  offline: boolean;
  children: (button: ReactNode, below: ReactNode) => ReactNode;
};

/** `Find from the server`: who issues the tokens it takes. Sends no credentials. */
export function FindAuthority({ organization, form, offline, children }: FindAuthorityProps) {
  const { state, dispatch } = form;
  const [asking, setAsking] = useState(false);
  const [found, setFound] = useState<{ url: string; answer: FoundAuthority } | null>(null);
  const [problem, setProblem] = useState<CommandError | null>(null);
  const turn = useRef(0);
  const find = async () => {
    turn.current += 1;
    const mine = turn.current;
    setAsking(true);
    setProblem(null);
    setFound(null);
    try {
      const answer = await call("authority_find", { organization, form: state.form });
      if (mine !== turn.current) return;
      setFound({ url: state.form.ewsUrl, answer });
      if (answer.fields === null) return;
      const value = filledIn(state.form.modern, answer.fields);
      dispatch({ kind: "apply", change: { field: "modern", value }, text: wasText(state.form.modern) });
    } catch (thrown) {
      if (mine === turn.current) setProblem(asCommandError(thrown));
    } finally {
      if (mine === turn.current) setAsking(false);
    }
  };
  const noUrl = state.form.ewsUrl.trim() === "";
  const blocked = offline ? offlineReason : noUrl ? "Enter the EWS URL to ask the server." : undefined;
  // What another server said is no word about this one.
  const current = found !== null && found.url === state.form.ewsUrl ? found.answer : null;
  return children(
    <BlockableButton
      blocked={blocked}
      disabledFocusable={asking}
      icon={asking ? <Spinner size="extra-tiny" /> : undefined}
      onClick={() => void find()}
    >
      Find from the server
    </BlockableButton>,
    <>
      {problem && <ProblemBar title="The server couldn't be asked." error={problem} onRetry={() => void find()} />}
      {current && <Found answer={current} />}
      <AppliedNote
        applied={state.applied.find(({ field }) => field === "modern")}
        onUndo={() => dispatch({ kind: "undo", field: "modern" })}
      />
    </>,
  );
}

function Found({ answer: { sentence, authorizationUri, trustedIssuers } }: { answer: FoundAuthority }) {
  const styles = useStyles();
  return (
    <div className={styles.found}>
      <Text size={200} role="status">
        {sentence}
      </Text>
      {authorizationUri !== null && (
        <Disclosure label="What the server said">
          <Facts
            lines={[
              { term: "authorization_uri", value: authorizationUri },
              { term: "trusted_issuers", value: trustedIssuers.join(", ") || "none" },
            ]}
          />
        </Disclosure>
      )}
    </div>
  );
}

/** The server knows who issues the tokens; the app and how it is used stay as they are. */
function filledIn(typed: ModernAuthentication, found: ModernAuthentication): ModernAuthentication {
  const { authority, cloud } = found;
  return {
    ...typed,
    authority,
    cloud,
    tenant: found.tenant || typed.tenant,
    authorityUrl: found.authorityUrl || typed.authorityUrl,
  };
}

function wasText({ authority, tenant, authorityUrl }: ModernAuthentication): string {
  const where = authority === "entra" ? tenant : authorityUrl;
  return `Was ${[authorityNames[authority], where].filter(Boolean).join(", ")}.`;
}

const useStyles = makeStyles({
  found: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXXS },
});
