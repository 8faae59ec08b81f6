import { Button } from "@fluentui/react-components";
import { ClipboardPasteRegular, DocumentAddRegular, PeopleRegular } from "@fluentui/react-icons";
import { CopyButton } from "@/components/CopyButton";
import { EmptyState } from "@/components/EmptyState";
import { exportCommand } from "./exportCommand";

/** No users at all, or none that match. */
export function NoUsers(props: { filtered: boolean; onClear: () => void; onImport: () => void }) {
  if (props.filtered) {
    return (
      <EmptyState text="No rows match.">
        <Button onClick={props.onClear}>Clear All Filters</Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={<PeopleRegular />} text="No users yet." hint="Paste a list with Ctrl+V, or drop a file here.">
      <Button appearance="primary" icon={<ClipboardPasteRegular />} onClick={props.onImport}>
        Paste addresses
      </Button>
      <Button icon={<DocumentAddRegular />} onClick={props.onImport}>
        Import CSV
      </Button>
      <CopyButton text={exportCommand} label="Copy export command" />
    </EmptyState>
  );
}
