import { MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import type { Summary } from "@/ipc/generated/Summary";
import { counted } from "@/lib/format";
import { exposedCount } from "@/lib/runVerdict";

/** Above all else, whatever is shown and while the run still goes on: a mailbox that must be refused was opened. */
export function ExposedBanner({ summary }: { summary: Summary }) {
  const exposed = exposedCount(summary);
  if (exposed === 0) return null;
  return (
    <MessageBar intent="error" layout="multiline" politeness="assertive">
      <MessageBarBody>
        <MessageBarTitle>A mailbox that must be refused was opened</MessageBarTitle>
        {`${counted(exposed, "mailbox", "mailboxes")} outside the scope opened. The service account reaches more than it should.`}
      </MessageBarBody>
    </MessageBar>
  );
}
