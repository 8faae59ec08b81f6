// Users from Exchange: members of groups, rooms of room lists, one by name; and where mailboxes live.

import assert from "node:assert/strict";
import { assertAccessible } from "../support/accessible.js";
import { startExchange } from "../support/exchange.js";
import { expectGone, expectPoll, expectVisible } from "../support/expect.js";
import { journey } from "../support/journey.js";
import { checked, prepare } from "../support/prepared.js";
import { dialogOf } from "../support/steps.js";

journey("members of nested groups, rooms and one by name are previewed, then added", {}, async ({ t, host, page }) => {
  const exchange = await startExchange(t, { users: 24 });
  const people = exchange.users.filter((user) => !user.mustRefuse);
  const organization = await prepare(host, exchange, { users: people.slice(0, 2) });
  await page.goto(`${host.url}organizations/${organization}/users`);

  await add(page, "From an Exchange group…");
  const group = dialogOf(page, "Add users from an Exchange group");
  await assertAccessible(page, "users from a group, the question");
  await group.getByRole("textbox", { name: "Address of the group" }).fill("all-staff@contoso.com");
  await page.keyboard.press("Enter");
  // The groups hold each other: it ends all the same.
  await expectVisible(group.getByRole("button", { name: `Add ${people.length - 2} users` }));
  await expectVisible(group.getByRole("button", { name: /^Already here/ }).filter({ hasText: "2" }));
  await assertAccessible(page, "users from a group, the preview");
  await group.getByRole("button", { name: `Add ${people.length - 2} users` }).click();
  await expectVisible(group.getByText(`${people.length - 2} users added.`));
  await group.getByRole("button", { name: "Close" }).click();
  await expectVisible(page.getByRole("status").filter({ hasText: `${people.length} rows` }));

  await add(page, "Rooms from room lists…");
  const rooms = dialogOf(page, "Add rooms from room lists");
  await rooms.getByRole("button", { name: "Look up" }).click();
  await rooms.getByRole("button", { name: "Add 5 users" }).click();
  await expectVisible(rooms.getByText("5 users added."));
  await rooms.getByRole("button", { name: "Undo import" }).click();
  await expectGone(rooms);
  await expectVisible(page.getByRole("status").filter({ hasText: `${people.length} rows` }));

  await add(page, "Find by name…");
  const name = dialogOf(page, "Find users by name");
  await name.getByRole("textbox", { name: "Name or part of it" }).fill("Lighthouse");
  await page.keyboard.press("Enter");
  await expectVisible(name.getByText("room.lighthouse@contoso.com"));
  await name.getByRole("button", { name: "Cancel" }).click();
  await expectGone(name);
  await expectVisible(page.getByRole("status").filter({ hasText: `${people.length} rows` }));
});

journey("a group that is not there says so, and nothing is added", {}, async ({ t, host, page }) => {
  const exchange = await startExchange(t, { users: 12 });
  const organization = await prepare(host, exchange);
  await page.goto(`${host.url}organizations/${organization}/users?add=group`);
  const group = dialogOf(page, "Add users from an Exchange group");
  await group.getByRole("textbox", { name: "Address of the group" }).fill("nobody-here@contoso.com");
  await group.getByRole("button", { name: "Look up" }).click();
  await expectVisible(group.getByText(/The look-up failed\.|Nothing was found\./));
  await assertAccessible(page, "a look-up that failed");
  await group.getByRole("button", { name: "Back" }).click();
  await expectVisible(group.getByRole("button", { name: "Look up" }));
  const { total } = await host.call("users_page", { organization, offset: 0, limit: 1 });
  assert.equal(total, 0);
});

journey("a refused password is sent again only on request", {}, async ({ t, host, page }) => {
  const exchange = await startExchange(t, { users: 12 });
  const organization = await prepare(host, exchange, { password: "not the password" });
  await page.goto(`${host.url}organizations/${organization}/users?add=rooms`);
  const rooms = dialogOf(page, "Add rooms from room lists");
  await rooms.getByRole("button", { name: "Look up" }).click();
  await expectVisible(rooms.getByText("The look-up failed."));
  await rooms.getByRole("button", { name: "Back" }).click();
  await rooms.getByRole("button", { name: "Look up" }).click();
  const guard = dialogOf(page, "This password was refused before");
  await guard.getByRole("button", { name: "Cancel" }).click();
  await expectGone(guard);
  await expectVisible(rooms.getByRole("button", { name: "Look up" }));
});

journey("it is shown where mailboxes live, with the dated consequence", {}, async ({ t, host, page }) => {
  const exchange = await startExchange(t, { scenario: "aliases-and-remote", users: 40 });
  const organization = await prepare(host, exchange, { users: exchange.users });
  await checked(host, organization);
  await page.goto(`${host.url}organizations/${organization}/settings`);
  const card = page.getByRole("region", { name: "Where mailboxes live" });
  await expectVisible(card.getByRole("link", { name: /^\d+ in Exchange Online$/ }));
  await expectVisible(card.getByText(/\b(2026|2027)\b/));
  await assertAccessible(page, "where mailboxes live");
  await card.getByRole("button", { name: "Find out where they live" }).click();
  await expectVisible(card.getByRole("button", { name: "Find out where they live" }), { timeout: 60_000 });
  const { exchangeOnline } = await host.call("hybrid_map", { organization });
  await card.getByRole("link", { name: /in Exchange Online$/ }).click();
  await expectPoll(
    () =>
      page
        .getByText(/^Showing \d+ of/)
        .first()
        .textContent(),
    (text) => text.startsWith(`Showing ${exchangeOnline} of`),
  );
});

async function add(page, item) {
  await page.getByRole("button", { name: "More ways to add" }).click();
  await page.getByRole("menuitem", { name: item }).click();
}
