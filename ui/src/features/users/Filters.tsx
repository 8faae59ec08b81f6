import { Dropdown, makeStyles, Option } from "@fluentui/react-components";
import { SearchField } from "@/components/SearchField";
import { locations, syncAccess, verdicts } from "@/lib/labels";
import { text, useUrlState } from "@/lib/urlState";

const useStyles = makeStyles({ choice: { minWidth: "0", width: "116px", whiteSpace: "nowrap" } });

const flags = { must_refuse: "Must be refused", disabled: "Synchronization disabled" };

/** The filters above the list; they are in the address. */
export function Filters() {
  const [url, setUrl] = useUrlState();
  return (
    <>
      <SearchField
        label="Filter by name, address, tag"
        placeholder="Filter users"
        value={text(url, "search")}
        onChange={(value) => setUrl({ search: value })}
      />
      <Choice label="Sync access" name="access" options={syncAccess} any="Any access" />
      <Choice label="Last verdict" name="verdict" options={verdicts} any="Any verdict" />
      <Choice label="Flags" name="flag" options={flags} any="Any flags" />
      <Choice label="Location" name="location" options={locations} any="Anywhere" />
    </>
  );
}

function Choice(props: { label: string; name: string; options: Record<string, string>; any: string }) {
  const styles = useStyles();
  const [url, setUrl] = useUrlState();
  const value = text(url, props.name);
  return (
    <Dropdown
      className={styles.choice}
      aria-label={props.label}
      value={props.options[value] ?? props.any}
      selectedOptions={[value]}
      onOptionSelect={(_, data) => setUrl({ [props.name]: data.optionValue })}
    >
      <Option value="">{props.any}</Option>
      {Object.entries(props.options).map(([key, label]) => (
        <Option key={key} value={key}>
          {label}
        </Option>
      ))}
    </Dropdown>
  );
}
