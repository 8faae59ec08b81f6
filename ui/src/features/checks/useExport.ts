import { useState } from "react";
import type { ExportFormat } from "@/ipc/generated/ExportFormat";
import { useWrite } from "@/lib/queries";

/** Writes all results of a run to a file; its path goes to the clipboard. */
export function useExport(run: string) {
  const write = useWrite("run_export");
  const [copied, setCopied] = useState(false);
  return {
    busy: write.isPending,
    error: write.error,
    file: write.data ?? null,
    copied,
    close: write.reset,
    write: (format: ExportFormat) => {
      setCopied(false);
      write.mutate(
        { run, format },
        {
          onSuccess: ({ path }) => {
            navigator.clipboard.writeText(path).then(
              () => setCopied(true),
              // The path is shown with a button of its own.
              () => setCopied(false),
            );
          },
        },
      );
    },
  };
}
