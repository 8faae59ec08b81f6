import { Checkbox, Dropdown, Input, Option } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import { Field, fieldMessage } from "@/components/Field";
import { FormDialog } from "@/components/FormDialog";
import { ProblemBar } from "@/components/ProblemBar";
import { useNotify } from "@/components/toast";
import type { UserRow } from "@/ipc/generated/UserRow";
import { useHotkeys } from "@/lib/keys";
import { useRead, useWrite } from "@/lib/queries";

/** `Add`: one user. Without an organization it asks which; the default one is chosen. */
export function AddUserDialog({ organization, onClose }: { organization: number | undefined; onClose: () => void }) {
  const add = useWrite("user_add");
  const notify = useNotify();
  const [target, setTarget] = useState(organization);
  const organizations = useRead("organizations_list", { search: null }, { enabled: organization === undefined }).data;
  const chosen = target ?? organizations?.find((row) => row.isDefault)?.id;
  const [typed, setTyped] = useState({ address: "", name: "", tags: "", mustRefuse: false });
  const save = () => {
    if (chosen !== undefined) {
      add.mutate(
        { organization: chosen, ...typed, address: typed.address.trim() },
        {
          onSuccess: (row) => {
            notify({ text: `${row.address} added.` });
            onClose();
          },
        },
      );
    }
  };
  return (
    <UserForm
      title="Add a user"
      verb="Add"
      typed={typed}
      onChange={setTyped}
      mutation={add}
      onSave={save}
      onClose={onClose}
    >
      {organizations === undefined ? null : (
        <Field label="Organization">
          <Dropdown
            value={organizations.find((row) => row.id === chosen)?.name ?? ""}
            selectedOptions={[String(chosen)]}
            onOptionSelect={(_, data) => setTarget(Number(data.optionValue))}
          >
            {organizations.map((row) => (
              <Option key={row.id} value={String(row.id)}>
                {row.name}
              </Option>
            ))}
          </Dropdown>
        </Field>
      )}
      <Checkbox
        label="Must be refused (a canary outside the scope)"
        checked={typed.mustRefuse}
        onChange={(_, data) => setTyped({ ...typed, mustRefuse: data.checked === true })}
      />
    </UserForm>
  );
}

/** `Edit`: under impersonation only name, SMTP address and tags. */
export function EditUserDialog({ row, onClose }: { row: UserRow; onClose: () => void }) {
  const edit = useWrite("user_edit");
  const notify = useNotify();
  const [typed, setTyped] = useState({ address: row.address, name: row.name, tags: row.tags });
  const save = () =>
    edit.mutate(
      { user: row.id, ...typed, address: typed.address.trim() },
      {
        onSuccess: (saved) => {
          notify({ text: `${saved.address} saved.` });
          onClose();
        },
      },
    );
  return (
    <UserForm
      title={`Edit ${row.address}`}
      verb="Save"
      typed={typed}
      onChange={setTyped}
      mutation={edit}
      onSave={save}
      onClose={onClose}
    />
  );
}

type Typed = { address: string; name: string; tags: string };

type FormProps<T extends Typed> = {
  title: string;
  verb: string;
  typed: T;
  onChange: (typed: T) => void;
  mutation: Pick<ReturnType<typeof useWrite<"user_add">>, "error" | "isPending" | "reset">;
  onSave: () => void;
  onClose: () => void;
  children?: ReactNode;
};

function UserForm<T extends Typed>({ typed, mutation, ...props }: FormProps<T>) {
  const { error } = mutation;
  const change = (part: Partial<Typed>) => {
    props.onChange({ ...typed, ...part });
    if (error !== null) {
      mutation.reset();
    }
  };
  useHotkeys({ "ctrl+s": () => props.onSave() }, { inDialogs: true });
  const shownAtField = error?.field === "address" || error?.field === "name" || error?.field === "tags";
  return (
    <FormDialog
      title={props.title}
      verb={props.verb}
      disabled={mutation.isPending || typed.address.trim() === ""}
      onSubmit={props.onSave}
      onClose={props.onClose}
    >
      {error === null || shownAtField ? null : <ProblemBar error={error} />}
      <Field label="E-Mail" required message={fieldMessage(error, "address")}>
        <Input
          autoFocus
          type="text"
          inputMode="email"
          value={typed.address}
          onChange={(_, data) => change({ address: data.value })}
        />
      </Field>
      <Field label="Name" message={fieldMessage(error, "name")}>
        <Input value={typed.name} onChange={(_, data) => change({ name: data.value })} />
      </Field>
      <Field label="Tags" hint="Separated by commas" message={fieldMessage(error, "tags")}>
        <Input value={typed.tags} onChange={(_, data) => change({ tags: data.value })} />
      </Field>
      {props.children}
    </FormDialog>
  );
}
