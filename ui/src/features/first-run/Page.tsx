import { Card, CardHeader, makeStyles, Text, Title1, tokens } from "@fluentui/react-components";
import { BeakerRegular, ServerRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { PracticeDialog } from "@/components/PracticeDialog";
import { useNotify } from "@/components/toast";
import { useAppState } from "@/lib/appState";
import { useWrite } from "@/lib/queries";

const useStyles = makeStyles({
  root: {
    display: "flex",
    flexDirection: "column",
    alignItems: "center",
    justifyContent: "center",
    flexGrow: 1,
    gap: tokens.spacingVerticalXXL,
  },
  cards: { display: "flex", flexWrap: "wrap", justifyContent: "center", gap: tokens.spacingHorizontalXL },
  card: { width: "340px", minHeight: "150px" },
  icon: { fontSize: tokens.fontSizeHero800, color: tokens.colorBrandForeground1, lineHeight: 1 },
});

/** The first start: two cards, and nothing else (panel 3). Arrows move between them, Enter chooses. */
export function FirstRunPage() {
  const styles = useStyles();
  const navigate = useNavigate();
  const notify = useNotify();
  const settings = useAppState()?.settings;
  const save = useWrite("settings_save");
  const [practicing, setPracticing] = useState(false);
  const cards = useRef<HTMLDivElement>(null);
  const begin = () => {
    if (settings !== undefined) {
      save.mutate(
        { ...settings, firstRunDone: true },
        {
          onSuccess: () => void navigate({ to: "/organizations/new" }),
          onError: (error) => notify({ text: error.message, detail: error.hint, intent: "error" }),
        },
      );
    }
  };
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const all = [...(cards.current?.querySelectorAll<HTMLElement>("[data-card]") ?? [])];
      const at = all.indexOf(document.activeElement as HTMLElement);
      all[(at + step + all.length) % all.length]?.focus();
    }
  };
  return (
    <div className={styles.root}>
      <Title1 as="h1">Welcome to Understudy</Title1>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrows between buttons, which work without them too */}
      <div ref={cards} className={styles.cards} onKeyDown={move}>
        <Choice
          icon={<ServerRegular />}
          title="Start with my Exchange"
          text="Set up an organization, fill in its Email Configuration, and prove mailbox by mailbox that impersonation works."
          onChoose={begin}
        />
        <Choice
          icon={<BeakerRegular />}
          title="Practice"
          text="Try everything against a simulated Exchange on this computer, with sample users and no real passwords."
          onChoose={() => setPracticing(true)}
        />
      </div>
      {practicing ? <PracticeDialog onClose={() => setPracticing(false)} /> : null}
    </div>
  );
}

function Choice(props: { icon: ReactNode; title: string; text: string; onChoose: () => void }) {
  const styles = useStyles();
  return (
    <Card
      className={styles.card}
      role="button"
      data-card
      focusMode="off"
      tabIndex={0}
      onClick={props.onChoose}
      onKeyDown={(event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          props.onChoose();
        }
      }}
    >
      <CardHeader
        image={
          <span className={styles.icon} aria-hidden>
            {props.icon}
          </span>
        }
        header={
          <Text weight="semibold" size={500}>
            {props.title}
          </Text>
        }
      />
      <Text>{props.text}</Text>
    </Card>
  );
}
