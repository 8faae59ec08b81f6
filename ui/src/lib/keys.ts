import { useLayoutEffect, useRef } from "react";

/** Keys such as `ctrl+n`, `f5`, `delete`. `ctrl` is Cmd on macOS. */
export type Hotkeys = Record<string, (event: KeyboardEvent) => void>;

type Options = {
  enabled?: boolean;
  inDialogs?: boolean;
  /** Swallowed rather than answered: not among the keys of the screen. */
  unlisted?: boolean;
};

/** Listens to keys of the whole window while the component is shown. Keys without Ctrl or F-number and those that edit
 * text are left to text fields, and nothing is heard while a modal dialog is open unless `inDialogs` is set. */
export function useHotkeys(hotkeys: Hotkeys, options?: Options): void {
  const latest = useRef(hotkeys);
  latest.current = hotkeys;
  const enabled = options?.enabled ?? true;
  const inDialogs = options?.inDialogs ?? false;
  const unlisted = options?.unlisted ?? false;
  // Keys are heard as soon as what they act on is drawn.
  useLayoutEffect(() => {
    if (!enabled) {
      return;
    }
    const listen = (event: KeyboardEvent) => {
      const name = keyName(event);
      const action = latest.current[name];
      if (action === undefined || event.defaultPrevented || (isForText(name) && inTextField(event.target))) {
        return;
      }
      if (!inDialogs && document.querySelector('[role="dialog"][aria-modal="true"], [role="alertdialog"]') !== null) {
        return;
      }
      event.preventDefault();
      action(event);
    };
    return hear(listen, () => (unlisted ? [] : Object.keys(latest.current)));
  }, [enabled, inDialogs, unlisted]);
}

/** Lists keys a component hears by itself, such as those of a table. */
export function useListedKeys(names: () => readonly string[]): void {
  const latest = useRef(names);
  latest.current = names;
  useLayoutEffect(
    () =>
      hear(
        () => {},
        () => latest.current(),
      ),
    [],
  );
}

/** The keys something on the screen answers now, each once. */
export function liveKeys(): string[] {
  return [...new Set(listeners.flatMap((listener) => listener.names()))];
}

type Listener = { hear: (event: KeyboardEvent) => void; names: () => readonly string[] };

const listeners: Listener[] = [];

/** What was shown last hears first: a screen goes before the shell, which takes what is left. */
function hear(heard: Listener["hear"], names: Listener["names"]): () => void {
  const listener = { hear: heard, names };
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
    listener.hear(event);
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

/** Characters, and what edits them: undo, copy and the like. */
function isForText(name: string): boolean {
  return /^ctrl\+[acvxyz]$/.test(name) || (!name.includes("ctrl+") && !/^f\d+$/.test(name) && name !== "escape");
}
