#!/usr/bin/env node
// A person in a real browser, headless: opens an authorization URL, types account and password, and consents.
//
//   node browser.js URL [--account NAME] [--password WORD] [--deny] [--stop-at login|consent] [--timeout SECONDS]
//   node browser.js PAGE --code USERCODE …          the page where the code of a device is typed
//
// Prints one line of JSON: the last page's `url`, `title`, `text`, and what was shown on the way (`pages`). It is a
// stranger to what it drives: it reads labels and presses buttons, and knows no path.

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts a browser that can be used for several sign-ins; each is a person with an empty profile. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: quiet,
  });
}

/**
 * Walks through a sign-in until no page asks for anything any more.
 * @param code the user code of a device, where the page asks for one
 * @param deny presses Cancel at the consent
 * @param stopAt leaves the person on that page: `login` or `consent`
 * @returns {Promise<{url: string, title: string, text: string, pages: string[]}>}
 */
export async function signIn(browser, url, options = {}) {
  const { account = "svc-ews@contoso.example", password = "correct horse", timeout = 30_000 } = options;
  // The provider's authority is a test's own; the browser's part is the pages, not the certificates.
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "en-US" });
  context.setDefaultTimeout(timeout);
  try {
    const page = await context.newPage();
    await opened(page, url);
    const pages = [];
    for (let step = 0; step < 8; step += 1) {
      pages.push(await page.title());
      const next = await asked(page, { ...options, account, password });
      if (next === undefined) break;
      await Promise.all([page.waitForEvent("framenavigated"), next()]);
      await page.waitForLoadState("load");
    }
    return { url: page.url(), title: await page.title(), text: await text(page), pages };
  } finally {
    await context.close();
  }
}

/** Nobody listening is an answer too: the page is then the browser's own. */
async function opened(page, url) {
  await page.goto(url, { waitUntil: "load" }).catch((error) => {
    if (!/ERR_(CONNECTION_REFUSED|EMPTY_RESPONSE|CONNECTION_RESET|ABORTED)/.test(error.message)) throw error;
  });
}

/** What the page asks for: the deed that answers it, or nothing when it asks for nothing. */
async function asked(page, { account, password, code, deny, stopAt }) {
  const button = (name) => page.getByRole("button", { name, exact: true });
  const secret = page.getByLabel("Password");
  if ((await secret.count()) > 0) {
    if (stopAt === "login" || (await page.getByRole("alert").count()) > 0) return undefined;
    await page.getByLabel("Account").fill(account);
    await secret.fill(password);
    return () => button("Sign in").click();
  }
  if ((await button("Accept").count()) > 0) {
    return stopAt === "consent" ? undefined : () => button(deny ? "Cancel" : "Accept").click();
  }
  if ((await page.getByPlaceholder("Enter code").count()) > 0 && (await button("Next").count()) > 0) {
    if (code === undefined || (await page.getByRole("alert").count()) > 0) return undefined;
    await page.getByPlaceholder("Enter code").fill(code);
    return () => button("Next").click();
  }
  return (await button("Continue").count()) > 0 ? () => button("Continue").click() : undefined;
}

async function text(page) {
  // biome-ignore lint/performance/useDomNodeTextContent: what a person sees, not what is in the document
  return (await page.locator("body").innerText()).trim();
}

async function command(words) {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      account: { type: "string" },
      password: { type: "string" },
      code: { type: "string" },
      deny: { type: "boolean" },
      "stop-at": { type: "string" },
      timeout: { type: "string" },
    },
  });
  const [url] = positionals;
  if (!url) throw new TypeError("usage: node browser.js URL [--account NAME] [--password WORD] [--code CODE] [--deny]");
  const { timeout, "stop-at": stopAt, ...options } = values;
  const browser = await launch();
  try {
    const result = await signIn(browser, url, {
      ...options,
      stopAt,
      ...(timeout && { timeout: Number(timeout) * 1000 }),
    });
    console.log(JSON.stringify(result));
  } finally {
    await browser.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await command(process.argv.slice(2));
