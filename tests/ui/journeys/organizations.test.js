// Creating, copying and deleting organizations, and what is refused.

import { startExchange } from "../support/exchange.js";
import { expectGone, expectPoll, expectVisible } from "../support/expect.js";
import { journey } from "../support/journey.js";
import { configure, createOrganization, dialogOf, openTab, pasteUsers, startCheck } from "../support/steps.js";

journey("organizations are created, copied, deleted and brought back", {}, async ({ page }) => {
  await createOrganization(page, "Contoso");
  await pasteUsers(page, ["ada.byron@contoso.com", "grace.hopper@contoso.com"]);
  await goToList(page);

  await page.getByRole("button", { name: "New", exact: true }).click();
  const name = page.getByRole("textbox", { name: "Name" });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expectVisible(page.getByText("Enter a name."));
  await name.fill("CONTOSO");
  await page.getByRole("textbox", { name: "External Id" }).fill("contoso-2");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expectVisible(page.getByText('An organization named "Contoso" already exists.'));
  await expectPoll(() => name.evaluate((field) => field === document.activeElement), true, {
    because: "the name has the keyboard",
  });
  await page.getByRole("textbox", { name: "External Id" }).fill("two words");
  await expectVisible(page.getByText("Use letters, digits, dot, dash or underscore."));
  await page.getByRole("button", { name: "Cancel" }).click();
  await dialogOf(page, "Save the changes of the new organization?").getByRole("button", { name: "Discard" }).click();

  await choose(page, "Contoso", "Duplicate");
  const copy = dialogOf(page, 'Duplicate "Contoso"');
  await copy.getByRole("checkbox", { name: "Copy its 2 users too" }).check();
  await copy.getByRole("button", { name: "Duplicate" }).click();
  await expectVisible(page.getByText('"Contoso (copy)" created.'));
  await expectVisible(rowOf(page, "Contoso (copy)").getByText("2", { exact: true }));

  await choose(page, "Contoso (copy)", "Delete");
  const question = dialogOf(page, 'Delete "Contoso (copy)" and its 2 users? Its stored password is removed now.');
  await question.getByRole("button", { name: "Delete" }).click();
  await expectGone(rowOf(page, "Contoso (copy)"));
  await page.getByRole("button", { name: "Undo" }).click();
  await expectVisible(rowOf(page, "Contoso (copy)").getByText("2", { exact: true }));

  await page.getByRole("button", { name: "Actions for Default Organization" }).click();
  await expectVisible(page.getByRole("menuitem", { name: "Delete", disabled: true }));
});

journey("an organization with sync access is not deleted", {}, async ({ t, page }) => {
  const exchange = await startExchange(t, { users: 3 });
  await createOrganization(page, "Contoso");
  await pasteUsers(
    page,
    exchange.users.filter((user) => !user.mustRefuse).map((user) => user.address),
  );
  await openTab(page, "Email Configuration");
  await configure(page, exchange);
  await startCheck(page);
  await expectVisible(page.getByRole("region", { name: "Last check" }).getByText(/^Passed/));
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expectVisible(page.getByText("Saved. 3 activated, 0 renewed, 0 failed, 0 unchanged."));
  await goToList(page);
  await choose(page, "Contoso", "Delete");
  const refused = dialogOf(page, "3 users have sync access. Deactivate them first.");
  await refused.getByRole("button", { name: "Deactivate all" }).click();
  await dialogOf(page, 'Delete "Contoso" and its 3 users? Its stored password is removed now.')
    .getByRole("button", { name: "Delete" })
    .click();
  await expectGone(rowOf(page, "Contoso"));
});

async function goToList(page) {
  await page.getByRole("link", { name: "Organizations" }).click();
  await expectVisible(page.getByRole("grid", { name: "Organizations" }));
}

function rowOf(page, name) {
  return page.getByRole("row").filter({ has: page.getByRole("gridcell", { name, exact: true }) });
}

async function choose(page, name, item) {
  await page.getByRole("button", { name: `Actions for ${name}`, exact: true }).click();
  await page.getByRole("menuitem", { name: item, exact: false }).first().click();
}
