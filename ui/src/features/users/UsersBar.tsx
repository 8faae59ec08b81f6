import { Button, makeStyles, tokens } from "@fluentui/react-components";
import { ArrowExportRegular } from "@fluentui/react-icons";
import { AddMenu } from "./AddMenu";
import { Filters } from "./Filters";

type Props = {
  /** How many users match. */
  total: number;
  onExport: () => void;
  onOne: () => void;
  onList: () => void;
};

/** Above the list: filters, `Export to CSV`, `Add`. */
export function UsersBar({ total, onExport, onOne, onList }: Props) {
  const styles = useStyles();
  return (
    <div className={styles.root}>
      <Filters />
      <Button
        className={styles.right}
        icon={<ArrowExportRegular />}
        disabled={total === 0}
        title="Writes the filtered rows to a file in Downloads (Ctrl+E)"
        onClick={onExport}
      >
        Export to CSV
      </Button>
      <AddMenu onOne={onOne} onList={onList} />
    </div>
  );
}

const useStyles = makeStyles({
  root: {
    display: "flex",
    alignItems: "center",
    flexWrap: "wrap",
    flexShrink: 0,
    gap: tokens.spacingHorizontalS,
    marginBottom: tokens.spacingVerticalS,
  },
  right: { marginLeft: "auto" },
});
