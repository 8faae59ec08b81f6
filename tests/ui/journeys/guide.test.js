// The guide: read without a network, filled with this organization's names, never copied where it is dead.

import assert from "node:assert/strict";
import { assertAccessible } from "../support/accessible.js";
import { expectGone, expectPoll, expectVisible } from "../support/expect.js";
import { journey } from "../support/journey.js";
import { prepare } from "../support/prepared.js";

const clipboard = { permissions: ["clipboard-read", "clipboard-write"] };

const exchange = {
  account: "svc-rg@contoso.com",
  ewsUrl: "https://mail.contoso.com/EWS/Exchange.asmx",
  password: "not needed here",
};

journey("a guide is filled in, followed and kept", clipboard, async ({ host, page }) => {
  await prepare(host, exchange, { form: { tlsTrust: { kind: "system" } } });
  const { settings } = await host.call("app_state");
  await host.call("settings_save", { ...settings, workOffline: true });
  await page.goto(`${host.url}organizations`);
  await expectVisible(page.getByRole("heading", { name: "Organizations", level: 1 }));
  await page.keyboard.press("Control+6");
  await expectVisible(page.getByRole("heading", { name: "Guide", level: 1 }));
  await choose(page, "Contoso");
  const guides = page.getByRole("main").getByRole("link");
  await expectPoll(() => guides.count(), 9);
  await expectVisible(guides.filter({ hasText: "Retired" }));
  await assertAccessible(page, "the guides");

  await guides.filter({ hasText: "Exchange Server" }).first().click();
  const steps = page.getByRole("list", { name: "Steps of the guide" });
  await expectVisible(steps.getByText(/^1\. /));
  await page.getByRole("textbox", { name: "Management scope" }).fill("Sales scope");
  await page.getByRole("button", { name: "Save names" }).click();
  const commands = () => steps.locator("pre").allTextContents();
  await expectPoll(commands, (texts) => texts.join("\n").includes("Sales scope"), {
    because: "the commands have the new name",
  });
  const texts = (await commands()).join("\n");
  assert.match(texts, /CustomRecipientWriteScope/);
  assert.match(texts, /svc-rg@contoso\.com/);
  for (const dead of [/-Credential\b/, /-PSSessionOption/, /ApplicationAccessPolicy/]) assert.doesNotMatch(texts, dead);
  const opens = steps.getByRole("button", { name: "Open admin center" });
  assert.equal(await opens.first().getAttribute("aria-disabled"), "true", "nothing is opened offline");
  await assertAccessible(page, "a guide");

  const block = steps.locator("pre").filter({ hasText: "New-ManagementRoleAssignment" }).first();
  await block.focus();
  await page.keyboard.press("Control+Shift+C");
  await expectPoll(() => page.evaluate(() => navigator.clipboard.readText()), await block.textContent());

  await steps
    .getByRole("button", { name: /^Mark done/ })
    .first()
    .click();
  await expectVisible(page.getByText(/^1 of \d+ steps done$/));
  await page.reload();
  await expectVisible(page.getByText(/^1 of \d+ steps done$/));
  await expectVisible(steps.getByRole("button", { name: /^Done/, pressed: true }));
});

journey("dead commands are read, and not copied", clipboard, async ({ host, page }) => {
  await prepare(host, exchange, { form: { tlsTrust: { kind: "system" } } });
  await page.goto(`${host.url}guide/old-route`);
  await expectVisible(page.getByText(/^This route is retired/));
  await page.evaluate(() => navigator.clipboard.writeText("before"));
  const copies = page
    .getByRole("list", { name: "Steps of the guide" })
    .getByRole("button", { name: /^Copy (Look|Change)/ });
  await expectVisible(copies);
  const dead = page.locator('button[data-copy][aria-disabled="true"]');
  assert.ok((await dead.count()) > 0, "nothing is dead");
  await dead.first().click({ force: true });
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "before");
  await assertAccessible(page, "the old route");
});

journey("without an organization there are placeholders", {}, async ({ host, page }) => {
  await prepare(host, exchange, { form: { tlsTrust: { kind: "system" } } });
  for (const guide of await host.call("guides_list", { organization: null })) {
    await page.goto(`${host.url}guide/${guide.id}?organization=none`);
    await expectVisible(page.getByRole("heading", { name: guide.title, level: 1 }));
    await expectVisible(page.getByRole("list", { name: "Steps of the guide" }).getByText(/^1\. /));
    await expectGone(page.getByRole("region", { name: "Names in the commands" }));
    await assertAccessible(page, `guide ${guide.id}`);
  }
});

async function choose(page, name) {
  await page.getByRole("combobox", { name: "Names of" }).click();
  await page.getByRole("option", { name }).click();
}
