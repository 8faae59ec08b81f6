import { useCallback, useLayoutEffect, useRef } from "react";

/**
 * An action that stays the same object while what it does follows the newest render: what is drawn again only when its
 * props change is then not drawn for it. Not to be called while rendering.
 */
export function useStable<Args extends unknown[]>(action: (...args: Args) => void): (...args: Args) => void {
  const latest = useRef(action);
  useLayoutEffect(() => {
    latest.current = action;
  });
  return useCallback((...args: Args) => latest.current(...args), []);
}
