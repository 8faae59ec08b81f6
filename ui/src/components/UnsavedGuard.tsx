import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from "@fluentui/react-components";
import { useBlocker } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";

type UnsavedGuardProps = {
  dirty: boolean;
  /** What the changes are of: `Email Configuration`. */
  what: string;
  /** What else is lost by discarding them. */
  children?: ReactNode;
  /** Whether it was saved. */
  onSave: () => Promise<boolean>;
  onDiscard: () => void;
};

/** Asks before unsaved changes are left behind: Save, Discard, Stay. */
export function UnsavedGuard({ dirty, what, children, onSave, onDiscard }: UnsavedGuardProps) {
  const [saving, setSaving] = useState(false);
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  });
  const save = async () => {
    setSaving(true);
    const saved = await onSave();
    setSaving(false);
    if (saved) blocker.proceed?.();
    else blocker.reset?.();
  };
  return (
    <Dialog
      modalType="alert"
      open={blocker.status === "blocked"}
      onOpenChange={(_, data) => data.open || blocker.reset?.()}
    >
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{`Save the changes of ${what}?`}</DialogTitle>
          <DialogContent>{children}</DialogContent>
          <DialogActions>
            <Button appearance="primary" disabled={saving} onClick={() => void save()}>
              Save
            </Button>
            <Button
              onClick={() => {
                onDiscard();
                blocker.proceed?.();
              }}
            >
              Discard
            </Button>
            <Button onClick={() => blocker.reset?.()}>Stay</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
