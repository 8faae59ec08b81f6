import { Dropdown, makeStyles, mergeClasses, Option } from "@fluentui/react-components";
import { memo } from "react";

type Props = {
  /** Accessible name. */
  label: string;
  /** The key of the address it filters by. */
  name: string;
  /** What is chosen; empty: anything. */
  value: string;
  /** What the choice of anything is called. */
  any: string;
  /** What can be chosen, and in which words. Has to stay the same object. */
  options: readonly (readonly [value: string, words: string])[];
  /** The words of what is chosen, where they are shorter than those of its option. */
  shown?: string;
  /** Has to stay the same function. */
  onChange: (change: { [name: string]: string | undefined }) => void;
  className?: string;
};

/** One filter above a table. Drawn again only for its own part of the address: a list is filtered key by key. */
export const FilterChoice = memo(function FilterChoice(props: Props) {
  const styles = useStyles();
  const { value, options, any } = props;
  const words = props.shown ?? options.find(([option]) => option === value)?.[1] ?? value;
  return (
    <Dropdown
      className={mergeClasses(styles.choice, props.className)}
      aria-label={props.label}
      value={value === "" ? any : words}
      selectedOptions={[value]}
      onOptionSelect={(_, data) => props.onChange({ [props.name]: data.optionValue })}
    >
      <Option value="">{any}</Option>
      {options.map(([option, said]) => (
        <Option key={option} value={option}>
          {said}
        </Option>
      ))}
    </Dropdown>
  );
});

const useStyles = makeStyles({ choice: { minWidth: "0", whiteSpace: "nowrap" } });
