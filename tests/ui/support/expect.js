// Waiting for what a person would see. Playwright's own runner is not here, only its browser.

import assert from "node:assert/strict";

/** Waits until it is there to be seen; what is said twice, to the ear too, is looked for once. */
export async function expectVisible(locator, options) {
  await locator.first().waitFor({ state: "visible", ...options });
}

/** Waits until it is gone. */
export async function expectGone(locator, options) {
  await locator.waitFor({ state: "hidden", ...options });
}

/** Asks again and again until the answer is the wanted one; the last one is in the message. */
export async function expectPoll(ask, wanted, { timeout = 20_000, because } = {}) {
  const end = Date.now() + timeout;
  let last;
  do {
    last = await ask();
    if (typeof wanted === "function" ? wanted(last) : Object.is(last, wanted)) return last;
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (Date.now() < end);
  return assert.fail(`${because ?? "not what was wanted"}: ${JSON.stringify(last)}`);
}
