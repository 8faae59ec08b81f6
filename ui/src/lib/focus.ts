import { type RefObject, useEffect } from "react";

/**
 * Takes the keyboard to `place` where what had it is gone: a question that was answered, a button that became another.
 * Looks after each change of `changes`; whoever has the keyboard keeps it.
 */
export function useFocusKept(place: RefObject<HTMLElement | null>, ...changes: readonly unknown[]): void {
  useEffect(() => {
    if (document.activeElement === document.body) place.current?.focus();
  }, [place, ...changes]);
}
