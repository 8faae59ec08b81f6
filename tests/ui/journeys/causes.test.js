// Hundreds of red rows are a few causes, each with what to type and whom to hand it to.

import assert from "node:assert/strict";
import { assertAccessible } from "../support/accessible.js";
import { startExchange } from "../support/exchange.js";
import { expectGone, expectPoll, expectVisible } from "../support/expect.js";
import { journey } from "../support/journey.js";
import { checked, prepare } from "../support/prepared.js";
import { dialogOf } from "../support/steps.js";

const clipboard = { permissions: ["clipboard-read", "clipboard-write"] };

journey("causes are read, copied, handed off and checked again", clipboard, async ({ t, host, page }) => {
  const exchange = await startExchange(t, { scenario: "outside-the-scope", users: 60 });
  const organization = await prepare(host, exchange, { users: exchange.users });
  const run = await checked(host, organization);
  await page.goto(`${host.url}runs/${run}`);

  const card = page.getByRole("article", { name: "Outside the management scope" });
  const count = Number(/^(\d+) mailboxes$/.exec(await card.getByText(/^\d+ mailboxes$/).textContent())?.[1]);
  assert.ok(count > 5, `${count} mailboxes`);
  await expectVisible(card.getByText("Whose job: Identity: account and rights"));
  const reasons = card.getByRole("list", { name: "Likely reasons, the likeliest first" });
  await expectVisible(reasons.getByRole("listitem").first());
  for (const purpose of ["Look", "Change", "Undo", "Verify"]) {
    await expectVisible(card.getByRole("region", { name: purpose }).first());
  }
  await card.getByRole("button", { name: /^Tell me more/ }).click();
  await expectVisible(card.getByText(/ErrorImpersonateUserDenied/));
  await assertAccessible(page, "a cause with its evidence");

  await card.getByRole("button", { name: "Copy as PowerShell" }).click();
  await expectVisible(card.getByText("Copied"));
  const script = await pasted(page);
  const refused = await host.call("results_page", { run, cause: "impersonation.out_of_scope", offset: 0, limit: 100 });
  const named = refused.rows.filter((row) => row.finding && script.includes(row.mailbox));
  assert.equal(named.length, count, "the script names every mailbox of the cause");

  await card.getByRole("region", { name: "Look" }).first().locator("pre").focus();
  await page.keyboard.press("Control+Shift+C");
  const look = await card.getByRole("region", { name: "Look" }).first().locator("pre").textContent();
  await expectPoll(() => pasted(page), look, { because: "Ctrl+Shift+C copies the commands that have the keyboard" });

  await card.getByRole("button", { name: "Hand-off card" }).click();
  const handOff = dialogOf(page, "Hand-off card");
  for (const part of ["What was seen", "Why", "Commands", "How it will be verified"]) {
    await expectVisible(handOff.getByRole("region", { name: part }));
  }
  await assertAccessible(page, "the hand-off card");
  await handOff.getByRole("button", { name: "Copy as Markdown" }).click();
  await expectVisible(handOff.getByText("Copied"));
  assert.match(await pasted(page), /^# .+[\s\S]*```powershell/);
  await page.emulateMedia({ media: "print" });
  await expectVisible(handOff.getByText("What was seen"));
  await expectGone(page.getByRole("navigation", { name: "Places" }));
  await page.emulateMedia({ media: null });
  await page.keyboard.press("Escape");
  await expectGone(handOff);

  await card.getByRole("button", { name: "Show mailboxes" }).click();
  await expectVisible(page.getByRole("grid", { name: "Mailboxes" }));
  await expectVisible(page.getByRole("status").filter({ hasText: `${count} rows` }));
  await page.goBack();

  await card.getByRole("button", { name: "Re-check these" }).click();
  await expectVisible(page.getByRole("heading", { name: "Run 2" }));
  await expectVisible(page.getByText("One cause", { exact: true }));
  await expectVisible(page.getByRole("tab", { name: `Mailboxes (${count})` }));
  await expectVisible(page.getByRole("article"), { timeout: 60_000 });
});

async function pasted(page) {
  return page.evaluate(() => navigator.clipboard.readText());
}
