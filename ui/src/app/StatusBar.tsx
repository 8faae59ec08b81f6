import { Button, makeStyles, Switch, Tooltip, tokens } from "@fluentui/react-components";
import {
  BeakerRegular,
  KeyRegular,
  PlugConnectedRegular,
  PlugDisconnectedRegular,
  WarningRegular,
} from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { PracticeDialog } from "@/components/PracticeDialog";
import { useNotify } from "@/components/toast";
import { useAppState } from "@/lib/appState";
import { useWrite } from "@/lib/queries";

const useStyles = makeStyles({
  root: {
    display: "flex",
    alignItems: "center",
    flexShrink: 0,
    gap: tokens.spacingHorizontalL,
    minHeight: "36px",
    padding: `0 ${tokens.spacingHorizontalM}`,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground2,
  },
  item: { display: "inline-flex", alignItems: "center", gap: tokens.spacingHorizontalXS, whiteSpace: "nowrap" },
  grow: { flexGrow: 1 },
});

/** What holds for every screen: network, practice mode, key store. */
export function StatusBar() {
  const styles = useStyles();
  const state = useAppState();
  const save = useWrite("settings_save");
  const notify = useNotify();
  const navigate = useNavigate();
  const [practicing, setPracticing] = useState(false);
  if (state === undefined) {
    return <footer className={styles.root} data-pane />;
  }
  const { settings, keyStore, practice } = state;
  const offline = settings.workOffline;
  return (
    <footer className={styles.root} data-pane>
      <span className={styles.item}>
        {offline ? <PlugDisconnectedRegular aria-hidden /> : <PlugConnectedRegular aria-hidden />}
        {offline ? "Offline" : "Online"}
      </span>
      <Tooltip content="Forbids every network call" relationship="description">
        <Switch
          label="Work offline"
          checked={offline}
          disabled={save.isPending}
          onChange={(_, data) =>
            save.mutate(
              { ...settings, workOffline: data.checked },
              { onError: (error) => notify({ text: error.message, intent: "error" }) },
            )
          }
        />
      </Tooltip>
      <span className={styles.grow} />
      {practice === null ? (
        <Button size="small" appearance="subtle" icon={<BeakerRegular />} onClick={() => setPracticing(true)}>
          Practice
        </Button>
      ) : (
        <span className={styles.item}>
          <BeakerRegular aria-hidden /> Practice mode
        </span>
      )}
      <Tooltip
        content={keyStore.problem === null ? "Passwords are kept here" : keyStore.problem.message}
        relationship="description"
      >
        <Button
          size="small"
          appearance="subtle"
          icon={keyStore.available ? <KeyRegular /> : <WarningRegular />}
          onClick={() => void navigate({ to: "/settings" })}
        >
          {keyStore.available ? keyStore.name : `${keyStore.name} is not available`}
        </Button>
      </Tooltip>
      {practicing ? <PracticeDialog onClose={() => setPracticing(false)} /> : null}
    </footer>
  );
}
