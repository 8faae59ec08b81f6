import { useState } from "react";
import { call } from "@/ipc/call";
import type { ImportBatch } from "@/ipc/generated/ImportBatch";
import type { ImportPreview } from "@/ipc/generated/ImportPreview";
import { asCommandError, type CommandError } from "@/ipc/problem";
import { useRefresh } from "@/lib/queries";

/** A preview that the engine holds until it is added or forgotten, wherever its addresses come from. */
export function usePreview(onAdded: () => void) {
  const refresh = useRefresh();
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
  const apply = () => {
    if (preview === undefined) {
      return;
    }
    void attempt("Nothing was added.", async () => {
      setBatch(await call("users_import_apply", { token: preview.token }));
      onAdded();
      await refresh("users_import_apply");
    });
  };
  return {
    preview,
    setPreview,
    batch,
    error,
    /** What did not work, as a title. */
    failed,
    busy,
    attempt,
    forget,
    apply,
  };
}
