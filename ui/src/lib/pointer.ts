// Whether a button of the mouse is down. What moves the page then would take the click away from what was pressed.

let pressed = false;
const waiting = new Set<() => void>();

function release() {
  pressed = false;
  // The click follows the release: it comes first.
  setTimeout(() => {
    for (const go of waiting) go();
    waiting.clear();
  });
}

if (typeof window !== "undefined") {
  window.addEventListener(
    "pointerdown",
    () => {
      pressed = true;
    },
    { capture: true },
  );
  for (const end of ["pointerup", "pointercancel", "blur"]) window.addEventListener(end, release, { capture: true });
}

/** As soon as nothing is pressed: at once, or after the click that is under way. */
export function whenReleased(): Promise<void> {
  return pressed ? new Promise((resolve) => waiting.add(resolve)) : Promise.resolve();
}
