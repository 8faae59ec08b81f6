import { expect, test } from "vitest";
import { whenReleased } from "./pointer";

test("waits for the end of a click, and not without one", async () => {
  await whenReleased();
  let released = false;
  window.dispatchEvent(new Event("pointerdown"));
  const waiting = whenReleased().then(() => {
    released = true;
  });
  await new Promise((done) => setTimeout(done, 20));
  expect(released).toBe(false);
  window.dispatchEvent(new Event("pointerup"));
  await waiting;
  expect(released).toBe(true);
});
