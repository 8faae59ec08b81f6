import {
  Card,
  Input,
  makeStyles,
  Radio,
  RadioGroup,
  Subtitle2,
  Switch,
  Text,
  tokens,
} from "@fluentui/react-components";
import { CheckmarkCircleFilled, WarningFilled } from "@fluentui/react-icons";
import type { ReactNode } from "react";
import { CopyButton } from "@/components/CopyButton";
import { PageTitle } from "@/components/PageTitle";
import { ProblemBar } from "@/components/ProblemBar";
import { Skeleton } from "@/components/Skeleton";
import { useNotify } from "@/components/toast";
import type { KeyStoreState } from "@/ipc/generated/KeyStoreState";
import type { Settings } from "@/ipc/generated/Settings";
import type { Theme } from "@/ipc/generated/Theme";
import { useRead, useWrite } from "@/lib/queries";
import { AppProxy } from "./AppProxy";

const useStyles = makeStyles({
  groups: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM, maxWidth: "760px" },
  line: { display: "flex", alignItems: "center", flexWrap: "wrap", gap: tokens.spacingHorizontalS },
  path: { flexGrow: 1, minWidth: "280px" },
  title: { margin: 0 },
  quiet: { color: tokens.colorNeutralForeground2 },
  good: { color: tokens.colorStatusSuccessForeground1, fontSize: tokens.fontSizeBase500 },
  bad: { color: tokens.colorStatusWarningForeground3, fontSize: tokens.fontSizeBase500 },
});

const themes: [Theme, string][] = [
  ["system", "Follow system"],
  ["light", "Light"],
  ["dark", "Dark"],
  ["high_contrast", "High contrast"],
];

/** Settings of the app (panel 15). They are saved at once, with Undo. */
export function SettingsPage() {
  const styles = useStyles();
  const { data: state, error, refetch } = useRead("app_state", {});
  const save = useSave();
  if (error !== null) {
    return <ProblemBar error={error} onRetry={() => void refetch()} />;
  }
  if (state === undefined) {
    return <Skeleton />;
  }
  const { settings } = state;
  return (
    <>
      <PageTitle title="Settings" />
      <div className={styles.groups}>
        <Group title="Appearance">
          <RadioGroup
            layout="horizontal"
            aria-label="Appearance"
            value={settings.theme}
            onChange={(_, data) => save(settings, { theme: data.value as Theme })}
          >
            {themes.map(([theme, label]) => (
              <Radio key={theme} value={theme} label={label} />
            ))}
          </RadioGroup>
        </Group>
        <Group title="Network">
          <AppProxy value={settings.proxy} onSave={(proxy) => save(settings, { proxy })} />
          <Switch
            label="Work offline: no network call at all"
            checked={settings.workOffline}
            onChange={(_, data) => save(settings, { workOffline: data.checked })}
          />
        </Group>
        <Group title="Data">
          <div className={styles.line}>
            <Input className={styles.path} readOnly value={state.dataDir} aria-label="Data folder" />
            <CopyButton text={state.dataDir} label="Copy path" />
          </div>
          <Text className={styles.quiet}>
            Organizations, users and results are kept here. Passwords never are: they stay in the key store.
          </Text>
        </Group>
        <Group title="Key store">
          <KeyStore store={state.keyStore} />
        </Group>
        <Group title="About">
          <div className={styles.line}>
            <Text>Understudy {state.version}</Text>
            <CopyButton text={`Understudy ${state.version} on ${state.platform}`} label="Copy version" />
          </div>
          <Text className={styles.quiet}>
            Sends nothing to anyone: the only server it talks to is the Exchange you name.
          </Text>
        </Group>
      </div>
    </>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  const styles = useStyles();
  return (
    <Card role="group" aria-label={title}>
      <Subtitle2 as="h2" className={styles.title}>
        {title}
      </Subtitle2>
      {children}
    </Card>
  );
}

function KeyStore({ store }: { store: KeyStoreState }) {
  const styles = useStyles();
  return (
    <>
      <div className={styles.line}>
        {store.available ? (
          <CheckmarkCircleFilled className={styles.good} aria-hidden />
        ) : (
          <WarningFilled className={styles.bad} aria-hidden />
        )}
        <Text>
          {store.name}: {store.available ? "available" : "not available"}
        </Text>
      </div>
      {store.problem === null ? null : (
        <Text className={styles.quiet}>
          {store.problem.message} {store.problem.hint}
        </Text>
      )}
    </>
  );
}

/** Saves at once and offers the way back. */
function useSave() {
  const { mutate } = useWrite("settings_save");
  const notify = useNotify();
  const failed = (error: { message: string; hint: string | undefined }) =>
    notify({ text: error.message, detail: error.hint, intent: "error" });
  return (before: Settings, change: Partial<Settings>) =>
    mutate(
      { ...before, ...change },
      {
        onSuccess: () =>
          notify({
            text: "Saved.",
            action: { label: "Undo", run: () => mutate(before, { onError: failed }) },
          }),
        onError: failed,
      },
    );
}
