import { Badge, makeStyles } from "@fluentui/react-components";
import { Person16Regular } from "@fluentui/react-icons";
import type { Blame } from "@/ipc/generated/Blame";
import { blames } from "@/lib/labels";

/** Whose job it is. */
export function BlameBadge({ blame }: { blame: Blame }) {
  const styles = useStyles();
  return (
    <Badge className={styles.badge} appearance="outline" color="informative" icon={<Person16Regular aria-hidden />}>
      {`Whose job: ${blames[blame]}`}
    </Badge>
  );
}

const useStyles = makeStyles({
  badge: { flexShrink: 0 },
});
