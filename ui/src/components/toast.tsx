import {
  Button,
  Toast,
  ToastBody,
  Toaster,
  ToastTitle,
  ToastTrigger,
  useToastController,
} from "@fluentui/react-components";
import { DismissRegular } from "@fluentui/react-icons";
import { useCallback } from "react";
import { useHotkeys } from "@/lib/keys";

const toasterId = "notices";

/** A notice in the lower left corner. */
export type Notice = {
  text: string;
  detail?: string;
  intent?: "success" | "info" | "warning" | "error";
  /** `Undo`, `Open`: closes the notice and does it. */
  action?: { label: string; run: () => void };
};

/** Notices in view that can be undone, the newest last. */
const undoable: { id: string; undo: () => void }[] = [];

/** Where notices appear; once, in the shell. Ctrl+Z takes back what the newest of them tells of. */
export function Notices() {
  const { dismissToast } = useToastController(toasterId);
  useHotkeys({
    "ctrl+z": () => {
      const newest = undoable.pop();
      if (newest !== undefined) {
        dismissToast(newest.id);
        newest.undo();
      }
    },
  });
  return (
    <Toaster
      toasterId={toasterId}
      position="bottom-start"
      offset={{ horizontal: 16, vertical: 48 }}
      pauseOnHover
      pauseOnWindowBlur
    />
  );
}

/** Shows a notice. With an action it stays ten seconds, else five; errors stay until they are closed. */
export function useNotify(): (notice: Notice) => void {
  const { dispatchToast } = useToastController(toasterId);
  return useCallback(
    (notice: Notice) => {
      const intent = notice.intent ?? "success";
      const toastId = crypto.randomUUID();
      if (notice.action?.label === "Undo") {
        undoable.push({ id: toastId, undo: notice.action.run });
      }
      dispatchToast(
        <Toast>
          <ToastTitle action={<Actions notice={notice} />}>{notice.text}</ToastTitle>
          {notice.detail === undefined ? null : <ToastBody>{notice.detail}</ToastBody>}
        </Toast>,
        {
          toastId,
          onStatusChange: (_, data) => data.status === "dismissed" && forget(toastId),
          intent,
          timeout: intent === "error" ? -1 : notice.action === undefined ? 5000 : 10_000,
        },
      );
    },
    [dispatchToast],
  );
}

function forget(id: string): void {
  const at = undoable.findIndex((entry) => entry.id === id);
  if (at !== -1) {
    undoable.splice(at, 1);
  }
}

function Actions({ notice }: { notice: Notice }) {
  return (
    <>
      {notice.action === undefined ? null : (
        <ToastTrigger>
          <Button size="small" appearance="transparent" onClick={notice.action.run}>
            {notice.action.label}
          </Button>
        </ToastTrigger>
      )}
      <ToastTrigger>
        <Button size="small" appearance="transparent" icon={<DismissRegular />} aria-label="Close notice" />
      </ToastTrigger>
    </>
  );
}
