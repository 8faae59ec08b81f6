// Service Account Access: one mailbox, step by step, as Microsoft's test does it, without a third party.

import assert from "node:assert/strict";
import { assertAccessible } from "../support/accessible.js";
import { startExchange } from "../support/exchange.js";
import { expectGone, expectPoll, expectVisible } from "../support/expect.js";
import { journey } from "../support/journey.js";
import {
  chooseBasic,
  createOrganization,
  dialogOf,
  openConnectionOptions,
  openTab,
  trustCa,
} from "../support/steps.js";

const clipboard = { permissions: ["clipboard-read", "clipboard-write"] };
const focused = (locator) => () => locator.evaluate((element) => element === document.activeElement);

/** Saves the settings of an Exchange and opens the test from the menu of the check. */
async function openTest(page, { account, password, ewsUrl, caPem }) {
  await createOrganization(page, "Contoso");
  await openTab(page, "Email Configuration");
  await openConnectionOptions(page);
  await chooseBasic(page);
  await trustCa(page, caPem);
  await page.getByRole("textbox", { name: "Account Logon" }).fill(account);
  await page.getByRole("textbox", { name: "Password", exact: true }).fill(password);
  await page.getByRole("textbox", { name: "Exchange Web Services (EWS) URL" }).fill(ewsUrl);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expectVisible(page.getByText("Saved, never checked").first());
  await page.getByRole("button", { name: "Which mailboxes to check" }).click();
  await page.getByRole("menuitem", { name: "Service Account Access…" }).click();
  await expectVisible(page.getByRole("heading", { name: "Service Account Access" }));
}

const step = (page, words) => page.getByRole("treeitem", { name: words });

journey("one mailbox is tested, a draft only after a second question", clipboard, async ({ t, page, visit }) => {
  const exchange = await startExchange(t, { users: 12 });
  const mailbox = exchange.users.find((user) => !user.mustRefuse && user.kind !== "RoomMailbox").address;
  await openTest(page, exchange);
  await assertAccessible(page, "Service Account Access, the form");
  await page.keyboard.press("Control+Enter");
  await expectVisible(page.getByText("Enter the mailbox to test."));
  await page.keyboard.insertText(mailbox);
  const write = page.getByRole("checkbox", { name: "Also create and delete a draft (writes to this mailbox)" });
  assert.ok(!(await write.isChecked()), "writing is off by default");

  await page.keyboard.press("Control+Enter");
  await expectVisible(page.getByRole("button", { name: "Open the run" }), { timeout: 60_000 });
  await expectVisible(step(page, /Create a draft.*Skipped.*Left out: read only/));
  await expectVisible(step(page, /signs in.*Pass/));
  await assertAccessible(page, "Service Account Access, done");

  await step(page, /Certificate.*Pass/).focus();
  await page.keyboard.press("ArrowRight");
  await expectPoll(() => step(page, /Certificate.*Pass/).getAttribute("aria-expanded"), "true");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowLeft");
  await expectPoll(focused(step(page, /Certificate.*Pass/)), true, { because: "the arrow leads back to the step" });

  await write.check();
  await page.getByRole("button", { name: "Perform test" }).click();
  const question = dialogOf(page, `Write a draft into ${mailbox}?`);
  await expectVisible(question, { timeout: 60_000 });
  await expectPoll(focused(question.getByRole("button", { name: "Leave it out" })), true, {
    because: "nothing is written by a stray Enter",
  });
  await assertAccessible(page, "Service Account Access, before it writes");
  await question.getByRole("button", { name: "Create and delete a draft" }).click();
  await expectGone(question);
  await expectVisible(step(page, /Delete the draft.*Pass/), { timeout: 60_000 });
  await expectVisible(page.getByRole("button", { name: "Open the run" }));

  await page.getByRole("button", { name: "Copy values for Microsoft's form" }).click();
  await expectVisible(page.getByRole("button", { name: "Copied" }));
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(copied.includes(mailbox) && copied.includes(exchange.ewsUrl), copied);
  assert.ok(!copied.includes(exchange.password), "the password was copied");
  await page.getByRole("button", { name: "Open Microsoft's page" }).click();
  const warning = dialogOf(page, "Open Microsoft's page in the browser?");
  await expectVisible(warning.getByText(/comes from the internet/));
  await assertAccessible(page, "the warning before Microsoft's page");
  await page.keyboard.press("Escape");
  await expectGone(warning);

  await page.getByRole("button", { name: "Open the run" }).click();
  await expectVisible(page.getByRole("heading", { level: 1, name: /Run 2/ }));
  const told = (await visit.answers()).filter(({ body }) => body.includes(exchange.password));
  assert.deepEqual(told, [], "a command answered the password");
});

journey("a refused password stops the test, and is sent again only on request", {}, async ({ t, page }) => {
  const exchange = await startExchange(t, { users: 12 });
  const mailbox = exchange.users.find((user) => !user.mustRefuse).address;
  await openTest(page, { ...exchange, password: "not the password" });
  await page.getByRole("combobox", { name: "Target mailbox email address" }).fill(mailbox);
  await page.getByRole("button", { name: "Perform test" }).click();
  await expectVisible(page.getByText("Sign-in refused"), { timeout: 60_000 });
  const broken = step(page, /signs in.*Fail/);
  await expectPoll(() => broken.getAttribute("aria-expanded"), "true", { because: "what is broken is unfolded" });
  await expectVisible(step(page, /Test predefined folder: Inbox.*Skipped/));
  await assertAccessible(page, "Service Account Access, refused");

  await page.getByRole("button", { name: "Perform test" }).click();
  const guard = dialogOf(page, "This password was refused before");
  await expectVisible(guard);
  await page.keyboard.press("Enter");
  await expectGone(guard);
});
