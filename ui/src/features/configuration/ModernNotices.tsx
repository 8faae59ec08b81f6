import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import type { AccessType } from "@/ipc/generated/AccessType";
import type { AccessTypeInfo } from "@/ipc/generated/AccessTypeInfo";
import type { EmailConfigurationForm } from "@/ipc/generated/EmailConfigurationForm";
import type { Platform } from "@/ipc/generated/Platform";
import { accessTypes } from "@/lib/labels";
import { meansOnline } from "./modern";

type ModernNoticesProps = {
  form: EmailConfigurationForm;
  entry: AccessTypeInfo | undefined;
  platform: Platform;
  onSwitch: (type: AccessType) => void;
};

/** What has come to an end for the chosen type, and what to use instead. */
export function ModernNotices({ form, entry, platform, onSwitch }: ModernNoticesProps) {
  if (form.accessType === "ews_imp" && meansOnline(form, platform)) return <Closed onSwitch={onSwitch} />;
  if (entry === undefined || entry.served) return null;
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>Understudy doesn't check this type now.</MessageBarTitle>
        {entry.whyNot} {entry.instead !== "" && `Use instead: ${entry.instead}`}
      </MessageBarBody>
    </MessageBar>
  );
}

function Closed({ onSwitch }: Pick<ModernNoticesProps, "onSwitch">) {
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>Exchange Online: closed since Feb 2025, use entry 6.</MessageBarTitle>
        {`Its ApplicationImpersonation role was removed. You can sign in, but Exchange Online will refuse the mailboxes. Entry 6 is ${accessTypes.graph_app}.`}
      </MessageBarBody>
      <MessageBarActions>
        <Button size="small" onClick={() => onSwitch("graph_app")}>
          Switch to entry 6
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}
