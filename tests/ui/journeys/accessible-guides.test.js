// What helps to find and to fix: Autodiscover, look-ups, causes, ladders and guides, unfolded, for everyone.

import { assertAccessible } from "../support/accessible.js";
import { expectGone, expectVisible } from "../support/expect.js";
import { journey } from "../support/journey.js";
import { checked } from "../support/prepared.js";
import { dialogOf } from "../support/steps.js";

/** Scans one screen after the other; all that is wrong is told at the end. */
function scanner(page) {
  const problems = [];
  return {
    scan: (screen) => assertAccessible(page, screen).catch((error) => problems.push(error.message)),
    end: () => {
      if (problems.length > 0) throw new Error(problems.join("\n"));
    },
  };
}

/** The demo, with its password kept. */
async function practice(host) {
  const { settings } = await host.call("app_state");
  await host.call("settings_save", { ...settings, firstRunDone: true, checkNoticeSeen: true });
  const { practice } = await host.call("practice_start", { scenario: "demo", users: 60 });
  const { organization, password } = practice;
  const { form } = await host.call("email_configuration_show", { organization });
  await host.call("email_configuration_save", { organization, form, password: { kind: "store", password } });
  return practice;
}

/** Unfolds everything of this name. */
async function unfold(place, name) {
  const folded = place.getByRole("button", { name, expanded: false });
  while ((await folded.count()) > 0) await folded.first().click();
}

journey("what finds and tests can be read and operated by everyone", {}, async ({ host, page }) => {
  const { organization } = await practice(host);
  const { scan, end } = scanner(page);
  const at = `${host.url}organizations/${organization}`;

  await page.goto(`${at}/configuration`);
  await page.getByRole("button", { name: "Other ways to the EWS URL" }).click();
  await scan("the wand's arrow");
  await page.getByRole("menuitem", { name: "Find with Autodiscover…" }).click();
  const finding = dialogOf(page, "Find the EWS URL with Autodiscover");
  await expectVisible(finding);
  await scan("Autodiscover, before the search");
  await finding.getByRole("button", { name: "Find", exact: true }).click();
  await expectVisible(finding.getByRole("button", { name: "Find again" }), { timeout: 60_000 });
  await unfold(finding, /^Tell me more/);
  await scan("Autodiscover, its steps");
  await page.keyboard.press("Escape");
  await expectGone(finding);

  await page.goto(`${at}/service-account`);
  await expectVisible(page.getByRole("heading", { name: "Service Account Access" }));
  await scan("Service Account Access");
  await page.getByRole("button", { name: "Perform test" }).click();
  await expectVisible(page.getByRole("button", { name: "Open the run" }), { timeout: 60_000 });
  const folded = page.getByRole("treeitem", { expanded: false });
  while ((await folded.count()) > 0) await folded.first().press("ArrowRight");
  await scan("Service Account Access, done and unfolded");

  await page.goto(`${at}/users?add=group`);
  const group = dialogOf(page, "Add users from an Exchange group");
  await expectVisible(group.getByRole("textbox", { name: "Address of the group" }));
  await scan("users from a group");
  await group.getByRole("textbox", { name: "Address of the group" }).fill("all-staff@contoso.com");
  await page.keyboard.press("Enter");
  await expectVisible(group.getByRole("button", { name: /^Already here/ }), { timeout: 60_000 });
  await expectVisible(group.getByText("Is already in Contoso (practice)."));
  await scan("users from a group, the preview");
  end();
});

journey("what explains and guides can be read and operated by everyone", {}, async ({ host, page }) => {
  const { organization } = await practice(host);
  const run = await checked(host, organization);
  const { scan, end } = scanner(page);

  await page.goto(`${host.url}runs/${run}`);
  await expectVisible(page.getByRole("article", { name: "Outside the management scope" }));
  const causes = page.getByRole("main");
  await expectVisible(causes.getByRole("button", { name: /^Commands/ }));
  for (const name of [/^Commands/, /^Another way/, /^Tell me more/]) await unfold(causes, name);
  await scan("causes, unfolded");
  await page.getByRole("button", { name: "Hand-off card" }).first().click();
  await expectVisible(dialogOf(page, "Hand-off card").getByRole("region", { name: "What was seen" }));
  await scan("hand-off card");
  await page.keyboard.press("Escape");
  await page.getByRole("tab", { name: "Steps" }).click();
  await expectVisible(page.getByRole("list", { name: "Steps" }));
  await unfold(page.getByRole("list", { name: "Steps" }), /^Tell me more/);
  await scan("ladder, unfolded");

  await page.goto(`${host.url}organizations/${organization}/settings`);
  await expectVisible(page.getByRole("region", { name: "Where mailboxes live" }));
  await scan("where mailboxes live");

  await page.goto(`${host.url}guide`);
  await expectVisible(page.getByRole("main").getByRole("listitem"));
  await scan("guides");
  // The journey of the guide scans the others, without names.
  for (const id of ["exchange-server", "microsoft-test"]) {
    await page.goto(`${host.url}guide/${id}?organization=${organization}`);
    const steps = page.getByRole("list", { name: "Steps of the guide" });
    await expectVisible(steps.getByText(/^1\. /));
    await unfold(page.getByRole("main"), "Names in the commands");
    await unfold(steps, /^Another way/);
    await scan(`guide ${id}`);
  }
  end();
});
