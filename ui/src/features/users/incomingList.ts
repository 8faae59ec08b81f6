import { type DragEvent, useEffect, useRef, useState } from "react";
import { inTextField } from "@/lib/keys";

/** A list that came in by paste, drop or file dialog. */
export type ListSource = { name: string; bytes: Uint8Array };

/** What a pasted text is called in messages. */
export const pastedName = "Pasted text";

/** Reads a file; the engine finds out its encoding. */
export async function readFile(file: File): Promise<ListSource> {
  return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}

/** A pasted text as a list. */
export function pasted(text: string): ListSource {
  return { name: pastedName, bytes: new TextEncoder().encode(text) };
}

/** Listens to Ctrl+V outside text fields, and to files dropped on the list. */
export function useIncomingList(enabled: boolean, take: (list: ListSource) => void) {
  const [dropping, setDropping] = useState(false);
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    if (!enabled) {
      return;
    }
    const paste = (event: ClipboardEvent) => {
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (text.trim() !== "" && !inTextField(event.target) && document.querySelector('[role="dialog"]') === null) {
        event.preventDefault();
        latest.current(pasted(text));
      }
    };
    window.addEventListener("paste", paste);
    return () => window.removeEventListener("paste", paste);
  }, [enabled]);
  const dropTarget = {
    onDragOver: (event: DragEvent) => {
      if (enabled && event.dataTransfer.types.includes("Files")) {
        event.preventDefault();
        setDropping(true);
      }
    },
    onDragLeave: (event: DragEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) {
        setDropping(false);
      }
    },
    onDrop: (event: DragEvent) => {
      setDropping(false);
      const file = event.dataTransfer.files[0];
      if (enabled && file !== undefined) {
        event.preventDefault();
        void readFile(file).then((list) => latest.current(list));
      }
    },
  };
  return { dropping, dropTarget };
}
