// How long the window takes from a click or a key to the rows on the screen, with the real engine
// behind it: `node window.mjs HOST FILLER` with the release builds of test-host and long-lists.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const journeys = fileURLToPath(new URL("../../ui/package.json", import.meta.url));
const { chromium } = createRequire(journeys)("playwright-core");
const [host, filler] = process.argv.slice(2);
const users = 50_000;
/** Every page is asked for once a round: the window keeps what it has read, and a round forgets it. */
const rounds = 4;
/** Milliseconds that 95 in 100 have to stay under, from the click or key to the painted rows. */
const bar = 50;
/** Milliseconds between two acts: nobody clicks faster, and what the last one left behind is done. */
const breath = 80;

/** The tables: where they are, the columns that sort, and the filters, none of which was chosen before. */
const tables = {
  users: {
    path: "users",
    headers: ["Name", "E-Mail", "Sync access", "Last check", "Check Results", "Created On"],
    choices: [
      ["Sync access", "Active"],
      ["Sync access", "Not activated"],
      ["Last verdict", "Refused"],
      ["Sync access", "Any access"],
      ["Last verdict", "Success"],
      ["Flags", "Must be refused"],
    ],
    texts: ["9", "99", "zzz", "g", "gr", "ben", "berg", "77", "contoso"],
  },
  results: {
    path: "runs/long-list?view=mailboxes",
    headers: ["Name", "E-Mail", "Status", "Cause", "Time", "Checked at"],
    choices: [
      ["Status", "Success"],
      ["Status", "Refused"],
      ["Status", "No mailbox"],
    ],
    texts: ["9", "99", "zzz", "g", "gr", "ben", "berg", "77", "contoso"],
  },
};

const home = mkdtempSync(join(tmpdir(), "understudy-window-"));
const data = join(home, "data");
mkdirSync(join(home, "Downloads"));
let child;
try {
  execFileSync(filler, ["fill", data, String(users)], { stdio: "inherit" });
  child = spawn(host, ["--data-dir", data, "--memory-vault"], {
    env: { ...process.env, HOME: home },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  process.exitCode = (await measure(JSON.parse(line.value).url)) ? 0 : 1;
} finally {
  child?.kill("SIGTERM");
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}

async function measure(url) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.addInitScript(watch);
    let reached = true;
    for (const [name, table] of Object.entries(tables)) {
      for (const [kind, run] of Object.entries({ sort: sorts, filter: filters, search: searches })) {
        const took = [];
        for (let round = 0; round < rounds; round += 1) {
          await open(page, `${url}${table.path}`);
          took.push(...(await run(page, table)));
        }
        took.sort((a, b) => a - b);
        const at = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))];
        const ok = at(0.95) < bar;
        reached &&= ok;
        console.log(row(`window, ${name} of ${users}: ${kind}`, at(0.5), at(0.95), ok));
      }
    }
    return reached;
  } finally {
    await browser.close();
  }
}

/** Loads the window anew, which forgets every row, and leaves it time to come to rest. */
async function open(page, address) {
  await page.goto(address);
  await page.getByRole("grid").getByRole("row").nth(5).waitFor();
  await page.waitForTimeout(600);
}

/** In the page: answers how long an act took until other rows were painted. */
function watch() {
  // With the totals below: other rows may begin with the same ones.
  const drawn = () => document.querySelector('[role="grid"]').parentElement.textContent;
  window.untilPainted = (act) =>
    new Promise((resolve, reject) => {
      const grid = document.querySelector('[role="grid"]');
      const before = drawn();
      const late = setTimeout(() => reject(new Error("the rows did not change")), 5_000);
      const start = performance.now();
      const changes = new MutationObserver(() => {
        if (drawn() === before || grid.getAttribute("aria-busy") === "true") return;
        changes.disconnect();
        clearTimeout(late);
        // The frame that shows the change is painted when the first task after it runs.
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve(performance.now() - start);
          port2.postMessage(null);
        });
      });
      changes.observe(grid.parentElement, { attributes: true, characterData: true, childList: true, subtree: true });
      act();
    });
}

async function sorts(page, { headers }) {
  const took = [];
  // Up, then down.
  for (const header of headers.flatMap((name) => [name, name])) {
    took.push(
      await page.evaluate((name) => {
        const cells = [...document.querySelectorAll('[role="columnheader"]')];
        const found = cells.find((cell) => cell.textContent.trim().startsWith(name));
        return window.untilPainted(() => found.click());
      }, header),
    );
    await page.waitForTimeout(breath);
  }
  return took;
}

async function filters(page, { choices }) {
  const took = [];
  for (const [label, option] of choices) {
    await page.getByRole("combobox", { name: label, exact: true }).click();
    const choice = page.getByRole("option", { name: option, exact: true });
    await choice.waitFor();
    await page.waitForTimeout(breath);
    took.push(await choice.evaluate((element) => window.untilPainted(() => element.click())));
    await page.waitForTimeout(breath);
  }
  return took;
}

/** From the key to the rows. */
async function searches(page, { texts }) {
  const took = [];
  for (const text of texts) {
    took.push(
      await page.evaluate((value) => {
        const box = document.querySelector('input[type="search"]');
        const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
        return window.untilPainted(() => {
          set.call(box, value);
          box.dispatchEvent(new Event("input", { bubbles: true }));
        });
      }, text),
    );
    await page.waitForTimeout(breath);
  }
  return took;
}

function row(name, median, slow, ok) {
  const cell = (value) => `${value.toFixed(1)} ms`.padStart(10);
  return `${name.padEnd(52)}${cell(median)}${cell(slow)}${`< ${bar}`.padStart(10)}${ok ? "" : "  MISSED"}`;
}
