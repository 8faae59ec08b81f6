import { Button, makeStyles, tokens } from "@fluentui/react-components";
import { ArrowExportRegular } from "@fluentui/react-icons";
import { memo } from "react";
import type { UrlState } from "@/lib/urlState";
import { AddMenu } from "./AddMenu";
import { Filters } from "./Filters";
import type { LookupKind } from "./LookupDialog";

type Props = {
  /** No user matches. */
  none: boolean;
  /** What the address is to say, of the filters. */
  onFilter: (change: UrlState) => void;
  onExport: () => void;
  onOne: () => void;
  onList: () => void;
  onLookup: (kind: LookupKind) => void;
};

/** Above the list: filters, `Export to CSV`, `Add`. */
export const UsersBar = memo(function UsersBar({ none, onFilter, onExport, onOne, onList, onLookup }: Props) {
  const styles = useStyles();
  return (
    <div className={styles.root}>
      <Filters onChange={onFilter} />
      <Button
        className={styles.right}
        icon={<ArrowExportRegular />}
        disabled={none}
        aria-label="Export to CSV"
        title="Export to CSV: writes the filtered rows to a file in Downloads (Ctrl+E)"
        onClick={onExport}
      >
        <span className={styles.words}>Export to CSV</span>
      </Button>
      <AddMenu onOne={onOne} onList={onList} onLookup={onLookup} />
    </div>
  );
});

const useStyles = makeStyles({
  root: {
    display: "flex",
    alignItems: "center",
    flexWrap: "wrap",
    flexShrink: 0,
    gap: tokens.spacingHorizontalS,
    marginBottom: tokens.spacingVerticalS,
  },
  right: { marginLeft: "auto", "@media (max-width: 1180px)": { minWidth: "0" } },
  // Where there is no room for words the icon, its name and its tip remain.
  words: { "@media (max-width: 1180px)": { display: "none" } },
});
