// A wrong password: one attempt, nobody blamed, and it is said what to do.

import assert from "node:assert/strict";
import { startExchange } from "../support/exchange.js";
import { expectPoll, expectVisible } from "../support/expect.js";
import { startFront } from "../support/front.js";
import { journey } from "../support/journey.js";
import { configure, createOrganization, openTab, pasteUsers, startCheck } from "../support/steps.js";

journey("a wrong password is tried once and blames no mailbox", {}, async ({ t, page }) => {
  const exchange = await startExchange(t, { users: 24 });
  const front = await startFront(t, exchange);
  await createOrganization(page, "Contoso");
  await pasteUsers(
    page,
    exchange.users.map((user) => user.address),
  );
  await openTab(page, "Email Configuration");
  await configure(page, { ...exchange, ...front, caPem: undefined, password: "not the password" });
  await startCheck(page);

  const strip = page.getByRole("region", { name: "Last check" });
  await expectVisible(strip.getByText("Stopped at step 7"));
  await expectVisible(strip.getByText("No mailbox was checked."));
  const ladder = page.getByRole("list", { name: "Steps" });
  const step = ladder.getByRole("listitem").filter({ hasText: "7. Service account signs in" });
  await expectVisible(step.getByText("Fail", { exact: true }));
  await expectVisible(ladder.getByRole("listitem").filter({ hasText: "6. EWS answers" }).getByText("Pass"));

  const refused = front.seen.filter((request) => request.authorized && request.status === 401);
  assert.equal(refused.length, 1, "log-ons that Exchange refused");
  assert.equal(front.seen.filter((request) => request.authorized).length, 1, "requests that carried the password");

  await strip.getByRole("button", { name: "Run 1" }).click();
  await page.getByRole("button", { name: "Discard" }).click();
  await expectVisible(page.getByText("Stopped at step 7."));
  await expectVisible(page.getByText(/It was sent once and not again\. Wrong name or password\./));
  const card = page.getByRole("article", { name: "The sign-in was refused" });
  await expectVisible(card.getByText("Not checked", { exact: true }));
  await expectVisible(card.getByText(/Look at event 4625 on the Exchange server/));
  await page.getByRole("tab", { name: /^Mailboxes/ }).click();
  const table = page.getByRole("grid", { name: "Mailboxes" });
  await expectPoll(
    () => table.getByText("Not checked", { exact: true }).count(),
    (count) => count > 5,
  );
  assert.equal(await table.getByText("Failed", { exact: true }).count(), 0, "a mailbox is blamed for the password");
  await page.getByRole("button", { name: "Contoso" }).first().click();
  await openTab(page, "Users");
  await expectVisible(page.getByRole("status").filter({ hasText: "25 rows" }));
  assert.equal(await page.getByRole("grid", { name: "Users" }).getByText("Failed", { exact: true }).count(), 0);
});
