import { makeStyles } from "@fluentui/react-components";
import { FilterChoice } from "@/components/FilterChoice";
import { SearchField } from "@/components/SearchField";
import { locations, syncAccess, verdicts } from "@/lib/labels";
import { text, useUrlState } from "@/lib/urlState";
import type { filterKeys } from "./filter";

const useStyles = makeStyles({ choice: { width: "116px" } });

const flags = Object.entries({ must_refuse: "Must be refused", disabled: "Synchronization disabled" });
const accesses = Object.entries(syncAccess);
const lastVerdicts = Object.entries(verdicts);
const places = Object.entries(locations);

/** The filters above the list; they are in the address. */
export function Filters() {
  const styles = useStyles();
  const [url, setUrl] = useUrlState();
  const choice = (name: (typeof filterKeys)[number]) => ({
    name,
    value: text(url, name),
    onChange: setUrl,
    className: styles.choice,
  });
  return (
    <>
      <SearchField
        label="Filter by name, address, tag"
        placeholder="Filter users"
        value={text(url, "search")}
        onChange={(value) => setUrl({ search: value })}
      />
      <FilterChoice label="Sync access" options={accesses} any="Any access" {...choice("access")} />
      <FilterChoice label="Last verdict" options={lastVerdicts} any="Any verdict" {...choice("verdict")} />
      <FilterChoice label="Flags" options={flags} any="Any flags" {...choice("flag")} />
      <FilterChoice label="Location" options={places} any="Anywhere" {...choice("location")} />
    </>
  );
}
