// A random sample says what it means for the others; an opened canary is said above all else, wherever one looks.

import assert from "node:assert/strict";
import { assertAccessible } from "../support/accessible.js";
import { startExchange } from "../support/exchange.js";
import { expectGone, expectVisible } from "../support/expect.js";
import { journey } from "../support/journey.js";
import { checked, prepare } from "../support/prepared.js";
import { dialogOf, openTab } from "../support/steps.js";

journey("a sample says before and after what it can tell", {}, async ({ t, host, page }) => {
  const exchange = await startExchange(t, { users: 120 });
  const users = exchange.users.filter((user) => !user.mustRefuse);
  const organization = await prepare(host, exchange, { users });
  await page.goto(`${host.url}organizations/${organization}/configuration`);
  await page.getByRole("button", { name: "Which mailboxes to check" }).click();
  await page.getByRole("menuitem", { name: "Sample of…" }).click();
  const dialog = dialogOf(page, "Check a random sample");
  await expectVisible(dialog.getByText("That is every user: nothing is left to chance."));
  await dialog.getByRole("textbox", { name: "How many mailboxes" }).fill("none");
  await expectVisible(dialog.getByText("Enter a whole number from 1."));
  await dialog.getByRole("textbox", { name: "How many mailboxes" }).fill("30");
  const before = dialog.getByText(
    /^If all 30 open, at most \d+ of 120 users \([\d.]+ %\) fail, with 95 % confidence\.$/,
  );
  const promised = Number((await before.textContent()).match(/at most (\d+)/)[1]);
  await assertAccessible(page, "the question of a sample");
  await dialog.getByRole("button", { name: "Check" }).click();
  await expectGone(dialog);
  const strip = page.getByRole("region", { name: "Last check" });
  await strip.getByRole("button", { name: "Run 1" }).click();
  await expectVisible(page.getByText("Random sample"));
  const said = page.getByRole("group", { name: "What the sample says." });
  await expectVisible(said);
  assert.match(
    await said.textContent(),
    new RegExp(`95 % confidence at most ${promised} of`),
    "what was promised is what is said",
  );
  await assertAccessible(page, "the run of a sample");
});

journey("an opened canary stands above all else in every view", {}, async ({ t, host, page }) => {
  const exchange = await startExchange(t, { scenario: "unscoped-role", users: 12 });
  const organization = await prepare(host, exchange, { users: exchange.users });
  const run = await checked(host, organization);
  await page.goto(`${host.url}runs/${run}`);
  const banner = page.getByRole("group", { name: "A mailbox that must be refused was opened" });
  const above = async () => (await banner.boundingBox()).y;
  for (const tab of [/^Causes/, /^Mailboxes/, "Steps", "Server load"]) {
    await page.getByRole("tab", { name: tab }).click();
    await expectVisible(banner);
    const heading = await page.getByRole("heading", { name: "Run 1", level: 1 }).boundingBox();
    assert.ok((await above()) < heading.y, "above the title of the run");
  }
  await page.getByRole("tab", { name: /^Causes/ }).click();
  await expectVisible(
    page
      .getByRole("article")
      .first()
      .getByText(/opened/i),
  );
  await assertAccessible(page, "a run that opened a canary");
  await page.goto(`${host.url}organizations/${organization}/checks`);
  await expectVisible(page.getByRole("link", { name: /^Canary opened/ }));
  await expectVisible(page.getByRole("grid", { name: "Runs" }).getByText(/^Canary opened/));
  await openTab(page, "Email Configuration");
  await expectVisible(page.getByRole("region", { name: "Last check" }).getByText(/^Canary opened/));
});
