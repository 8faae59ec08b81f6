import { Button, Spinner } from "@fluentui/react-components";
import { SaveRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { PageTitle } from "@/components/PageTitle";
import { ProblemBar } from "@/components/ProblemBar";
import { useNotify } from "@/components/toast";
import { useHotkeys } from "@/lib/keys";
import { useRead, useWrite } from "@/lib/queries";
import { type Draft, idMessage, nameMessage, OrganizationFields } from "./OrganizationFields";
import { suggestedId } from "./suggestedId";

/** `New`: the form of an organization, `Save` upper right. */
export function NewOrganizationPage() {
  const navigate = useNavigate();
  const notify = useNotify();
  const add = useWrite("organization_add");
  const suggestion = useRead("organization_draft", {}).data;
  const form = useRef<HTMLFormElement>(null);
  const [strict, setStrict] = useState(false);
  const [idTyped, setIdTyped] = useState(false);
  const [draft, setDraft] = useState<Draft>({
    name: "",
    externalId: "",
    accessType: "ex_imp",
    platform: "on_premises",
  });
  useEffect(() => {
    if (suggestion !== undefined) {
      setDraft((now) => (now.externalId === "" ? { ...now, externalId: suggestion.externalId } : now));
    }
  }, [suggestion]);
  const save = (event?: FormEvent) => {
    event?.preventDefault();
    setStrict(true);
    if (nameMessage(draft.name) !== null || idMessage(draft.externalId, true) !== null) {
      focusFirstError(form.current);
      return;
    }
    add.mutate(
      { ...draft, name: draft.name.trim() },
      {
        onSuccess: (row) => {
          notify({ text: `"${row.name}" created.` });
          void navigate({ to: "/organizations/$id/users", params: { id: row.id }, replace: true });
        },
        onError: () => focusFirstError(form.current),
      },
    );
  };
  useHotkeys({ "ctrl+s": () => save(), escape: () => void navigate({ to: "/organizations" }) });
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
    <form ref={form} onSubmit={save} noValidate>
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
    </form>
  );
}

/** The first error takes the keyboard, once it has been drawn. */
function focusFirstError(form: HTMLFormElement | null): void {
  setTimeout(() => form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}
