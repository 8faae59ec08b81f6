import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  makeStyles,
  Textarea,
  tokens,
} from "@fluentui/react-components";
import { AddRegular } from "@fluentui/react-icons";
import { useState } from "react";
import { Field } from "@/components/Field";
import { ProblemBar } from "@/components/ProblemBar";
import { useNotify } from "@/components/toast";
import { counted } from "@/lib/format";
import { canaryLines } from "./canaryLines";
import { type Added, useAddCanaries } from "./useAddCanaries";

/** Problems and users that are named one by one. */
const named = 3;

/** Adds canaries, one address a line; says line by line what could not be added. */
export function AddCanaries({ organization }: { organization: number }) {
  const styles = useStyles();
  const notify = useNotify();
  const [typed, setTyped] = useState("");
  const [looked, setLooked] = useState(false);
  const { busy, came, error, add, turn, forget } = useAddCanaries(organization);
  const { addresses, problems } = canaryLines(typed);
  const refused = came.refused.map(({ reason }, index) => `Line ${index + 1}: ${reason}`);
  const wrong = looked ? problems : refused;

  const submit = async () => {
    setLooked(problems.length > 0);
    if (problems.length > 0 || addresses.length === 0) {
      return;
    }
    const done = await add(addresses);
    if (done === undefined) {
      return;
    }
    if (done.added > 0) {
      notify({ text: `${counted(done.added, "canary", "canaries")} added.` });
    }
    setTyped(done.refused.map(({ address }) => address).join("\n"));
  };
  const become = async () => {
    const changed = await turn();
    if (changed !== undefined) {
      notify({ text: `${counted(changed, "user")} must be refused now.` });
    }
  };
  return (
    <>
      <Field
        label="Add canaries"
        hint="One address a line. Choose mailboxes that the account must never open, a board member's for example."
        message={wrong.length === 0 ? null : { level: "error", text: some(wrong) }}
      >
        <Textarea
          rows={2}
          resize="vertical"
          value={typed}
          onChange={(_, data) => {
            setTyped(data.value);
            setLooked(false);
            forget();
          }}
        />
      </Field>
      {error === null ? null : <ProblemBar error={error} onRetry={() => void submit()} />}
      {came.users.length === 0 ? null : (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{areUsers(came)}</MessageBarBody>
          <MessageBarActions>
            <Button size="small" disabled={busy} onClick={() => void become()}>
              {came.users.length === 1 ? "Turn it into a canary" : "Turn them into canaries"}
            </Button>
            <Button size="small" onClick={forget}>
              Leave as is
            </Button>
          </MessageBarActions>
        </MessageBar>
      )}
      <Button
        className={styles.add}
        icon={<AddRegular />}
        disabled={busy || typed.trim() === ""}
        onClick={() => void submit()}
      >
        Add
      </Button>
    </>
  );
}

function areUsers({ users }: Added): string {
  const addresses = users.map((row) => row.address);
  const are = users.length === 1 ? "is a user that must open" : "are users that must open";
  const it = users.length === 1 ? "As a canary it loses" : "As canaries they lose";
  return `${some(addresses, ", ")} ${are}. ${it} sync access and must be refused.`;
}

/** The first few, and how many more there are. */
function some(lines: readonly string[], between = " "): string {
  const more = lines.length - named;
  const first = lines.slice(0, named).join(between);
  return more > 0 ? `${first} and ${more} more` : first;
}

const useStyles = makeStyles({ add: { alignSelf: "start", marginTop: tokens.spacingVerticalXS } });
