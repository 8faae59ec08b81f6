// A journey: a page of its own, watched from its first request to its last.

import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { chromium } from "playwright-core";
import { startHost } from "./host.js";

const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

let browser;

after(async () => (await browser)?.close());

/** A browser that has never seen anything; one a file of tests. Each page of it is a person of their own. */
export function openBrowser() {
  browser ??= chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: quiet,
  });
  return browser;
}

/**
 * A test with a page: it fails too when the page wrote an error to its console (a broken policy among them), threw, or
 * asked another host for anything.
 */
export function journey(name, options, walk) {
  const { home, todo, ...context } = options;
  test(name, { timeout: 180_000, todo }, async (t) => {
    const host = await startHost(t, { home: home?.(t) });
    const visit = await startVisit(host, context);
    t.after(() => visit.close());
    try {
      await walk({ t, host, page: visit.page, visit });
    } catch (error) {
      error.message += await keep(visit.page, name);
      throw error;
    }
    visit.assertQuiet();
  });
}

/** A page on a host, with what it did wrong. */
export async function startVisit(host, options = {}) {
  const context = await (await openBrowser()).newContext({
    viewport: { width: 1024, height: 720 },
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(Number(process.env.PATIENCE ?? 20_000));
  const wrong = [];
  const console_ = [];
  const bodies = [];
  page.on("console", (message) => {
    console_.push(message.text());
    if (message.type() === "error" && !isRefusal(message)) {
      wrong.push(`console: ${message.text()} (${message.location().url})`);
    }
  });
  page.on("pageerror", (error) => wrong.push(`thrown: ${error.stack ?? error}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(host.url) && !/^(data|blob):/.test(request.url())) {
      wrong.push(`another host was asked: ${request.url()}`);
    }
  });
  page.on("response", (response) => {
    if (response.url().includes("/call/")) {
      bodies.push(
        response.text().then(
          (body) => ({ url: response.url(), body }),
          () => ({ url: response.url(), body: "" }),
        ),
      );
    }
  });
  await page.goto(host.url);
  return {
    page,
    /** Everything on the console, errors or not. */
    console: console_,
    /** What the commands answered. */
    answers: () => Promise.all(bodies),
    assertQuiet: () => assert.deepEqual(wrong, [], "the page was not quiet"),
    close: () => context.close(),
  };
}

/** The browser writes a line for every refused command; the interface shows it, so that is no error of the page. */
function isRefusal(message) {
  return /Failed to load resource/.test(message.text()) && /\/call\/|\/favicon\.ico$/.test(message.location().url);
}

/** A picture and the names of what was on the page, for whoever reads the failure. */
async function keep(page, name) {
  try {
    const at = join(mkdtempSync(join(tmpdir(), "understudy-failed-")), name.replace(/\W+/g, "-").slice(0, 60));
    await page.screenshot({ path: `${at}.png` });
    writeFileSync(`${at}.yaml`, await page.locator("body").ariaSnapshot());
    return `\n  at ${page.url()}, see ${at}.png`;
  } catch (error) {
    return `\n  (no picture: ${error.message})`;
  }
}
