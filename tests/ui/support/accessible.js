// WCAG 2.2 AA as far as a machine can tell.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expectGone } from "./expect.js";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Fluent's guards of the focus send it on at once: nobody stops there. */
const shown = { exclude: ["[data-tabster-dummy]"] };
/** Pictures of all that is scanned are put into this folder, for whoever wants to look. */
const pictures = process.env.PICTURES;
/** A question over the page: until it is answered, the page behind it is out of reach, and dimmed. */
const modal = '[aria-modal="true"]';

const everything = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] };
/** Names and roles are the same in every look. */
const colors = { type: "rule", values: ["color-contrast", "link-in-text-block"] };

/** Ways to see the interface, and what to scan in each. */
const looks = [
  ["light", { colorScheme: "light", forcedColors: "none" }, everything],
  ["dark", { colorScheme: "dark", forcedColors: "none" }, colors],
  ["high contrast", { colorScheme: "dark", forcedColors: "active" }, colors],
];

/** The theme is React's work: on a busy machine it comes frames after the medium changed. */
const themed = (theme) => document.documentElement.dataset.theme === theme;

/**
 * Fluent fades colors from one theme to the other, and what inherits a faded color may fade again; what is scanned is
 * where all of it ends: three frames in a row without anything in motion.
 */
async function settled() {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  for (let quiet = 0; quiet < 3; ) {
    await frame();
    const moving = document.getAnimations().filter(({ playState }) => playState === "running");
    quiet = moving.length === 0 ? quiet + 1 : 0;
    await Promise.all(moving.map((animation) => animation.finished.catch(() => {})));
  }
}

/** Scans what is on the screen in every look; all that is wrong is in the message. */
export async function assertAccessible(page, screen) {
  const wrong = [];
  await expectGone(page.locator('[aria-busy="true"]').first());
  const scanned = (await page.locator(modal).count()) > 0 ? { ...shown, include: [modal] } : shown;
  for (const [look, media, runOnly] of looks) {
    await page.emulateMedia({ ...media, reducedMotion: "reduce" });
    await page.waitForFunction(themed, look.replace(" ", "_"));
    await page.evaluate(settled);
    if (pictures) await page.screenshot({ path: join(pictures, `${screen} - ${look}.png`.replaceAll("/", "-")) });
    await page.evaluate(source);
    const { violations } = await page.evaluate(
      ([shown, runOnly]) => window.axe.run(shown, { runOnly }),
      [scanned, runOnly],
    );
    for (const { id, help, nodes } of violations) {
      for (const node of nodes) {
        wrong.push(
          `${screen}, ${look}: ${id} (${help}) at ${node.html.slice(0, 200)}\n    ${node.failureSummary.replaceAll("\n", " ")}`,
        );
      }
    }
  }
  assert.equal(wrong.length, 0, `${wrong.length} violations\n${wrong.slice(0, 30).join("\n")}`);
}
