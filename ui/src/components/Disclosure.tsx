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
  children: ReactNode;
};

/** More, on request. What is closed is not drawn. */
export function Disclosure({ label, of, open = false, children }: DisclosureProps) {
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
        aria-controls={shown ? id : undefined}
        aria-label={of === undefined ? undefined : `${label}: ${of}`}
        onClick={() => setShown(!shown)}
      >
        {label}
      </Button>
      {shown && (
        <div id={id} className={styles.content}>
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
