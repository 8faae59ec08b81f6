// One user after the other: added, refused, marked, deleted, brought back, written to a file.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { expectGone, expectVisible } from "../support/expect.js";
import { journey } from "../support/journey.js";
import { createOrganization, dialogOf } from "../support/steps.js";

journey("users are added, marked, deleted, brought back and exported", {}, async ({ host, page }) => {
  await createOrganization(page, "Contoso");
  await page.keyboard.press("Control+n");
  const dialog = dialogOf(page, "Add a user");
  const address = dialog.getByRole("textbox", { name: "E-Mail" });
  const add = dialog.getByRole("button", { name: "Add" });
  await address.fill("ada.byron(at)contoso.com");
  await add.click();
  await expectVisible(dialog.getByText('"ada.byron(at)contoso.com" isn\'t an e-mail address.'));
  await address.fill("ada.byron@contoso.com");
  await dialog.getByRole("textbox", { name: "Name" }).fill("=Ada Byron");
  await add.click();
  await expectGone(dialog);
  await expectVisible(rowOf(page, "ada.byron@contoso.com"));

  await page.getByRole("button", { name: "Add", exact: true }).click();
  await address.fill("ADA.BYRON@contoso.com");
  await add.click();
  await expectVisible(dialog.getByText(/^ada\.byron@contoso\.com is already in Contoso\.$/i));
  await address.fill("grace.hopper@contoso.com");
  await add.click();
  await expectGone(dialog);

  await choose(page, "grace.hopper@contoso.com", "menuitemcheckbox", "Must be refused");
  await expectVisible(page.getByText("1 user changed."));
  await page.getByRole("combobox", { name: "Flags" }).click();
  await page.getByRole("option", { name: "Must be refused" }).click();
  await expectVisible(page.getByText("Showing 1 of 2"));
  await expectGone(rowOf(page, "ada.byron@contoso.com"));
  await page.getByRole("combobox", { name: "Flags" }).click();
  await page.getByRole("option", { name: "Any flags" }).click();

  await choose(page, "ada.byron@contoso.com", "menuitem", "Delete");
  await dialogOf(page, "Delete ada.byron@contoso.com?").getByRole("button", { name: "Delete" }).click();
  await expectGone(rowOf(page, "ada.byron@contoso.com"));
  await page.getByRole("button", { name: "Undo" }).click();
  await expectVisible(rowOf(page, "ada.byron@contoso.com"));

  await page.getByRole("button", { name: "Export to CSV" }).click();
  await expectVisible(page.getByText("2 rows written."));
  const path = await page
    .getByText(/^\/.+\.csv$/)
    .first()
    .textContent();
  assert.equal(dirname(path), host.downloads, "exports go to the Downloads folder");
  const [header, ...rows] = readFileSync(path, "utf8")
    .replace(/^\ufeff/, "")
    .trim()
    .split(/\r?\n/);
  assert.match(header, /PrimarySmtpAddress|E-Mail/);
  assert.equal(rows.length, 2);
  assert.ok(rows.some((row) => row.includes("ada.byron@contoso.com")));
  assert.ok(!/(^|[,;"])=Ada/m.test(rows.join("\n")), "no spreadsheet takes a name for a formula");
});

function rowOf(page, address) {
  return page.getByRole("row").filter({ has: page.getByRole("gridcell", { name: address, exact: true }) });
}

async function choose(page, address, role, item) {
  await page.getByRole("button", { name: `Actions for ${address}` }).click();
  await page.getByRole(role, { name: item }).first().click();
}
