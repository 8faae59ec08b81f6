import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Input,
  MessageBar,
  MessageBarBody,
  makeStyles,
  Spinner,
  Text,
  tokens,
} from "@fluentui/react-components";
import { SearchRegular } from "@fluentui/react-icons";
import { type FormEvent, useRef, useState } from "react";
import { Field, fieldMessage } from "@/components/Field";
import { ProblemBar } from "@/components/ProblemBar";
import { SendAgainDialog } from "@/components/SendAgainDialog";
import { call } from "@/ipc/call";
import type { Discovery } from "@/ipc/generated/Discovery";
import type { DiscoveryCandidate } from "@/ipc/generated/DiscoveryCandidate";
import type { PasswordState } from "@/ipc/generated/PasswordState";
import { offlineReason } from "@/lib/appState";
import { useFocusKept } from "@/lib/focus";
import { useRead } from "@/lib/queries";
import { ConsentPanel } from "./ConsentPanel";
import { DiscoveryCandidates } from "./DiscoveryCandidates";
import { DiscoverySteps } from "./DiscoverySteps";
import { passwordWords } from "./discoveryWords";
import { passwordForDiscovery } from "./passwordChange";
import type { Configuration } from "./useConfiguration";

type DiscoveryDialogProps = {
  organization: number;
  form: Configuration;
  stored: PasswordState;
  offline: boolean;
  onClose: () => void;
};

/** `Find with Autodiscover…`: the address, every step as it ends, the question before a password goes anywhere. */
export function DiscoveryDialog({ organization, form, stored, offline, onClose }: DiscoveryDialogProps) {
  const styles = useStyles();
  const { state, dispatch, discovery } = form;
  const { found, going } = discovery;
  const close = () => {
    discovery.stop();
    onClose();
  };
  const test = (ewsUrl: string) =>
    call("endpoint_probe", { organization, form: { ...state.form, ewsUrl, findWhenChecking: false } });
  const use = ({ url }: DiscoveryCandidate) => {
    const before = state.form.ewsUrl;
    const text = before === "" ? "Found with Autodiscover." : `Replaced ${before}.`;
    dispatch({ kind: "replace-url", url, origin: "discovered", text });
    close();
  };
  const withPassword = "password" in passwordForDiscovery(state, stored, state.password.typed ? "typed" : "");
  return (
    <Dialog open onOpenChange={(_, data) => data.type !== "backdropClick" && !data.open && close()}>
      <DialogSurface className={styles.surface}>
        <DialogBody className={styles.body}>
          <DialogTitle>Find the EWS URL with Autodiscover</DialogTitle>
          <DialogContent className={styles.content}>
            <AddressRow
              organization={organization}
              form={form}
              offline={offline}
              hint={passwordWords(state.form.accountLogon, withPassword)}
            />
            {discovery.problem && discovery.problem.field !== "address" && (
              <ProblemBar title="Autodiscover stopped." error={discovery.problem} />
            )}
            {found?.question && (
              <ConsentPanel
                key={found.question.question}
                question={found.question}
                busy={discovery.busy}
                onAnswer={(answer, remember) => discovery.answer(found.question?.question ?? 0, answer, remember)}
              />
            )}
            {found && <Standing found={found} going={going} />}
            {found && found.candidates.length > 0 && (
              <DiscoveryCandidates candidates={found.candidates} onTest={test} onUse={use} />
            )}
            {found && found.steps.length > 0 && <DiscoverySteps key={found.discovery} steps={found.steps} />}
          </DialogContent>
          <DialogActions>
            <Button onClick={close}>Close</Button>
          </DialogActions>
        </DialogBody>
        <SendAgainDialog refused={discovery.refused} onSend={discovery.sendAgain} onCancel={discovery.keepBack} />
      </DialogSurface>
    </Dialog>
  );
}

type AddressRowProps = { organization: number; form: Configuration; offline: boolean; hint: string };

/** Whose mailbox to look for; `Find`, and `Stop` while it goes on. */
function AddressRow({ organization, form: { state, discovery }, offline, hint }: AddressRowProps) {
  const styles = useStyles();
  const { accountLogon } = state.form;
  const isAddress = /^[^\s@\\]+@[^\s@\\]+$/.test(accountLogon.trim());
  const users = useRead("users_page", { organization, offset: 0, limit: 1 }, { enabled: !isAddress });
  const [typed, setTyped] = useState<string | null>(discovery.found?.address ?? null);
  const address = typed ?? (isAddress ? accountLogon.trim() : (users.data?.rows[0]?.address ?? ""));
  const { going, busy } = discovery;
  const button = useRef<HTMLButtonElement>(null);
  useFocusKept(button, going, discovery.found?.question?.question);
  const blocked = offline || address.trim() === "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!blocked && !going && !busy) void discovery.start(address.trim());
  };
  return (
    <form className={styles.row} onSubmit={submit} noValidate>
      <Field
        label="Address to look for"
        className={styles.grow}
        hint={offline ? offlineReason : hint}
        message={fieldMessage(discovery.problem, "address")}
      >
        <Input
          value={address}
          type="email"
          autoComplete="off"
          spellCheck={false}
          placeholder="anna@contoso.com"
          readOnly={going}
          onChange={(_, data) => setTyped(data.value)}
        />
      </Field>
      {going ? (
        <Button ref={button} className={styles.find} disabledFocusable={busy} onClick={discovery.stop}>
          Stop
        </Button>
      ) : (
        <Button
          ref={button}
          className={styles.find}
          type="submit"
          appearance={discovery.found?.candidates.length ? "secondary" : "primary"}
          icon={<SearchRegular />}
          disabledFocusable={blocked || busy}
        >
          {discovery.found ? "Find again" : "Find"}
        </Button>
      )}
    </form>
  );
}

/** Where the search stands, in words; how it ended, and what to do next. */
function Standing({ found, going }: { found: Discovery; going: boolean }) {
  const styles = useStyles();
  const { state, address, candidates, redirectAddress } = found;
  const empty = state === "done" && candidates.length === 0;
  const message = found.message ?? (empty ? "No candidate. Enter the URL or try another address." : null);
  return (
    <>
      {going && state !== "asking" ? (
        <div className={styles.standing} role="status">
          <Spinner size="extra-tiny" aria-hidden />
          <Text>{`Looking for the server of ${address}…`}</Text>
        </div>
      ) : (
        <div role="status">
          {message !== null && (
            <MessageBar
              className={styles.bar}
              layout="multiline"
              intent={candidates.length > 0 ? "success" : state === "cancelled" ? "info" : "warning"}
            >
              <MessageBarBody>{message}</MessageBarBody>
            </MessageBar>
          )}
        </div>
      )}
      {redirectAddress !== null && (
        <MessageBar intent="info" layout="multiline" className={styles.bar}>
          <MessageBarBody>{`Exchange says that this mailbox is elsewhere: ${redirectAddress}.`}</MessageBarBody>
        </MessageBar>
      )}
    </>
  );
}

const useStyles = makeStyles({
  surface: { width: "calc(100vw - 48px)", maxWidth: "1040px" },
  body: { maxHeight: "calc(100vh - 96px)" },
  content: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
  row: { display: "flex", alignItems: "flex-start", gap: tokens.spacingHorizontalS, flexShrink: 0 },
  grow: { flexGrow: 1, minWidth: 0 },
  // Beside the field, not beside its label.
  find: { marginTop: "26px", flexShrink: 0 },
  standing: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS, flexShrink: 0 },
  bar: { flexShrink: 0 },
});
