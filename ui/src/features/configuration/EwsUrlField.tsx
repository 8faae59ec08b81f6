import {
  Badge,
  Button,
  Combobox,
  Field,
  Input,
  makeStyles,
  Option,
  Text,
  tokens,
  useId,
} from "@fluentui/react-components";
import { useRef, useState } from "react";
import type { FieldMessage } from "@/ipc/generated/FieldMessage";
import type { UrlOrigin } from "@/ipc/generated/UrlOrigin";
import { FieldRow, hasError } from "./FieldRow";
import type { UrlUndo } from "./formState";
import { WandButton } from "./WandButton";

type EwsUrlFieldProps = {
  value: string;
  origin: UrlOrigin;
  /** `Find when checking`: there is no URL to type. */
  finding: boolean;
  offline: boolean;
  undo: UrlUndo | null;
  messages: readonly FieldMessage[];
  /** Domains to choose from, while the wand asks `Which mail domain?`. */
  askedDomains: readonly string[] | null;
  onType: (url: string) => void;
  onBlur: () => void;
  onWand: (domain?: string) => void;
  onStopAsking: () => void;
  onDiscover: () => void;
  onFindWhenChecking: (on: boolean) => void;
  onUndo: () => void;
  onAcceptFix: (message: FieldMessage) => void;
};

const originWords: Record<UrlOrigin, string> = {
  typed: "Typed",
  generated: "Generated",
  discovered: "Discovered",
  imported: "Imported",
};

/** `Exchange Web Services (EWS) URL` with the Magic Wand. */
export function EwsUrlField(props: EwsUrlFieldProps) {
  const { value, origin, finding, undo, messages, askedDomains, onType, onBlur, onWand, onUndo, onAcceptFix } = props;
  const styles = useStyles();
  const id = useId("ews-url");
  const input = useRef<HTMLInputElement>(null);
  const enterOne = () => {
    props.onFindWhenChecking(false);
    input.current?.focus();
  };
  return (
    <FieldRow
      label="Exchange Web Services (EWS) URL"
      htmlFor={id}
      messages={messages}
      onAcceptFix={onAcceptFix}
      aside={
        finding ? (
          <Button size="small" onClick={enterOne}>
            Enter a URL
          </Button>
        ) : (
          value !== "" && <Badge appearance="outline">{originWords[origin]}</Badge>
        )
      }
      below={
        <>
          {finding && <Text size={200}>Autodiscover finds it as step 5 of every check.</Text>}
          {undo && undo.to === value && <Replaced undo={undo} onUndo={onUndo} />}
          {askedDomains && <AskDomain domains={askedDomains} onAnswer={onWand} onCancel={props.onStopAsking} />}
        </>
      }
    >
      <Input
        id={id}
        ref={input}
        data-field="ewsUrl"
        className={styles.field}
        value={finding ? "Found when checking" : value}
        readOnly={finding}
        appearance={finding ? "filled-darker" : "outline"}
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        placeholder="https://mail.example.com/EWS/Exchange.asmx"
        aria-invalid={hasError(messages)}
        aria-describedby={`${id}-messages`}
        onChange={(_, data) => onType(data.value)}
        onBlur={onBlur}
      />
      <WandButton
        offline={props.offline}
        finding={finding}
        onWand={() => onWand()}
        onDiscover={props.onDiscover}
        onFindWhenChecking={() => props.onFindWhenChecking(true)}
      />
    </FieldRow>
  );
}

function Replaced({ undo, onUndo }: { undo: UrlUndo; onUndo: () => void }) {
  const styles = useStyles();
  return (
    <div className={styles.replaced}>
      <Text size={200}>{undo.text}</Text>
      <Button size="small" appearance="subtle" onClick={onUndo}>
        Undo
      </Button>
    </div>
  );
}

type AskDomainProps = {
  domains: readonly string[];
  onAnswer: (domain: string) => void;
  onCancel: () => void;
};

function AskDomain({ domains, onAnswer, onCancel }: AskDomainProps) {
  const styles = useStyles();
  const [domain, setDomain] = useState(domains[0] ?? "");
  const answer = () => {
    if (domain.trim() !== "") onAnswer(domain.trim());
  };
  return (
    <search
      className={styles.ask}
      onKeyDown={(event) => {
        if (event.key === "Escape") onCancel();
      }}
    >
      <Field label="Which mail domain?" className={styles.grow}>
        <Combobox
          freeform
          autoFocus
          value={domain}
          placeholder="contoso.com"
          onChange={(event) => setDomain(event.target.value)}
          onOptionSelect={(_, data) => setDomain(data.optionValue ?? "")}
          onKeyDown={(event) => {
            if (event.key === "Enter") answer();
          }}
        >
          {domains.map((entry) => (
            <Option key={entry}>{entry}</Option>
          ))}
        </Combobox>
      </Field>
      <Button appearance="primary" disabled={domain.trim() === ""} onClick={answer}>
        Generate
      </Button>
      <Button appearance="subtle" onClick={onCancel}>
        Cancel
      </Button>
    </search>
  );
}

const useStyles = makeStyles({
  field: { flexGrow: 1, minWidth: 0 },
  replaced: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalXS },
  ask: {
    display: "flex",
    alignItems: "flex-end",
    gap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalXS} 0`,
  },
  grow: { flexGrow: 1, maxWidth: "320px" },
});
