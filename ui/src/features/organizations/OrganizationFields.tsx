import { Dropdown, Input, makeStyles, Option, tokens } from "@fluentui/react-components";
import { Field, fieldMessage, type Message } from "@/components/Field";
import type { AccessType } from "@/ipc/generated/AccessType";
import type { Platform } from "@/ipc/generated/Platform";
import type { CommandError } from "@/ipc/problem";
import { accessTypes, platforms } from "@/lib/labels";

/** What is typed into the form of an organization. */
export type Draft = { name: string; externalId: string; accessType: AccessType; platform: Platform };

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM, maxWidth: "640px" },
});

type Props = {
  draft: Draft;
  onChange: (draft: Draft) => void;
  /** Not new any more: the External Id is read only, the access type belongs to `Email Configuration`. */
  saved: boolean;
  error: CommandError | null;
  /** Show what is missing, also in fields not left yet. */
  strict: boolean;
};

/** The fields of an organization (panel 5). */
export function OrganizationFields({ draft, onChange, saved, error, strict }: Props) {
  const styles = useStyles();
  return (
    <div className={styles.root}>
      <Field label="Name" required message={(strict ? nameMessage(draft.name) : null) ?? fieldMessage(error, "name")}>
        <Input autoFocus value={draft.name} onChange={(_, data) => onChange({ ...draft, name: data.value })} />
      </Field>
      <Field
        label="External Id"
        required={!saved}
        hint={saved ? undefined : "Can't be changed after saving."}
        message={saved ? null : (idMessage(draft.externalId, strict) ?? fieldMessage(error, "externalId"))}
      >
        <Input
          readOnly={saved}
          appearance={saved ? "filled-darker" : "outline"}
          value={draft.externalId}
          onChange={(_, data) => onChange({ ...draft, externalId: data.value })}
        />
      </Field>
      {saved ? null : (
        <Field label="Mailbox Access Type">
          <Dropdown
            value={accessTypes[draft.accessType]}
            selectedOptions={[draft.accessType]}
            onOptionSelect={(_, data) => onChange({ ...draft, accessType: data.optionValue as AccessType })}
          >
            {Object.entries(accessTypes).map(([key, label]) => (
              <Option key={key} value={key}>
                {label}
              </Option>
            ))}
          </Dropdown>
        </Field>
      )}
      <Field label="Platform">
        <Dropdown
          value={platforms[draft.platform]}
          selectedOptions={[draft.platform]}
          onOptionSelect={(_, data) => onChange({ ...draft, platform: data.optionValue as Platform })}
        >
          {Object.entries(platforms).map(([key, label]) => (
            <Option key={key} value={key}>
              {label}
            </Option>
          ))}
        </Dropdown>
      </Field>
    </div>
  );
}

/** What is wrong with a name, as far as one can tell without the engine. */
export function nameMessage(name: string): Message | null {
  const text = name.trim();
  if (text === "") {
    return { level: "error", text: "Enter a name." };
  }
  return [...text].length > 120 ? { level: "error", text: "Use at most 120 characters." } : null;
}

/** What is wrong with an External Id, as far as one can tell without the engine. */
export function idMessage(id: string, strict: boolean): Message | null {
  if (id === "" && !strict) {
    return null;
  }
  return /^[A-Za-z0-9._-]{1,64}$/.test(id)
    ? null
    : { level: "error", text: "Use letters, digits, dot, dash or underscore." };
}
