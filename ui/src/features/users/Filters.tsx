import { Dropdown, makeStyles, Option } from "@fluentui/react-components";
import { memo } from "react";
import { SearchField } from "@/components/SearchField";
import { locations, syncAccess, verdicts } from "@/lib/labels";
import { text, type UrlState, useUrlState } from "@/lib/urlState";
import type { filterKeys } from "./filter";

const useStyles = makeStyles({ choice: { minWidth: "0", width: "116px", whiteSpace: "nowrap" } });

const flags = { must_refuse: "Must be refused", disabled: "Synchronization disabled" };

/** The filters above the list; they are in the address. */
export function Filters() {
  const [url, setUrl] = useUrlState();
  const choice = (name: (typeof filterKeys)[number]) => ({ name, value: text(url, name), onChange: setUrl });
  return (
    <>
      <SearchField
        label="Filter by name, address, tag"
        placeholder="Filter users"
        value={text(url, "search")}
        onChange={(value) => setUrl({ search: value })}
      />
      <Choice label="Sync access" options={syncAccess} any="Any access" {...choice("access")} />
      <Choice label="Last verdict" options={verdicts} any="Any verdict" {...choice("verdict")} />
      <Choice label="Flags" options={flags} any="Any flags" {...choice("flag")} />
      <Choice label="Location" options={locations} any="Anywhere" {...choice("location")} />
    </>
  );
}

type ChoiceProps = {
  label: string;
  name: string;
  options: Record<string, string>;
  any: string;
  value: string;
  onChange: (change: UrlState) => void;
};

/** Drawn again only for its own part of the address. */
const Choice = memo(function Choice({ label, name, options, any, value, onChange }: ChoiceProps) {
  const styles = useStyles();
  return (
    <Dropdown
      className={styles.choice}
      aria-label={label}
      value={options[value] ?? any}
      selectedOptions={[value]}
      onOptionSelect={(_, data) => onChange({ [name]: data.optionValue })}
    >
      <Option value="">{any}</Option>
      {Object.entries(options).map(([key, words]) => (
        <Option key={key} value={key}>
          {words}
        </Option>
      ))}
    </Dropdown>
  );
});
