// What a check does to the server is seen while it does it; it can be paused, and goes on after everything.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "../support/accessible.js";
import { startExchange } from "../support/exchange.js";
import { expectGone, expectPoll, expectVisible } from "../support/expect.js";
import { startFront } from "../support/front.js";
import { folder, startHost } from "../support/host.js";
import { journey, startVisit } from "../support/journey.js";
import { prepare } from "../support/prepared.js";
import { dialogOf, number } from "../support/steps.js";

/** An organization whose checks pass a witness on their way, and take a while. */
async function prepareSlow(t, host, { users, hold, settings = {} }) {
  const exchange = await startExchange(t, { users });
  const front = await startFront(t, exchange);
  front.hold(hold);
  const form = { tlsTrust: { kind: "pin", sha256: front.sha256.replaceAll(":", "").toLowerCase() } };
  const opened = exchange.users.filter((user) => !user.mustRefuse);
  const organization = await prepare(host, { ...exchange, ewsUrl: front.ewsUrl }, { users: opened, form });
  const { settings: before } = await host.call("organization_show", { organization });
  await host.call("organization_settings_save", { organization, settings: { ...before, ...settings } });
  return { exchange, front, organization, total: opened.length };
}

/** Starts a check and opens its run. */
async function openCheck(host, page, organization, view) {
  const { run } = await host.call("check_start", {
    organization,
    password: { kind: "stored" },
    scope: { kind: "all" },
    sendAgain: false,
  });
  await page.goto(`${host.url}runs/${run}?view=${view}`);
  await expectVisible(page.getByRole("tab", { name: "Server load" }));
  return run;
}

/** The number behind a word in what a picture says of itself. */
async function said(page, title, word) {
  const words = (await page.getByRole("img", { name: title }).getAttribute("aria-label")) ?? "";
  return Number(words.match(new RegExp(`${word} ([\\d,.]+)`))?.[1]?.replaceAll(",", ""));
}

/** The mailboxes that were asked for, each by how often: those that came through, and those that were turned away. */
function asked(front) {
  const by = new Map();
  for (const { mailbox, status } of front.seen) {
    if (mailbox === "") continue;
    const { answered = 0, refused = 0 } = by.get(mailbox) ?? {};
    by.set(mailbox, status === 503 ? { answered, refused: refused + 1 } : { answered: answered + 1, refused });
  }
  return by;
}

journey("a server that turns away what is too much is asked by fewer", {}, async ({ t, host, page }) => {
  const { front, organization, total } = await prepareSlow(t, host, { users: 300, hold: 120 });
  const run = await openCheck(host, page, organization, "load");
  await expectVisible(page.getByRole("img", { name: "Connections" }));
  await expectPoll(
    () => said(page, "Connections", "last"),
    (lanes) => lanes >= 4,
    { because: "it starts with four" },
  );
  front.allow(2);
  await expectPoll(
    () => said(page, "Back-offs", "most"),
    (most) => most > 0,
    { because: "back-offs are drawn" },
  );
  await expectPoll(
    () => said(page, "Connections", "last"),
    (lanes) => lanes <= 2,
    { because: "it lets connections go" },
  );
  await expectVisible(page.getByText(/^Your server seems to allow about \d+ connections?\.$/));
  await assertAccessible(page, "the server load of a running check");
  await page.getByRole("button", { name: "Show as a table: Server load" }).click();
  await expectVisible(page.getByRole("columnheader", { name: "Back-offs" }));
  front.allow(Number.POSITIVE_INFINITY);
  front.hold(5);
  await expectVisible(page.getByText(/^Passed/), { timeout: 60_000 });
  const { row } = await host.call("run_show", { run });
  assert.deepEqual([row.summary.granted, row.summary.findings], [total, 0], "nobody failed for it");
  const polled = [];
  page.on("request", (request) => request.url().endsWith("/call/server_load") && polled.push(request.url()));
  await page.waitForTimeout(1500);
  assert.equal(polled.length, 0, "what has ended is not asked again and again");
});

journey("a pause asks nothing more, and P goes on", {}, async ({ t, host, page }) => {
  const { front, organization, total } = await prepareSlow(t, host, { users: 200, hold: 80 });
  await openCheck(host, page, organization, "causes");
  await expectVisible(page.getByText(new RegExp(`^[1-9][\\d,]* of ${number(total)} - `)));
  await page.keyboard.press("p");
  await expectVisible(page.getByText(new RegExp(`^[\\d,]+ of ${number(total)} - Paused$`)));
  await expectVisible(page.getByRole("button", { name: "Resume", exact: true }));
  // What was under way comes to its end, what a connection had taken by then among it; then nothing more.
  const before = await quiet(page, () => front.seen.length);
  assert.ok(before < total, `${before} requests: it has not ended, it is paused`);
  await assertAccessible(page, "a paused check");
  await page.keyboard.press("p");
  await expectVisible(page.getByRole("button", { name: "Pause", exact: true }));
  front.hold(5);
  await expectVisible(page.getByText(/^Passed/), { timeout: 60_000 });
  assert.ok(front.seen.length > before);
});

/** Waits until a count has stayed the same for two seconds, and answers it. */
async function quiet(page, count) {
  let before;
  await expectPoll(
    async () => {
      before = count();
      await page.waitForTimeout(2000);
      return count() - before;
    },
    0,
    { because: "how many more came in two seconds" },
  );
  return before;
}

test("a check that was cut off goes on where it was", { timeout: 180_000 }, async (t) => {
  const home = folder(t, "home");
  let host = await startHost(t, { home });
  const { exchange, front, organization, total } = await prepareSlow(t, host, { users: 200, hold: 300 });
  const first = await startVisit(host);
  await openCheck(host, first.page, organization, "mailboxes");
  const line = first.page.getByText(new RegExp(`^[\\d,]+ of ${number(total)} - `)).first();
  await expectPoll(
    async () => Number((await line.textContent())?.split(" ")[0]),
    (done) => done >= 30,
    { because: "results arrive" },
  );
  await host.kill();
  await first.close();
  await expectPoll(() => front.seen.every(({ status }) => status !== 0), true);
  const before = asked(front);
  front.hold(20);
  assert.ok(before.size >= 30 && before.size < total, `${before.size} were asked`);

  host = await startHost(t, { home });
  const { page, assertQuiet, close } = await startVisit(host);
  t.after(close);
  await page.goto(`${host.url}organizations/${organization}/checks`);
  const row = page.getByRole("grid", { name: "Runs" }).getByRole("row").nth(1);
  await expectVisible(row.getByText("Interrupted"));
  await row.getByRole("button", { name: "Resume run 1" }).click();
  // Its password was in memory, and went with it.
  const question = dialogOf(page, `Enter the password of ${exchange.account}`);
  await question.getByLabel("Password", { exact: true }).fill(exchange.password);
  await question.getByRole("button", { name: "Resume" }).click();
  await expectGone(question);
  await expectVisible(page.getByRole("heading", { name: "Run 1", level: 1 }));
  await expectVisible(page.getByText(/^Passed/), { timeout: 60_000 });
  await expectVisible(page.getByText(`${number(total)} mailboxes checked.`));
  await page.getByRole("tab", { name: /^Mailboxes/ }).click();
  await expectVisible(page.getByRole("status").filter({ hasText: `${number(total)} rows` }));
  const twice = [...asked(front)].filter(([mailbox, { answered }]) => answered > 1 && before.has(mailbox));
  // The first of the second part proves the way anew. Of each of the ten connections one request was under way
  // when it was cut off, and one answer may have waited for its commit.
  assert.ok(twice.length <= 21, `asked again: ${twice.map(([mailbox]) => mailbox).join(", ")}`);
  assertQuiet();
});
