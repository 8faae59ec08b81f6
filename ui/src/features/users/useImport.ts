import { useEffect, useRef, useState } from "react";
import { call } from "@/ipc/call";
import type { ImportBatch } from "@/ipc/generated/ImportBatch";
import type { ImportPreview } from "@/ipc/generated/ImportPreview";
import { asCommandError, type CommandError } from "@/ipc/problem";
import { base64 } from "@/lib/base64";
import { useRead, useRefresh } from "@/lib/queries";
import type { ListSource } from "./incomingList";
import type { StepName } from "./Stepper";

/** An import as it stands. */
export type Import = ReturnType<typeof useImport>;

/** Walks through the steps. The engine holds the preview; leaving forgets it. */
export function useImport(organization: number | undefined, incoming: ListSource | undefined) {
  const refresh = useRefresh();
  const organizations = useRead("organizations_list", { search: null }, { enabled: organization === undefined }).data;
  const [chosen, setTarget] = useState(organization);
  const target = chosen ?? organizations?.find((row) => row.isDefault)?.id;
  const [list, setList] = useState(incoming);
  const [step, setStep] = useState<StepName>("source");
  const [preview, setPreview] = useState<ImportPreview>();
  const [batch, setBatch] = useState<ImportBatch>();
  const [error, setError] = useState<CommandError | null>(null);
  const [failed, setFailed] = useState<string>();
  const [busy, setBusy] = useState(false);

  const attempt = async (title: string, work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (thrown) {
      setFailed(title);
      setError(asCommandError(thrown));
    } finally {
      setBusy(false);
    }
  };
  const forget = () => {
    if (preview !== undefined && batch === undefined) {
      // A preview that is gone already is what was wanted.
      call("users_import_cancel", { token: preview.token }).catch(() => {});
    }
    setPreview(undefined);
  };
  const read = () => {
    if (target === undefined || list === undefined) {
      return;
    }
    void attempt("The list could not be read. Nothing was added.", async () => {
      forget();
      const source = { organization: target, name: list.name, base64: base64(list.bytes) };
      setPreview(await call("users_import_preview", source));
      setStep("columns");
    });
  };
  const apply = () => {
    if (preview === undefined) {
      return;
    }
    void attempt("Nothing was added.", async () => {
      setBatch(await call("users_import_apply", { token: preview.token }));
      setStep("done");
      await refresh("users_import_apply");
    });
  };
  // A list that was pasted or dropped is read as soon as it is known where it goes.
  const started = useRef(false);
  useEffect(() => {
    if (incoming !== undefined && organization !== undefined && !started.current) {
      started.current = true;
      read();
    }
  });
  return {
    step,
    /** Organizations to choose from; undefined where there is no choice. */
    organizations: organization === undefined ? (organizations ?? []) : undefined,
    target,
    setTarget,
    list,
    setList,
    preview,
    batch,
    error,
    /** What did not work, as a title. */
    failed,
    busy,
    read,
    apply,
    toPreview: () => setStep("preview"),
    back: () => setStep(step === "preview" ? "columns" : "source"),
    cancel: forget,
  };
}
