// Promises of the specification that were missed once.

import { startExchange } from "../support/exchange.js";
import { expectVisible } from "../support/expect.js";
import { journey } from "../support/journey.js";
import { configure, createOrganization, dialogOf, openTab, pasteUsers, startCheck } from "../support/steps.js";

journey("a draft run counts as saved once its settings are saved", {}, async ({ t, page }) => {
  const exchange = await startExchange(t, { scenario: "outside-the-scope", users: 10 });
  await createOrganization(page, "Contoso");
  await pasteUsers(
    page,
    exchange.users.map((user) => user.address),
  );
  await openTab(page, "Email Configuration");
  await configure(page, exchange);
  await startCheck(page);
  const strip = page.getByRole("region", { name: "Last check" });
  await expectVisible(strip.getByText("Failed for some"));
  await expectVisible(strip.getByText("Draft settings"));
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expectVisible(page.getByText(/^Saved\. /));
  await expectVisible(strip.getByText("Saved settings"));
});

journey("a running check shows its steps, and a canceled one what it left out", {}, async ({ page, host }) => {
  await page.getByRole("button", { name: "Practice" }).click();
  const dialog = dialogOf(page, "Practice");
  await dialog.getByRole("radio", { name: /^Slow server/ }).check();
  await dialog.getByRole("button", { name: "Practice" }).click();
  await expectVisible(page.getByRole("heading", { name: "Contoso (practice)", level: 1 }));
  const { practice } = await host.call("app_state");
  const password = { kind: "typed", password: practice.password };
  const { run } = await host.call("check_start", {
    organization: practice.organization,
    password,
    scope: { kind: "all" },
  });
  await page.goto(`${host.url}runs/${run}`);
  await expectVisible(page.getByRole("progressbar", { name: "Progress of the check" }));
  await expectVisible(page.getByRole("listitem").filter({ hasText: "7. Service account signs in" }));
  await expectVisible(page.getByRole("progressbar", { name: "Progress of the check" }));
  await host.call("check_cancel", { run });
  await expectVisible(page.getByRole("group", { name: "Canceled." }));
  await page.getByRole("tab", { name: /^Mailboxes/ }).click();
  await expectVisible(page.getByRole("gridcell", { name: "canceled", exact: true }));
});

journey("a name that is taken is named before the External Id made from it", {}, async ({ page }) => {
  await createOrganization(page, "Contoso");
  await page.keyboard.press("Control+1");
  await page.getByRole("button", { name: "New", exact: true }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("contoso");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expectVisible(page.getByText('An organization named "Contoso" already exists.'));
});

journey("a canary that was refused is no cause to change anything", {}, async ({ page, host }) => {
  const { practice } = await host.call("practice_start", { scenario: "healthy", users: 5 });
  const password = { kind: "typed", password: practice.password };
  const { run } = await host.call("check_start", {
    organization: practice.organization,
    password,
    scope: { kind: "all" },
  });
  await page.goto(`${host.url}runs/${run}?view=causes`);
  await expectVisible(page.getByRole("group", { name: "Passed." }));
  await expectVisible(page.getByRole("tab", { name: "Causes (0)" }));
});
