// Every screen in light, dark and high contrast: names, roles, contrast.

import { assertAccessible } from "../support/accessible.js";
import { expectGone, expectVisible } from "../support/expect.js";
import { journey } from "../support/journey.js";
import { dialogOf, openTab } from "../support/steps.js";

journey("every screen can be read and operated by everyone", {}, async ({ host, page }) => {
  const problems = [];
  const scan = async (screen) => {
    try {
      await assertAccessible(page, screen);
    } catch (error) {
      problems.push(error.message);
    }
  };
  await expectVisible(page.getByRole("button", { name: "Start with my Exchange" }));
  await scan("first run");
  await page.getByRole("button", { name: "Practice" }).click();
  const practice = dialogOf(page, "Practice");
  await expectVisible(practice.getByRole("radio", { name: /^Demo/ }));
  await scan("practice dialog");
  await practice.getByRole("radio", { name: /^Demo/ }).check();
  await practice.getByRole("button", { name: "Practice" }).click();
  await expectVisible(page.getByRole("heading", { name: "Contoso (practice)", level: 1 }));
  await scan("Email Configuration");

  const { practice: world } = await host.call("app_state");
  const { run } = await host.call("check_start", {
    organization: world.organization,
    password: { kind: "typed", password: world.password },
    scope: { kind: "all" },
    sendAgain: false,
  });
  await page.goto(`${host.url}runs/${run}`);
  await expectVisible(page.getByRole("group", { name: "Failed for some." }), { timeout: 60_000 });
  await expectVisible(page.getByRole("article", { name: "Outside the management scope" }));
  await scan("run, causes");
  await page.getByRole("tab", { name: "Steps" }).click();
  await expectVisible(page.getByRole("listitem").filter({ hasText: "10. Every mailbox" }));
  await scan("run, steps");
  await page.getByRole("tab", { name: /^Mailboxes/ }).click();
  await page.getByRole("grid", { name: "Mailboxes" }).getByText("Failed", { exact: true }).first().click();
  await expectVisible(page.getByRole("region", { name: "Request, redacted" }));
  await scan("run, mailboxes and details");

  await page.goto(`${host.url}organizations`);
  await expectVisible(page.getByRole("grid", { name: "Organizations" }).getByText("Contoso (practice)"));
  await scan("organizations");
  await page.getByText("Contoso (practice)").first().dblclick();
  await expectVisible(page.getByRole("status").filter({ hasText: "201 rows" }));
  await page.getByRole("checkbox", { name: "Select all that match" }).check();
  await scan("users of an organization");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expectVisible(dialogOf(page, "Add a user"));
  await scan("add a user");
  await page.keyboard.press("Escape");
  await expectGone(dialogOf(page, "Add a user"));
  await openTab(page, "Checks");
  await expectVisible(page.getByRole("row").filter({ hasText: "Run 1" }));
  await scan("checks");
  await openTab(page, "Settings");
  await expectVisible(page.getByRole("button", { name: "Save", exact: true }));
  await scan("settings of an organization");
  for (const place of ["Users", "Activity", "Settings"]) {
    await page.getByRole("link", { name: place }).click();
    await expectVisible(page.getByRole("heading", { name: place, level: 1 }));
    await scan(place);
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
});
