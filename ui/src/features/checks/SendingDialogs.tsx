import { PasswordDialog } from "@/components/PasswordDialog";
import { SendAgainDialog } from "@/components/SendAgainDialog";
import type { Sending } from "./useSending";

type SendingDialogsProps = {
  sending: Sending;
  account: string;
  /** What is done with a password that is typed. Default `Check`. */
  verb?: string;
};

/** The questions before a check: its password, and whether one that was refused is sent again. */
export function SendingDialogs({ sending, account, verb }: SendingDialogsProps) {
  return (
    <>
      {sending.asking && (
        <PasswordDialog
          key={sending.asking}
          account={sending.asking === "proxy" ? "the proxy's user" : account}
          verb={verb}
          onPassword={sending.withPassword}
          onCancel={sending.keepBack}
        />
      )}
      <SendAgainDialog refused={sending.refused} onSend={sending.sendAgain} onCancel={sending.keepBack} />
    </>
  );
}
