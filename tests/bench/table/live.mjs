// How smoothly the window follows a run: the causes grow and the mailboxes change while the pieces of
// it come in. `node live.mjs HOST [UI]` with the release build of test-host, whose practice mode is the server.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const journeys = fileURLToPath(new URL("../../ui/package.json", import.meta.url));
const { chromium } = createRequire(journeys)("playwright-core");
const [host, ui] = process.argv.slice(2);
const users = 50_000;
/** Milliseconds each view is watched. */
const watched = 8_000;
/** Milliseconds that 95 in 100 pictures may come apart: three frames; and the longest the window may be deaf. */
const bar = 50;
const deaf = 200;

const home = mkdtempSync(join(tmpdir(), "understudy-live-"));
const child = spawn(host, ["--data-dir", join(home, "data"), "--memory-vault", ...(ui ? ["--ui", ui] : [])], {
  env: { ...process.env, HOME: home },
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const line = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  process.exitCode = (await measure(JSON.parse(line.value).url)) ? 0 : 1;
} finally {
  child.kill("SIGTERM");
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}

async function measure(url) {
  const { practice } = await call(url, "practice_start", { scenario: "demo", users });
  const { organization } = practice;
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const start = { organization, password: { kind: "stored" }, scope: { kind: "all" }, sendAgain: true };
    let reached = true;
    for (const view of ["causes", "mailboxes"]) {
      const { run } = await call(url, "check_start", start);
      await page.goto(`${url}runs/${run}?view=${view}`);
      await page.getByRole("tab", { selected: true }).waitFor();
      await page.waitForTimeout(1_000);
      const before = await call(url, "run_progress", { run });
      const { apart, tasks } = await page.evaluate(frames, watched);
      const after = await call(url, "run_progress", { run });
      if (after.done - before.done < 1_000) throw new Error(`only ${after.done - before.done} results came in`);
      apart.sort((a, b) => a - b);
      const at = (share) => apart[Math.min(apart.length - 1, Math.floor(apart.length * share))];
      const longest = Math.max(0, ...tasks);
      const ok = at(0.95) < bar && longest < deaf;
      reached &&= ok;
      const cell = (value) => `${value.toFixed(1)} ms`.padStart(10);
      const name = `window, live ${view}: frames apart`.padEnd(52);
      console.log(`${name}${cell(at(0.5))}${cell(at(0.95))}${`< ${bar}`.padStart(10)}${ok ? "" : "  MISSED"}`);
      const results = after.done - before.done;
      await ended(url, run);
      console.log(`    ${results} results came in; ${tasks.length} tasks over 50 ms, longest ${longest.toFixed(0)} ms`);
    }
    return reached;
  } finally {
    await browser.close();
  }
}

/** In the page: how far apart its frames are, and its long tasks. */
function frames(during) {
  return new Promise((resolve) => {
    const tasks = [];
    const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
    observer.observe({ type: "longtask" });
    const apart = [];
    const start = performance.now();
    let last = start;
    const next = (now) => {
      apart.push(now - last);
      last = now;
      if (now - start < during) requestAnimationFrame(next);
      else {
        observer.disconnect();
        resolve({ apart: apart.slice(1), tasks });
      }
    };
    requestAnimationFrame(next);
  });
}

/** Cancels a run and waits for its end: two of one organization do not go together. */
async function ended(url, run) {
  if ((await call(url, "run_progress", { run })).state !== "running") return;
  await call(url, "check_cancel", { run });
  while ((await call(url, "run_progress", { run })).state === "running") {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function call(url, name, request) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${url}call/${name}`, { method: "POST", headers, body: JSON.stringify(request) });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`${name}: ${body.message}`);
  return body;
}
