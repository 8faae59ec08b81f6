// A check that is canceled keeps what it has found, and says of the rest that it was not checked.

import assert from "node:assert/strict";
import { startExchange } from "../support/exchange.js";
import { expectGone, expectPoll, expectVisible } from "../support/expect.js";
import { journey } from "../support/journey.js";
import { configure, createOrganization, dialogOf, openTab, pasteUsers, startCheck } from "../support/steps.js";

journey("canceling keeps the results and names the rest", {}, async ({ t, page }) => {
  const exchange = await startExchange(t, { scenario: "slow-server", users: 400 });
  await createOrganization(page, "Contoso");
  await pasteUsers(
    page,
    exchange.users.map((user) => user.address),
  );
  await openTab(page, "Email Configuration");
  await configure(page, exchange);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expectVisible(page.getByText("Saved, never checked"));
  await startCheck(page);
  await page.getByRole("button", { name: "Show running check" }).first().click();
  await expectVisible(page.getByRole("heading", { name: "Run 1", level: 1 }));
  const done = async () => {
    const line = await page
      .getByText(/^[\d,]+ of 401 - /)
      .first()
      .textContent();
    return Number(line.split(" ")[0]);
  };
  await expectPoll(done, (count) => count >= 5, { because: "results arrive" });

  await page.keyboard.press("Escape");
  const question = dialogOf(page, "Cancel this check?");
  await expectVisible(question.getByText(/results stay, [\d,]+ of 401 mailboxes will be Not checked \(canceled\)\./));
  await question.getByRole("button", { name: "Go on" }).click();
  await expectGone(question);
  await expectVisible(page.getByRole("progressbar", { name: "Progress of the check" }));

  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await question.getByRole("button", { name: "Cancel the check" }).click();
  const banner = page.getByRole("group", { name: "Canceled." });
  await expectVisible(banner);
  const [checked, total, missed] = (await banner.textContent()).match(/\d[\d,]*/g).map(Number);
  assert.equal(total, 401);
  assert.ok(checked >= 5 && missed > 0 && checked + missed === 401, `${checked} and ${missed} are 401`);
  await page.getByRole("tab", { name: /^Mailboxes/ }).click();
  await filterBy(page, "Status", "Not checked");
  await expectVisible(page.getByRole("status").filter({ hasText: `${missed} rows` }));
  await filterBy(page, "Status", "Success");
  await expectVisible(page.getByRole("status").filter({ hasText: `${checked} row` }));
});

async function filterBy(page, label, option) {
  await page.getByRole("combobox", { name: label }).click();
  await page.getByRole("option", { name: option, exact: true }).click();
}
