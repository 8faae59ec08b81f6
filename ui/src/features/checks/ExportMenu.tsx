import {
  Button,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
} from "@fluentui/react-components";
import { ArrowDownloadRegular, DismissRegular } from "@fluentui/react-icons";
import { CopyButton } from "@/components/CopyButton";
import type { ExportedFile } from "@/ipc/generated/ExportedFile";
import type { ExportFormat } from "@/ipc/generated/ExportFormat";
import { counted } from "@/lib/format";

/** `Export to CSV` and `Export to JSON`: all results of the run. */
export function ExportMenu({ busy, onExport }: { busy: boolean; onExport: (format: ExportFormat) => void }) {
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button icon={<ArrowDownloadRegular />} disabled={busy}>
          Export
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItem onClick={() => onExport("csv")}>Export to CSV</MenuItem>
          <MenuItem onClick={() => onExport("json")}>Export to JSON</MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

type ExportedBarProps = { file: ExportedFile; pathCopied: boolean; onClose: () => void };

/** Where the file is; its path has been copied, where the clipboard allowed it. */
export function ExportedBar({ file, pathCopied, onClose }: ExportedBarProps) {
  return (
    <MessageBar intent="success" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{`${counted(file.rows, "row")} written.`}</MessageBarTitle>
        <span style={{ overflowWrap: "anywhere" }}>{file.path}</span>
        {pathCopied ? " The path is on the clipboard." : ""}
      </MessageBarBody>
      <MessageBarActions
        containerAction={
          <Button
            appearance="transparent"
            size="small"
            aria-label="Close"
            icon={<DismissRegular />}
            onClick={onClose}
          />
        }
      >
        <CopyButton text={file.path} label="Copy path" />
      </MessageBarActions>
    </MessageBar>
  );
}
