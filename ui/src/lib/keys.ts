import { useEffect, useRef } from "react";

/** Keys such as `ctrl+n`, `f5`, `delete`. `ctrl` is Cmd on macOS. */
export type Hotkeys = Record<string, (event: KeyboardEvent) => void>;

/** Listens to keys of the whole window while the component is shown. Keys without Ctrl or F-number are left to text fields,
 * and nothing is heard while a modal dialog is open unless `inDialogs` is set. */
export function useHotkeys(hotkeys: Hotkeys, options?: { enabled?: boolean; inDialogs?: boolean }): void {
  const latest = useRef(hotkeys);
  latest.current = hotkeys;
  const enabled = options?.enabled ?? true;
  const inDialogs = options?.inDialogs ?? false;
  useEffect(() => {
    if (!enabled) {
      return;
    }
    const listen = (event: KeyboardEvent) => {
      const name = keyName(event);
      const action = latest.current[name];
      if (action === undefined || event.defaultPrevented || (isPlain(name) && inTextField(event.target))) {
        return;
      }
      if (!inDialogs && document.querySelector('[role="dialog"][aria-modal="true"], [role="alertdialog"]') !== null) {
        return;
      }
      event.preventDefault();
      action(event);
    };
    return hear(listen);
  }, [enabled, inDialogs]);
}

type Listener = (event: KeyboardEvent) => void;

const listeners: Listener[] = [];

/** What was shown last hears first: a screen goes before the shell, which takes what is left. */
function hear(listener: Listener): () => void {
  if (listeners.length === 0) {
    window.addEventListener("keydown", tellAll);
  }
  listeners.unshift(listener);
  return () => {
    listeners.splice(listeners.indexOf(listener), 1);
    if (listeners.length === 0) {
      window.removeEventListener("keydown", tellAll);
    }
  };
}

function tellAll(event: KeyboardEvent): void {
  for (const listener of [...listeners]) {
    listener(event);
  }
}

/** The name of a key press as `Hotkeys` spells it. */
export function keyName(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">): string {
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) {
    parts.push("ctrl");
  }
  if (event.altKey) {
    parts.push("alt");
  }
  if (event.shiftKey) {
    parts.push("shift");
  }
  return [...parts, event.key.toLowerCase()].join("+");
}

/** Whether keys typed here are text. */
export function inTextField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox]):not([type=radio])"))
  );
}

function isPlain(name: string): boolean {
  return !name.includes("ctrl+") && !/^f\d+$/.test(name) && name !== "escape";
}
