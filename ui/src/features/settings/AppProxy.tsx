import { Button, Field, Input, makeStyles, Radio, RadioGroup, Text, tokens } from "@fluentui/react-components";
import { type FormEvent, useState } from "react";
import type { ProxySetting } from "@/ipc/generated/ProxySetting";

type AppProxyProps = { value: ProxySetting; onSave: (value: ProxySetting) => void };

/** The proxy of every organization that inherits it: the system's, none, or one of its own. */
export function AppProxy({ value, onSave }: AppProxyProps) {
  const styles = useStyles();
  const saved = value.kind === "custom" ? value.address : "";
  const [editing, setEditing] = useState(false);
  const [typed, setTyped] = useState<string | null>(null);
  const [wrong, setWrong] = useState(false);
  // What is saved has changed, by Undo too: it is shown.
  const [known, setKnown] = useState(JSON.stringify(value));
  if (known !== JSON.stringify(value)) {
    setKnown(JSON.stringify(value));
    setEditing(false);
    setTyped(null);
    setWrong(false);
  }
  const kind = editing ? "custom" : value.kind;
  const address = typed ?? saved;
  const choose = (chosen: string) => {
    setWrong(false);
    setEditing(chosen === "custom");
    if (chosen === "none" || chosen === "inherit") onSave({ kind: chosen });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const text = address.trim();
    setWrong(!isHostAndPort(text));
    if (isHostAndPort(text) && text !== saved) onSave({ kind: "custom", address: text });
  };
  return (
    <>
      <Field label="Proxy">
        <RadioGroup layout="horizontal" value={kind} onChange={(_, data) => choose(data.value)}>
          <Radio value="inherit" label="System" />
          <Radio value="none" label="None" />
          <Radio value="custom" label="Custom" />
        </RadioGroup>
      </Field>
      {kind === "custom" && (
        <form className={styles.line} onSubmit={submit} noValidate>
          <Field
            label="Proxy address"
            className={styles.address}
            validationMessage={wrong ? "Enter host:port." : undefined}
          >
            <Input
              value={address}
              placeholder="proxy.contoso.com:8080"
              autoComplete="off"
              spellCheck={false}
              onChange={(_, data) => setTyped(data.value)}
            />
          </Field>
          <Button type="submit" className={styles.button}>
            Use this proxy
          </Button>
        </form>
      )}
      <Text className={styles.quiet}>
        For organizations whose own Proxy is Inherit. A proxy that asks for a name and password is set in Email
        Configuration, Connection options, Proxy. This computer itself is always reached directly.
      </Text>
    </>
  );
}

/** `proxy.contoso.com:8080`, `[2001:db8::1]:3128`. */
function isHostAndPort(text: string): boolean {
  const port = /^(?:[\w.-]+|\[[\da-f:.]+\]):(\d{1,5})$/i.exec(text)?.[1];
  return port !== undefined && Number(port) > 0 && Number(port) < 65_536;
}

const useStyles = makeStyles({
  line: { display: "flex", alignItems: "flex-start", flexWrap: "wrap", gap: tokens.spacingHorizontalS },
  address: { flexGrow: 1, maxWidth: "360px" },
  button: { marginTop: "26px" },
  quiet: { color: tokens.colorNeutralForeground2 },
});
