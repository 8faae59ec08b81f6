import { makeStyles, Text, tokens } from "@fluentui/react-components";
import { CopyButton } from "@/components/CopyButton";
import { StateBadge } from "@/components/VerdictBadge";
import type { MailboxProof } from "@/ipc/generated/MailboxProof";

/** What proves that the mailbox asked for is the one that opened. */
export function RightMailbox({ proof }: { proof: MailboxProof }) {
  const styles = useStyles();
  const { mailboxGuid, listedGuid, sentence } = proof;
  return (
    <section className={styles.root} aria-label="Right mailbox">
      <Text as="h3" weight="semibold" className={styles.title}>
        Right mailbox
      </Text>
      <Text>{sentence}</Text>
      <dl className={styles.facts}>
        {mailboxGuid !== null && (
          <div className={styles.fact}>
            <dt className={styles.term}>Mailbox GUID</dt>
            <dd className={styles.value}>
              <Guid id={mailboxGuid} of="mailbox GUID" />
            </dd>
          </div>
        )}
        {listedGuid !== null && (
          <div className={styles.fact}>
            <dt className={styles.term}>In the list</dt>
            <dd className={styles.value}>
              <Guid id={listedGuid} of="listed GUID" />
              <Match proof={proof} />
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}

function Match({ proof: { mailboxGuid, listedGuid } }: { proof: MailboxProof }) {
  if (mailboxGuid === null || listedGuid === null) return null;
  const same = mailboxGuid.toLowerCase() === listedGuid.toLowerCase();
  return (
    <div>
      <StateBadge tone={same ? "good" : "bad"}>{same ? "The same" : "Not the same"}</StateBadge>
    </div>
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
  facts: { margin: 0, display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS },
  fact: { display: "grid", gridTemplateColumns: "130px minmax(0, 1fr)", alignItems: "baseline" },
  term: { color: tokens.colorNeutralForeground3 },
  value: { margin: 0, overflowWrap: "anywhere" },
});
