// How long the window takes from a click or a key to the rows on the screen, with the real engine
// behind it: `node window.mjs HOST FILLER [UI]` with the release builds of test-host and long-lists.
//
// Mouse and keyboard are those of the browser; a time begins with the event and ends when the frame with the
// new rows is painted, waiting for that frame included. Nothing is debounced: each text is asked for at once.
// A window that was just opened does everything for the first time: its first act is a line of its own.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const journeys = fileURLToPath(new URL("../../ui/package.json", import.meta.url));
const { chromium } = createRequire(journeys)("playwright-core");
const [host, filler, ui] = process.argv.slice(2);
const users = 50_000;
/** Every page is asked for once a round: the window keeps what it has read, and a round forgets it. */
const rounds = 4;
/** Milliseconds that 95 in 100 have to stay under, from the click or key to the painted rows. */
const bar = 50;
/** Milliseconds between two acts: nobody clicks faster, and what the last one left behind is done. */
const breath = 100;

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
  child = spawn(host, ["--data-dir", data, "--memory-vault", ...(ui ? ["--ui", ui] : [])], {
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
    const metrics = await threadTime(page);
    console.log(`${"measure".padEnd(52)}${["median", "95th", "to reach"].map((head) => head.padStart(10)).join("")}`);
    let reached = true;
    for (const [name, table] of Object.entries(tables)) {
      const firsts = [];
      for (const [kind, run] of Object.entries({ sort: sorts, filter: filters, search: searches })) {
        const took = [];
        for (let round = 0; round < rounds; round += 1) {
          await open(page, `${url}${table.path}`);
          const [first, ...rest] = await run(page, table, metrics);
          firsts.push(first);
          took.push(...rest);
        }
        const ok = share(took, "painted", 0.95) < bar;
        reached &&= ok;
        console.log(row(`window, ${name} of ${users}: ${kind}`, took, ok));
        const [busy, script, drawn] = ["busy", "script", "drawn"].map((part) => share(took, part, 0.5).toFixed(1));
        console.log(`    of ${took.length}: rows there after ${drawn} ms, main thread ${busy} ms, ${script} ms of it script`);
      }
      console.log(row(`window, ${name} of ${users}: first act`, firsts));
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

/** Answers how to read the processor time of the page's main thread: waiting for others is not in it. */
async function threadTime(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    const seconds = (name) => metrics.find((metric) => metric.name === name).value;
    return { busy: seconds("TaskDuration") * 1000, script: seconds("ScriptDuration") * 1000 };
  };
}

/** In the page: answers how long after an event of a type other rows were there, and were painted. */
function watch() {
  // With the totals below: other rows may begin with the same ones.
  window.drawn = () => document.querySelector('[role="grid"]').parentElement.textContent;
  window.untilPainted = (type) => {
    const grid = document.querySelector('[role="grid"]');
    const before = window.drawn();
    let start;
    addEventListener(type, (event) => (start = event.timeStamp), { capture: true, once: true });
    window.painted = new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("the rows did not change")), 5_000);
      const changes = new MutationObserver(() => {
        const text = window.drawn();
        if (text === before || grid.getAttribute("aria-busy") === "true") return;
        changes.disconnect();
        clearTimeout(late);
        const drawn = performance.now() - start;
        // The frame that shows the change is painted when the first task after it runs.
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve({ drawn, painted: performance.now() - start, text });
          port2.postMessage(null);
        });
      });
      changes.observe(grid.parentElement, { attributes: true, characterData: true, childList: true, subtree: true });
    });
  };
}

/** One act: `act` causes an event of this type, once. */
async function timed(page, metrics, type, act) {
  await page.waitForTimeout(breath);
  await page.evaluate((name) => window.untilPainted(name), type);
  const before = await metrics();
  await act();
  const { text, ...took } = await page.evaluate(() => window.painted);
  const after = await metrics();
  await page.waitForTimeout(breath);
  if ((await page.evaluate(() => window.drawn())) !== text) throw new Error("other rows came after those painted");
  return { ...took, busy: after.busy - before.busy, script: after.script - before.script };
}

async function sorts(page, { headers }, metrics) {
  const took = [];
  // Up, then down.
  for (const header of headers.flatMap((name) => [name, name])) {
    const cell = page.locator('[role="columnheader"]', { hasText: new RegExp(`^${header}$`) });
    await press(page, cell, (act) => timed(page, metrics, "click", act).then((time) => took.push(time)));
  }
  return took;
}

async function filters(page, { choices }, metrics) {
  const took = [];
  for (const [label, option] of choices) {
    await page.getByRole("combobox", { name: label, exact: true }).click();
    const choice = page.getByRole("option", { name: option, exact: true });
    await choice.waitFor();
    await press(page, choice, (act) => timed(page, metrics, "click", act).then((time) => took.push(time)));
  }
  return took;
}

/** Brings the mouse somewhere first: what lights up under it is no part of the click. */
async function press(page, target, time) {
  await target.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await target.boundingBox();
  await page.mouse.move(x + Math.min(width / 2, 40), y + height / 2);
  await page.mouse.down();
  await time(() => page.mouse.up());
}

/** From the key to the rows: each text takes the place of the one before, as when it is pasted. */
async function searches(page, { texts }, metrics) {
  const took = [];
  const box = page.getByRole("searchbox");
  await box.focus();
  for (const text of texts) {
    await box.selectText();
    took.push(await timed(page, metrics, "input", () => page.keyboard.insertText(text)));
  }
  return took;
}

function share(took, part, of) {
  const sorted = took.map((time) => time[part]).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * of))];
}

/** `ok` missing: nothing is to be reached. */
function row(name, took, ok) {
  const cell = (value) => `${value.toFixed(1)} ms`.padStart(10);
  const times = cell(share(took, "painted", 0.5)) + cell(share(took, "painted", 0.95));
  return `${name.padEnd(52)}${times}${(ok === undefined ? "" : `< ${bar}`).padStart(10)}${ok === false ? "  MISSED" : ""}`;
}
