import { makeStyles } from "@fluentui/react-components";
import { useCallback } from "react";
import { FilterChoice } from "@/components/FilterChoice";
import { SearchField } from "@/components/SearchField";
import { locations, syncAccess, verdicts } from "@/lib/labels";
import { text, type UrlState, useUrlState } from "@/lib/urlState";
import type { filterKeys } from "./filter";

const useStyles = makeStyles({ choice: { width: "116px" } });

const flags = Object.entries({ must_refuse: "Must be refused", disabled: "Synchronization disabled" });
const accesses = Object.entries(syncAccess);
const lastVerdicts = Object.entries(verdicts);
const places = Object.entries(locations);

/** The filters above the list; they are in the address. `onChange` has to stay the same function. */
export function Filters({ onChange }: { onChange: (change: UrlState) => void }) {
  const styles = useStyles();
  const [url] = useUrlState();
  const search = useCallback((typed: string) => onChange({ search: typed }), [onChange]);
  const choice = (name: (typeof filterKeys)[number]) => ({
    name,
    value: text(url, name),
    onChange,
    className: styles.choice,
  });
  return (
    <>
      <SearchField
        label="Filter by name, address, tag"
        placeholder="Filter users"
        value={text(url, "search")}
        onChange={search}
      />
      <FilterChoice label="Sync access" options={accesses} any="Any access" {...choice("access")} />
      <FilterChoice label="Last verdict" options={lastVerdicts} any="Any verdict" {...choice("verdict")} />
      <FilterChoice label="Flags" options={flags} any="Any flags" {...choice("flag")} />
      <FilterChoice label="Location" options={places} any="Anywhere" {...choice("location")} />
    </>
  );
}
