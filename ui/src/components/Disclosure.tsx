import { Button, makeStyles, tokens } from "@fluentui/react-components";
import { ChevronDownRegular, ChevronRightRegular } from "@fluentui/react-icons";
import { type ReactNode, useId, useState } from "react";

type DisclosureProps = {
  /** What is behind it, on the button. */
  label: string;
  /** Which one this is, for those who hear one button after the other. */
  of?: string;
  /** Open at first. */
  open?: boolean;
  /** Keeps what is in it, typed text above all, when it is closed. */
  keep?: boolean;
  children: ReactNode;
};

/** More, on request. What is closed is not drawn, unless it is to be kept. */
export function Disclosure({ label, of, open = false, keep = false, children }: DisclosureProps) {
  const styles = useStyles();
  const id = useId();
  const [shown, setShown] = useState(open);
  return (
    <div className={styles.root}>
      <Button
        size="small"
        appearance="transparent"
        className={styles.button}
        icon={shown ? <ChevronDownRegular /> : <ChevronRightRegular />}
        aria-expanded={shown}
        aria-controls={shown || keep ? id : undefined}
        aria-label={of === undefined ? undefined : `${label}: ${of}`}
        onClick={() => setShown(!shown)}
      >
        {label}
      </Button>
      {(shown || keep) && (
        <div id={id} className={styles.content} hidden={!shown}>
          {children}
        </div>
      )}
    </div>
  );
}

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", alignItems: "stretch", minWidth: 0 },
  button: { alignSelf: "flex-start", minWidth: "0", paddingInlineStart: "0" },
  content: { minWidth: 0, paddingTop: tokens.spacingVerticalXS },
});
