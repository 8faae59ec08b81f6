import { makeStyles, Text, tokens } from "@fluentui/react-components";
import { StateBadge } from "@/components/VerdictBadge";
import type { Expectation } from "@/ipc/generated/Expectation";
import type { FolderResult } from "@/ipc/generated/FolderResult";

type FolderVerdictsProps = { folders: readonly FolderResult[]; expectation: Expectation };

const names: Record<string, string> = { inbox: "Inbox", calendar: "Calendar", contacts: "Contacts", tasks: "Tasks" };

/** What became of each folder, where several were asked for in the one request. */
export function FolderVerdicts({ folders, expectation }: FolderVerdictsProps) {
  const styles = useStyles();
  if (folders.length === 0) return null;
  return (
    <section aria-label="Folders">
      <Text as="h3" weight="semibold" className={styles.title}>
        Folders
      </Text>
      <ul className={styles.list}>
        {folders.map(({ folder, opened, ews_code }) => (
          <li key={folder} className={styles.line}>
            <span className={styles.name}>{names[folder] ?? folder}</span>
            <StateBadge tone={opened === (expectation === "must_open") ? "good" : "bad"}>
              {opened ? "Opened" : ews_code}
            </StateBadge>
          </li>
        ))}
      </ul>
    </section>
  );
}

const useStyles = makeStyles({
  title: { margin: 0 },
  list: { listStyleType: "none", margin: 0, padding: 0 },
  line: { display: "grid", gridTemplateColumns: "130px minmax(0, 1fr)", alignItems: "center" },
  name: { color: tokens.colorNeutralForeground3 },
});
