import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStaticStyles,
  makeStyles,
  Text,
  tokens,
} from "@fluentui/react-components";
import { PrintRegular } from "@fluentui/react-icons";
import type { ReactNode } from "react";
import { BlameBadge } from "@/components/BlameBadge";
import { CommandBlocks, useCopyFocused } from "@/components/CommandBlocks";
import { CopyButton } from "@/components/CopyButton";
import { ProblemBar } from "@/components/ProblemBar";
import { Skeleton } from "@/components/Skeleton";
import type { Cause } from "@/ipc/generated/Cause";
import type { HandOffCard } from "@/ipc/generated/HandOffCard";
import { count, counted } from "@/lib/format";
import { useHotkeys } from "@/lib/keys";
import { useRead } from "@/lib/queries";

type HandOffDialogProps = { run: string; cause: Cause; onClose: () => void };

/** What to hand to whoever has to change something: to copy as Markdown for a ticket, or to print. */
export function HandOffDialog({ run, cause, onClose }: HandOffDialogProps) {
  const styles = useStyles();
  usePrintStyles();
  const { data: card, error, isPending, refetch } = useRead("hand_off_card", { run, cause });
  useCopyFocused({ inDialogs: true });
  const print = () => window.print();
  useHotkeys({ "ctrl+p": () => card && print() }, { inDialogs: true });
  return (
    <Dialog open onOpenChange={(_, data) => data.open || onClose()}>
      <DialogSurface className={styles.surface} data-print>
        <DialogBody className={styles.body}>
          <DialogTitle>Hand-off card</DialogTitle>
          <DialogContent className={styles.content}>
            {error && <ProblemBar title="The card can't be shown." error={error} onRetry={() => void refetch()} />}
            {isPending && <Skeleton label="Loading the card" />}
            {card && <Card card={card} />}
          </DialogContent>
          <DialogActions data-screen className={styles.actions}>
            {card && (
              <>
                <CopyButton size="medium" text={card.markdown} label="Copy as Markdown" />
                <Button icon={<PrintRegular />} onClick={print}>
                  Print
                </Button>
              </>
            )}
            <Button appearance="primary" onClick={onClose}>
              Close
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

function Card({ card }: { card: HandOffCard }) {
  const styles = useStyles();
  const more = card.count - card.mailboxes.length;
  return (
    <>
      <div className={styles.head}>
        <Text as="h3" size={500} weight="semibold" className={styles.title}>
          {card.title}
        </Text>
        <BlameBadge blame={card.blame} />
      </div>
      <Part title="What was seen">
        <Text>{card.what}</Text>
      </Part>
      <Part title="Why">
        <ul className={styles.list}>
          {card.why.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </Part>
      {card.mailboxes.length > 0 && (
        <Part title={counted(card.count, "mailbox", "mailboxes")}>
          <ul className={styles.mailboxes}>
            {card.mailboxes.map((address) => (
              <li key={address}>{address}</li>
            ))}
          </ul>
          {more > 0 && <Text size={200}>{`and ${count(more)} more: Copy as PowerShell names them all`}</Text>}
        </Part>
      )}
      {card.remedy.length > 0 && (
        <Part title="Commands">
          <CommandBlocks commands={card.remedy} />
        </Part>
      )}
      <Part title="How it will be verified">
        <Text>{card.verification}</Text>
      </Part>
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  const styles = useStyles();
  return (
    <section className={styles.part} aria-label={title}>
      <Text as="h4" weight="semibold" className={styles.title}>
        {title}
      </Text>
      {children}
    </section>
  );
}

/** On paper there is the card alone, as long as it is. */
const usePrintStyles = makeStaticStyles(`
@media print {
  #root, .fui-DialogSurface__backdrop { display: none; }
  html, body, .fui-FluentProvider { overflow: visible; background: white; }
  [data-print] {
    position: static; max-width: none; max-height: none; overflow: visible;
    border: none; box-shadow: none; color: black; background: white;
  }
  [data-print] * { max-height: none; overflow: visible; color: black; background: transparent; }
  /* Out of sight, not gone: what is gone would lose the keyboard. */
  [data-print] [data-screen], [data-print] button {
    position: absolute; width: 1px; height: 1px; min-width: 0; padding: 0; overflow: hidden; clip-path: inset(50%);
  }
}
`);

const useStyles = makeStyles({
  surface: { maxWidth: "820px", width: "calc(100vw - 64px)" },
  // In a low window it stays a dialog: the page shows above and below it.
  body: { maxHeight: "calc(100vh - 96px)" },
  content: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalL },
  actions: { "& button": { whiteSpace: "nowrap" } },
  head: {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    gap: tokens.spacingHorizontalM,
    paddingTop: tokens.spacingVerticalXS,
  },
  title: { margin: 0 },
  part: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS },
  list: { margin: 0, paddingInlineStart: "20px" },
  mailboxes: {
    margin: 0,
    padding: 0,
    listStyleType: "none",
    display: "grid",
    gridTemplateColumns: "repeat(auto-fill, minmax(240px, 1fr))",
    columnGap: tokens.spacingHorizontalM,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: "anywhere",
  },
});
