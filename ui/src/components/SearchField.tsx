import { makeStyles, SearchBox } from "@fluentui/react-components";
import { useRef } from "react";
import { useHotkeys } from "@/lib/keys";
import { useTyped } from "./useTyped";

const useStyles = makeStyles({ root: { flexGrow: 1, flexBasis: "140px", minWidth: "120px", maxWidth: "300px" } });

type Props = {
  label: string;
  /** Where the label is too long for the box. */
  placeholder?: string;
  value: string;
  onChange: (value: string) => void;
};

/** A filter box: what is typed counts at once; Ctrl+F comes here, Esc empties it. */
export function SearchField({ label, placeholder = label, value, onChange }: Props) {
  const styles = useStyles();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useTyped(value, onChange);
  useHotkeys({ "ctrl+f": () => input.current?.focus() });
  return (
    <SearchBox
      ref={input}
      className={styles.root}
      aria-label={label}
      placeholder={placeholder}
      value={typed}
      onChange={(_, data) => setTyped(data.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape" && typed !== "") {
          event.stopPropagation();
          setTyped("");
        }
      }}
    />
  );
}
