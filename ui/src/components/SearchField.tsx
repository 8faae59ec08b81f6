import { makeStyles, SearchBox } from "@fluentui/react-components";
import { memo, useRef } from "react";
import { useHotkeys } from "@/lib/keys";
import { useTyped } from "./useTyped";

const useStyles = makeStyles({ root: { flexGrow: 1, flexBasis: "140px", minWidth: "120px", maxWidth: "300px" } });

type Props = {
  label: string;
  /** Where the label is too long for the box. */
  placeholder?: string;
  value: string;
  /** Has to stay the same function, or it is drawn with all that is around it. */
  onChange: (value: string) => void;
};

/** A filter box: what is typed counts at once; Ctrl+F comes here, Esc empties it. */
export const SearchField = memo(function SearchField({ label, placeholder = label, value, onChange }: Props) {
  const [typed, setTyped] = useTyped(value, onChange);
  return <Box label={label} placeholder={placeholder} typed={typed} onType={setTyped} />;
});

type BoxProps = { label: string; placeholder: string; typed: string; onType: (typed: string) => void };

/** Not drawn again when the address comes to say what was typed. */
const Box = memo(function Box({ label, placeholder, typed, onType }: BoxProps) {
  const styles = useStyles();
  const input = useRef<HTMLInputElement>(null);
  useHotkeys({ "ctrl+f": () => input.current?.focus() });
  return (
    <SearchBox
      ref={input}
      className={styles.root}
      aria-label={label}
      placeholder={placeholder}
      value={typed}
      onChange={(_, data) => onType(data.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape" && typed !== "") {
          event.stopPropagation();
          onType("");
        }
      }}
    />
  );
});
