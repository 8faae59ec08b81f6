import { Button, makeStyles, Textarea, tokens } from "@fluentui/react-components";
import { DocumentAddRegular } from "@fluentui/react-icons";
import { type ClipboardEvent, type DragEvent, useRef, useState } from "react";
import { CopyButton } from "@/components/CopyButton";
import { Field } from "@/components/Field";
import { counted } from "@/lib/format";
import { csvTemplate, exportCommand } from "./exportCommand";
import { type ListSource, pasted, pastedName, readFile } from "./incomingList";
import { TargetField } from "./TargetField";
import type { Import } from "./useImport";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", flexGrow: 1, minHeight: 0, gap: tokens.spacingVerticalM },
  text: { flexGrow: 1, minHeight: 0, gridTemplateRows: "auto 1fr auto" },
  area: { height: "100%", "& textarea": { maxHeight: "none", height: "100%", fontFamily: tokens.fontFamilyMonospace } },
  bar: { display: "flex", alignItems: "center", flexWrap: "wrap", gap: tokens.spacingHorizontalS },
  grow: { flexGrow: 1 },
});

/** Paste a list, choose a file, or drop one. */
export function SourceStep({ steps }: { steps: Import }) {
  const styles = useStyles();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(() =>
    steps.list !== undefined && isShown(steps.list) ? new TextDecoder().decode(steps.list.bytes) : "",
  );
  const take = async (file: File | undefined) => {
    if (file !== undefined) {
      setTyped("");
      steps.setList(await readFile(file));
    }
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    void take(event.dataTransfer.files[0]);
  };
  // A text box grows slow with thousands of lines: a long list is taken as it is, and only named.
  const paste = (event: ClipboardEvent) => {
    const list = pasted(event.clipboardData.getData("text/plain"));
    if (!isShown(list)) {
      event.preventDefault();
      setTyped("");
      steps.setList(list);
    }
  };
  const apart = steps.list !== undefined && !isShown(steps.list) ? steps.list : undefined;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping a file is the mouse's way; the button is everyone's
    <div className={styles.root} onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <TargetField {...steps} />
      <Field
        className={styles.text}
        label="Addresses"
        hint="One a line, Name <address>, or a whole CSV with its header: comma, semicolon or tab."
      >
        <Textarea
          autoFocus
          className={styles.area}
          value={typed}
          placeholder={"ada.byron@contoso.com\nGrace Hopper <grace.hopper@contoso.com>"}
          onPaste={paste}
          onChange={(_, data) => {
            setTyped(data.value);
            steps.setList(data.value.trim() === "" ? undefined : pasted(data.value));
          }}
        />
      </Field>
      <div className={styles.bar}>
        <Button icon={<DocumentAddRegular />} onClick={() => input.current?.click()}>
          Choose a file…
        </Button>
        <span className={styles.grow} role="status">
          {apart === undefined ? "or drop one here" : `${apart.name}, ${counted(apart.bytes.length, "byte")}`}
        </span>
        <CopyButton text={csvTemplate} label="Copy CSV template" />
        <CopyButton text={exportCommand} label="Copy export command" />
        <input
          ref={input}
          type="file"
          accept=".csv,.txt,.tsv"
          aria-label="File with users"
          hidden
          onChange={(event) => {
            void take(event.target.files?.[0]);
            event.target.value = "";
          }}
        />
      </div>
    </div>
  );
}

/** Whether a list stands in the text box: typed or pasted, and not long. */
function isShown(list: ListSource): boolean {
  return list.name === pastedName && list.bytes.length <= 20_000;
}
