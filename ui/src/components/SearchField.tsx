import { makeStyles, SearchBox } from "@fluentui/react-components";
import { useEffect, useRef, useState } from "react";
import { useHotkeys } from "@/lib/keys";

const useStyles = makeStyles({ root: { flexGrow: 1, flexBasis: "140px", minWidth: "120px", maxWidth: "300px" } });

type Props = {
  label: string;
  /** Where the label is too long for the box. */
  placeholder?: string;
  value: string;
  onChange: (value: string) => void;
};

/** A filter box: what is typed counts after a short pause; Ctrl+F comes here, Esc empties it. */
export function SearchField({ label, placeholder = label, value, onChange }: Props) {
  const styles = useStyles();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(value);
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) {
      return;
    }
    const timer = setTimeout(() => latest.current(typed), 200);
    return () => clearTimeout(timer);
  }, [typed, value]);
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
          latest.current("");
        }
      }}
    />
  );
}
