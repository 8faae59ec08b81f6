import { Button, Checkbox, Input, makeStyles, Text, tokens } from "@fluentui/react-components";
import { SaveRegular } from "@fluentui/react-icons";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Field, fieldMessage } from "@/components/Field";
import { ProblemBar } from "@/components/ProblemBar";
import { useNotify } from "@/components/toast";
import { UnsavedGuard } from "@/components/UnsavedGuard";
import type { ExchangeNames } from "@/ipc/generated/ExchangeNames";
import { useHotkeys } from "@/lib/keys";
import { useWrite } from "@/lib/queries";

type NamesFormProps = {
  organization: number;
  names: ExchangeNames;
  onDirty: (dirty: boolean) => void;
};

const fields = [
  ["group", "Group"],
  ["scope", "Management scope"],
  ["assignment", "Role assignment"],
  ["server", "Server"],
  ["roomList", "Room list"],
] as const;

/** Names of this organization's Exchange: saving them fills the commands in anew. */
export function NamesForm({ organization, names: saved, onDirty }: NamesFormProps) {
  const styles = useStyles();
  const notify = useNotify();
  const save = useWrite("exchange_names_save");
  const [names, setNames] = useState(saved);
  const dirty = JSON.stringify(names) !== JSON.stringify(saved);
  useEffect(() => onDirty(dirty), [dirty, onDirty]);
  const submit = async (): Promise<boolean> => {
    try {
      setNames(await save.mutateAsync({ organization, names }));
      notify({ text: "Names saved. The commands have them now." });
      return true;
    } catch {
      // What went wrong stands in the form, from `save.error`.
      return false;
    }
  };
  useHotkeys({ "ctrl+s": () => dirty && void submit() });
  const { error } = save;
  return (
    <section className={styles.root} aria-label="Names in the commands">
      <Text size={200} className={styles.hint}>
        {"Empty: the guide's own name. Account, host and user come from "}
        <Link className={styles.link} to="/organizations/$id/configuration" params={{ id: organization }}>
          Email Configuration
        </Link>
        .
      </Text>
      {error !== null && error.field === undefined && (
        <ProblemBar title="The names were not saved." error={error} onRetry={() => void submit()} />
      )}
      <div className={styles.grid}>
        {fields.map(([key, label]) => (
          <Field key={key} label={label} message={fieldMessage(error, key)}>
            <Input
              value={names[key]}
              spellCheck={false}
              autoComplete="off"
              onChange={(_, { value }) => setNames({ ...names, [key]: value })}
            />
          </Field>
        ))}
        <Checkbox
          className={styles.box}
          label="The group is a security group"
          checked={names.securityGroup}
          onChange={(_, { checked }) => setNames({ ...names, securityGroup: checked === true })}
        />
      </div>
      <div className={styles.bar}>
        <Button
          appearance="primary"
          icon={<SaveRegular />}
          disabled={!dirty || save.isPending}
          onClick={() => void submit()}
        >
          Save names
        </Button>
        <Button disabled={!dirty} onClick={() => setNames(saved)}>
          Discard
        </Button>
      </div>
      <UnsavedGuard dirty={dirty} what="the names" onSave={submit} onDiscard={() => setNames(saved)} />
    </section>
  );
}

const useStyles = makeStyles({
  root: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    padding: tokens.spacingHorizontalL,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground2,
  },
  hint: { color: tokens.colorNeutralForeground2 },
  link: { color: tokens.colorBrandForegroundLink },
  grid: {
    display: "grid",
    gridTemplateColumns: "repeat(auto-fill, minmax(220px, 1fr))",
    gap: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalM}`,
    alignItems: "end",
  },
  box: { minHeight: "32px" },
  bar: { display: "flex", gap: tokens.spacingHorizontalS },
});
