import { Button } from "@fluentui/react-components";
import { ArrowUndoRegular, CheckmarkCircleRegular } from "@fluentui/react-icons";
import { EmptyState } from "@/components/EmptyState";
import { ProblemBar } from "@/components/ProblemBar";
import { useNotify } from "@/components/toast";
import type { ImportBatch } from "@/ipc/generated/ImportBatch";
import { count, counted } from "@/lib/format";
import { useWrite } from "@/lib/queries";

/** What was added, and how to take it back. */
export function DoneStep({ batch, onUndone }: { batch: ImportBatch; onUndone: () => void }) {
  const undo = useWrite("users_import_undo");
  const notify = useNotify();
  return (
    <>
      {undo.error === null ? null : <ProblemBar error={undo.error} title="The import was not undone." />}
      <EmptyState
        icon={<CheckmarkCircleRegular />}
        text={`${counted(batch.added, "user")} added.`}
        hint={
          batch.skipped === 0
            ? undefined
            : `${count(batch.skipped)} ${batch.skipped === 1 ? "row was" : "rows were"} left out.`
        }
      >
        <Button
          icon={<ArrowUndoRegular />}
          disabled={undo.isPending}
          onClick={() =>
            undo.mutate(
              { batch: batch.batch },
              {
                onSuccess: (undone) => {
                  notify({ text: `Import undone: ${counted(undone.removed, "user")} removed.` });
                  onUndone();
                },
              },
            )
          }
        >
          Undo import
        </Button>
      </EmptyState>
    </>
  );
}
