import { makeStyles, Text, tokens } from "@fluentui/react-components";
import { CopyButton } from "@/components/CopyButton";
import { type FactLine, Facts } from "@/components/Facts";
import { StateBadge } from "@/components/VerdictBadge";
import type { MailboxProof } from "@/ipc/generated/MailboxProof";

/** What proves that the mailbox asked for is the one that opened. */
export function RightMailbox({ proof }: { proof: MailboxProof }) {
  const styles = useStyles();
  const { mailboxGuid, listedGuid, sentence } = proof;
  const lines: FactLine[] = [];
  if (mailboxGuid !== null) {
    lines.push({ term: "Mailbox GUID", value: <Guid id={mailboxGuid} of="mailbox GUID" />, mark: match(proof) });
  }
  if (listedGuid !== null) lines.push({ term: "In the list", value: <Guid id={listedGuid} of="listed GUID" /> });
  return (
    <section className={styles.root} aria-label="Right mailbox">
      <Text as="h3" weight="semibold" className={styles.title}>
        Right mailbox
      </Text>
      <Text>{sentence}</Text>
      {lines.length > 0 && <Facts lines={lines} label="Mailbox identity" />}
    </section>
  );
}

function match({ mailboxGuid, listedGuid }: MailboxProof) {
  if (mailboxGuid === null || listedGuid === null) return undefined;
  const same = mailboxGuid.toLowerCase() === listedGuid.toLowerCase();
  return (
    <StateBadge tone={same ? "good" : "bad"}>{same ? "Same as in the list" : "Not the one in the list"}</StateBadge>
  );
}

function Guid({ id, of }: { id: string; of: string }) {
  return (
    <>
      {id} <CopyButton text={id} label={`Copy ${of}`} iconOnly appearance="subtle" />
    </>
  );
}

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS },
  title: { margin: 0 },
});
