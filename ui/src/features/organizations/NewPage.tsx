import { Button, Spinner } from "@fluentui/react-components";
import { SaveRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { PageTitle } from "@/components/PageTitle";
import { ProblemBar } from "@/components/ProblemBar";
import { useNotify } from "@/components/toast";
import { UnsavedGuard } from "@/components/UnsavedGuard";
import type { OrganizationRow } from "@/ipc/generated/OrganizationRow";
import { useHotkeys } from "@/lib/keys";
import { useRead, useWrite } from "@/lib/queries";
import { type Draft, idMessage, nameMessage, OrganizationFields } from "./OrganizationFields";
import { suggestedId } from "./suggestedId";

const blank: Draft = { name: "", externalId: "", accessType: "ex_imp", platform: "on_premises" };

/** `New`: the form of an organization, `Save` upper right. */
export function NewOrganizationPage() {
  const navigate = useNavigate();
  const notify = useNotify();
  const add = useWrite("organization_add");
  const suggestion = useRead("organization_draft", {}).data;
  const form = useRef<HTMLFormElement>(null);
  const [strict, setStrict] = useState(false);
  const [idTyped, setIdTyped] = useState(false);
  const [draft, setDraft] = useState<Draft>(blank);
  useEffect(() => {
    if (suggestion !== undefined) {
      setDraft((now) => (now.externalId === "" ? { ...now, externalId: suggestion.externalId } : now));
    }
  }, [suggestion]);
  const create = async (): Promise<OrganizationRow | null> => {
    setStrict(true);
    if (nameMessage(draft.name) !== null || idMessage(draft.externalId, true) !== null) {
      focusFirstError(form.current);
      return null;
    }
    try {
      const row = await add.mutateAsync({ ...draft, name: draft.name.trim() });
      notify({ text: `"${row.name}" created.` });
      return row;
    } catch {
      // What went wrong stands in the form, from `add.error`.
      focusFirstError(form.current);
      return null;
    }
  };
  const save = async (event?: FormEvent) => {
    event?.preventDefault();
    const row = await create();
    if (row !== null) {
      const params = { id: row.id };
      void navigate({ to: "/organizations/$id/users", params, replace: true, ignoreBlocker: true });
    }
  };
  useHotkeys({ "ctrl+s": () => void save(), escape: () => void navigate({ to: "/organizations" }) });
  const change = (next: Draft) => {
    const typed = idTyped || next.externalId !== draft.externalId;
    setIdTyped(typed);
    // Until it is typed by hand, the External Id follows the name.
    const follows = !typed && next.name.trim() !== "";
    setDraft(follows ? { ...next, externalId: suggestedId(next.name) || draft.externalId } : next);
    add.reset();
  };
  const general = add.error?.field === "name" || add.error?.field === "externalId" ? null : add.error;
  return (
    <form ref={form} onSubmit={(event) => void save(event)} noValidate>
      <PageTitle title="New organization">
        <Button onClick={() => void navigate({ to: "/organizations" })}>Cancel</Button>
        <Button
          type="submit"
          appearance="primary"
          disabled={add.isPending}
          icon={add.isPending ? <Spinner size="tiny" /> : <SaveRegular />}
        >
          Save
        </Button>
      </PageTitle>
      {general === null ? null : <ProblemBar error={general} title="The organization was not created." />}
      <OrganizationFields draft={draft} onChange={change} saved={false} error={add.error} strict={strict} />
      <UnsavedGuard
        dirty={isTouched(draft, idTyped)}
        what="the new organization"
        onSave={async () => (await create()) !== null}
        onDiscard={() => {}}
      >
        If you discard them, it is not created.
      </UnsavedGuard>
    </form>
  );
}

/** Whether anything was typed or chosen; a suggested External Id is neither. */
function isTouched(draft: Draft, idTyped: boolean): boolean {
  return idTyped || draft.name !== "" || draft.accessType !== blank.accessType || draft.platform !== blank.platform;
}

/** The first error takes the keyboard, once it has been drawn. */
function focusFirstError(form: HTMLFormElement | null): void {
  setTimeout(() => form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}
