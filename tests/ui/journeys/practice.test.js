// Practice mode: another world, that leaves the real one as it was.

import assert from "node:assert/strict";
import { expectGone, expectVisible } from "../support/expect.js";
import { journey } from "../support/journey.js";
import { createOrganization, dialogOf, openTab, pasteUsers, startCheck } from "../support/steps.js";

journey("practising on the demo leaves the real data untouched", {}, async ({ host, page }) => {
  await createOrganization(page, "Contoso");
  await pasteUsers(page, ["ada.byron@contoso.com", "grace.hopper@contoso.com"]);
  const before = await everything(host);

  await page.getByRole("contentinfo").getByRole("button", { name: "Practice", exact: true }).click();
  const dialog = dialogOf(page, "Practice");
  await dialog.getByRole("radio", { name: /^Demo/ }).check();
  await dialog.getByRole("button", { name: "Practice" }).click();
  const band = page.getByRole("region", { name: "Practice mode" });
  await expectVisible(band.getByText("Practice: simulated Exchange"));
  await expectVisible(page.getByRole("heading", { name: "Contoso (practice)", level: 1 }));
  await expectGone(dialog);

  await band.getByRole("button", { name: "What to type" }).click();
  await expectVisible(page.getByText(/^Expected: Failed for some/));
  const hint = page.getByRole("group", { name: "What to type" }).or(dialogOf(page, "What to type"));
  const password = await hint.getByRole("code").nth(1).textContent();
  await page.keyboard.press("Escape");
  await page.getByRole("textbox", { name: "Password", exact: true }).fill(password);
  await startCheck(page);
  const strip = page.getByRole("region", { name: "Last check" });
  await expectVisible(strip.getByText("Failed for some"), { timeout: 60_000 });
  await strip.getByRole("button", { name: "Run 1" }).click();
  const guard = dialogOf(page, "Save the changes of Email Configuration?");
  await guard.getByRole("button", { name: "Save" }).click();
  await expectVisible(page.getByRole("tab", { name: /^Causes/, selected: true }));
  await expectVisible(page.getByRole("article", { name: "Outside the management scope" }));

  await band.getByRole("button", { name: "Leave practice" }).click();
  await expectGone(band);
  await expectVisible(page.getByRole("grid").getByText("Contoso", { exact: true }));
  assert.equal(await page.getByText("Contoso (practice)").count(), 0);
  assert.deepEqual(await everything(host), before, "the real data after practice");
  await page.getByRole("grid").getByText("Contoso", { exact: true }).dblclick();
  await expectVisible(page.getByRole("status").filter({ hasText: "2 rows" }));
  await openTab(page, "Checks");
  await expectVisible(page.getByText("Nothing has been checked yet."));
});

/** The real data, asked for behind the interface's back. */
async function everything(host) {
  const page = { filter: {}, offset: 0, limit: 1000 };
  return {
    organizations: await host.call("organizations_list", { search: null }),
    users: await host.call("users_page", page),
    activity: await host.call("activity_page", { offset: 0, limit: 1000 }),
    runs: await host.call("runs_list", { limit: 100 }),
  };
}
