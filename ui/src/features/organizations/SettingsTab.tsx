import {
  Button,
  Checkbox,
  FieldContextProvider,
  Input,
  makeStyles,
  Radio,
  RadioGroup,
  SpinButton,
  Textarea,
  tokens,
} from "@fluentui/react-components";
import { DeleteRegular, EditRegular, SaveRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Field, fieldMessage } from "@/components/Field";
import { ProblemBar } from "@/components/ProblemBar";
import { Skeleton } from "@/components/Skeleton";
import { useNotify } from "@/components/toast";
import { UnsavedGuard } from "@/components/UnsavedGuard";
import type { LearnedLoad } from "@/ipc/generated/LearnedLoad";
import type { OrganizationPage } from "@/ipc/generated/OrganizationPage";
import type { OrganizationSettings } from "@/ipc/generated/OrganizationSettings";
import { day } from "@/lib/format";
import { useHotkeys } from "@/lib/keys";
import { useRead, useWrite } from "@/lib/queries";
import { CanariesSection } from "./CanariesSection";
import { DeleteDialog } from "./DeleteDialog";
import { EditDialog } from "./EditDialog";
import { HybridCard } from "./HybridCard";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalL, maxWidth: "640px" },
  folders: {
    display: "flex",
    flexWrap: "wrap",
    columnGap: tokens.spacingHorizontalL,
    margin: 0,
    padding: 0,
    border: "none",
  },
  bar: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalS },
});

const folders = [
  ["inbox", "Inbox"],
  ["calendar", "Calendar"],
  ["contacts", "Contacts"],
  ["tasks", "Tasks"],
] as const;

/** The `Settings` tab of an organization. */
export function OrganizationSettingsTab({ organization }: { organization: number }) {
  const { data: page, error, refetch } = useRead("organization_show", { organization });
  if (error !== null) {
    return <ProblemBar error={error} onRetry={() => void refetch()} />;
  }
  if (page === undefined) {
    return <Skeleton />;
  }
  return (
    <>
      <HybridCard organization={organization} />
      <CanariesSection organization={organization} />
      <SettingsForm page={page} />
    </>
  );
}

function SettingsForm({ page }: { page: OrganizationPage }) {
  const styles = useStyles();
  const navigate = useNavigate();
  const notify = useNotify();
  const save = useWrite("organization_settings_save");
  const [settings, setSettings] = useState(page.settings);
  const [open, setOpen] = useState<"edit" | "delete" | null>(null);
  const changed = JSON.stringify(settings) !== JSON.stringify(page.settings);
  const change = (part: Partial<OrganizationSettings>) => setSettings((now) => ({ ...now, ...part }));
  const submit = async (): Promise<boolean> => {
    try {
      setSettings(await save.mutateAsync({ organization: page.row.id, settings }));
      notify({ text: "Settings saved." });
      return true;
    } catch {
      // What went wrong stands in the form, from `save.error`.
      return false;
    }
  };
  useHotkeys({ "ctrl+s": () => changed && void submit() });
  const { error } = save;
  return (
    <div className={styles.root}>
      {error === null || error.field !== undefined ? null : <ProblemBar error={error} onRetry={() => void submit()} />}
      <Field label="Connections at once" hint={learned(page.learned)} message={fieldMessage(error, "concurrency")}>
        <RadioGroup
          value={settings.concurrency === 0 ? "auto" : "fixed"}
          onChange={(_, data) => change({ concurrency: data.value === "auto" ? 0 : 4 })}
        >
          <Radio value="auto" label="Automatic: starts with 4, adapts up to 10" />
          <Radio value="fixed" label="At most" />
        </RadioGroup>
      </Field>
      {settings.concurrency === 0 ? null : (
        <Field label="Connection limit (1 to 27)" message={fieldMessage(error, "concurrency")}>
          <SpinButton
            min={1}
            max={27}
            value={settings.concurrency}
            onChange={(_, data) => change({ concurrency: spun(data, settings.concurrency, 1, 27) })}
          />
        </Field>
      )}
      <Field label="Time-out of a request, in seconds (1 to 600)" message={fieldMessage(error, "timeoutSeconds")}>
        <SpinButton
          min={1}
          max={600}
          value={settings.timeoutSeconds}
          onChange={(_, data) => change({ timeoutSeconds: spun(data, settings.timeoutSeconds, 1, 600) })}
        />
      </Field>
      <Field label="Folders the check opens" message={fieldMessage(error, "folders")}>
        <fieldset aria-label="Folders the check opens" className={styles.folders}>
          {/* Each box has a name of its own, not that of the field. */}
          <FieldContextProvider value={undefined}>
            {folders.map(([key, label]) => (
              <Checkbox
                key={key}
                label={label}
                disabled={key === "inbox"}
                checked={settings.folders.includes(key)}
                onChange={(_, data) => change({ folders: withFolder(settings.folders, key, data.checked === true) })}
              />
            ))}
          </FieldContextProvider>
        </fieldset>
      </Field>
      <Field
        label="Host pattern of the Magic Wand"
        hint="{domain} stands for the mail domain. Empty: mail.{domain}"
        message={fieldMessage(error, "hostPattern")}
      >
        <Input
          placeholder="mail.{domain}"
          value={settings.hostPattern}
          onChange={(_, data) => change({ hostPattern: data.value })}
        />
      </Field>
      <Field label="Notes" message={fieldMessage(error, "notes")}>
        <Textarea
          resize="vertical"
          rows={3}
          value={settings.notes}
          onChange={(_, data) => change({ notes: data.value })}
        />
      </Field>
      <div className={styles.bar}>
        <Button
          appearance="primary"
          icon={<SaveRegular />}
          disabled={!changed || save.isPending}
          onClick={() => void submit()}
        >
          Save
        </Button>
        <Button disabled={!changed} onClick={() => setSettings(page.settings)}>
          Discard
        </Button>
        <Button icon={<EditRegular />} onClick={() => setOpen("edit")}>
          Edit name and platform
        </Button>
        <Button icon={<DeleteRegular />} disabled={page.row.isDefault} onClick={() => setOpen("delete")}>
          Delete organization
        </Button>
      </div>
      {page.row.isDefault ? <span>The default organization can't be deleted.</span> : null}
      {open === "edit" ? <EditDialog row={page.row} onClose={() => setOpen(null)} /> : null}
      {open === "delete" ? (
        <DeleteDialog
          row={page.row}
          onClose={() => setOpen(null)}
          onDeleted={() => void navigate({ to: "/organizations", ignoreBlocker: true })}
        />
      ) : null}
      <UnsavedGuard
        dirty={changed}
        what={`the settings of "${page.row.name}"`}
        onSave={submit}
        onDiscard={() => setSettings(page.settings)}
      />
    </div>
  );
}

/** With a folder or without it, in the order of the form. */
function withFolder(chosen: readonly string[], key: string, on: boolean): string[] {
  return folders.map(([name]) => name as string).filter((name) => (name === key ? on : chosen.includes(name)));
}

/** `Your server seems to allow about 20 connections (seen 22 Nov 2026).` */
function learned(load: LearnedLoad | null): string | undefined {
  return load === null ? undefined : `${load.sentence.replace(/\.$/, "")} (seen ${day(load.learnedAt.slice(0, 10))}).`;
}

/** What a spin button says, as a whole number within its limits. */
function spun(
  data: { value?: number | null; displayValue?: string },
  before: number,
  min: number,
  max: number,
): number {
  const value = data.value ?? Number(data.displayValue);
  return Number.isInteger(value) ? Math.min(max, Math.max(min, value)) : before;
}
