// Fifty thousand users: the table shows a window of them, and still reaches the last.

import assert from "node:assert/strict";
import { expectPoll, expectVisible } from "../support/expect.js";
import { journey } from "../support/journey.js";
import { dialogOf, openTab } from "../support/steps.js";

const users = 50_001;

journey("50,000 users scroll, filter and are selected, a window at a time", {}, async ({ page }) => {
  await page.getByRole("button", { name: "Practice" }).click();
  const dialog = dialogOf(page, "Practice");
  await dialog.getByRole("radio", { name: "50,000 sample users" }).check();
  await dialog.getByRole("button", { name: "Practice" }).click();
  await expectVisible(page.getByRole("heading", { name: "Contoso (practice)", level: 1 }), { timeout: 60_000 });
  await openTab(page, "Users");
  const status = page.getByRole("status");
  await expectVisible(status.filter({ hasText: "50,001 rows" }));
  const table = page.getByRole("grid", { name: "Users" });
  assert.equal(await table.getAttribute("aria-rowcount"), String(users + 1));
  const rows = table.getByRole("row");
  assert.ok((await rows.count()) < 60, "only a window of rows is drawn");

  await table.focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Control+End");
  const last = table.locator(`[aria-rowindex="${users + 1}"]`);
  await expectVisible(last.getByRole("gridcell", { name: "board.secretary@contoso.com", exact: true }));
  assert.ok((await rows.count()) < 60, "at the end too");

  const search = page.getByRole("searchbox");
  const start = Date.now();
  await search.fill("board.secretary");
  await expectVisible(status.filter({ hasText: /^1 row/ }));
  assert.ok(Date.now() - start < 2000, `a filter took ${Date.now() - start} ms`);
  await expectVisible(page.getByText("Showing 1 of 50,001"));
  await search.fill("");
  await expectVisible(status.filter({ hasText: "50,001 rows" }));

  await page.getByRole("checkbox", { name: "Select all that match" }).check();
  await expectVisible(status.filter({ hasText: "50,001 selected" }));
  await expectVisible(page.getByRole("toolbar", { name: "Selected users" }).getByText("50,001 users selected"));
  await expectPoll(
    () => rows.count(),
    (count) => count < 60,
    { because: "selecting draws no more rows" },
  );
});
