// From an empty data folder to mailboxes that are proven, and what is left of it after a restart.

import assert from "node:assert/strict";
import { startExchange } from "../support/exchange.js";
import { expectGone, expectPoll, expectVisible } from "../support/expect.js";
import { startHost } from "../support/host.js";
import { journey, startVisit } from "../support/journey.js";
import { exported } from "../support/lists.js";
import {
  chooseBasic,
  createOrganization,
  dialogOf,
  openConnectionOptions,
  openTab,
  startCheck,
  trustCa,
} from "../support/steps.js";

/** Rows of the list that must not be added, beside the people. */
const oddities = [
  { DisplayName: "Broken", PrimarySmtpAddress: "nobody at contoso.com" },
  {
    DisplayName: "Discovery Search Mailbox",
    PrimarySmtpAddress: "DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}@contoso.com",
    RecipientTypeDetails: "DiscoveryMailbox",
  },
  { DisplayName: "Anna again", PrimarySmtpAddress: "ANNA.ADLER@contoso.com" },
  { DisplayName: "Ben again", PrimarySmtpAddress: "ben.becker@contoso.com" },
];

journey("an administrator proves 5,000 mailboxes and finds everything again", {}, async ({ t, host, page, visit }) => {
  const exchange = await startExchange(t, { scenario: "demo", users: 5000 });
  const people = exchange.users.filter((user) => !user.mustRefuse);
  const canary = exchange.users.find((user) => user.mustRefuse);

  await createOrganization(page, "Contoso");
  await importList(page, exported(people, oddities));
  await addCanary(page, canary.address);
  await expectVisible(page.getByRole("status").filter({ hasText: "5,001 rows" }));

  await openTab(page, "Email Configuration");
  await meetValidation(page);
  await fillForm(page, exchange);
  await startCheck(page);
  const strip = page.getByRole("region", { name: "Last check" });
  await expectVisible(strip.getByRole("progressbar", { name: "Progress of the check" }));
  await expectVisible(strip.getByText(/of 5,001 - .+ connection/));
  await expectVisible(strip.getByText("Draft settings"));
  await expectVisible(strip.getByText(/mailboxes failed/), { timeout: 90_000 });

  await page.getByRole("button", { name: "Save", exact: true }).click();
  const saved = page.getByText(/^Saved\. [\d,]+ activated, 0 renewed, [\d,]+ failed, [\d,]+ unchanged\.$/).first();
  await expectVisible(saved);
  const [activated, , failed] = (await saved.textContent()).match(/\d[\d,]*/g).map(amount);
  assert.equal(activated, 4100, "everyone without trouble, and those who were only busy");
  assert.equal(failed, 700, "seven of fifty fail for good");

  await expectGone(strip.getByText(/Settings changed since/));
  await strip.getByRole("button", { name: "Run 1" }).click();
  await readCauses(page);
  await readDetails(page, exchange);
  visit.assertQuiet();

  await host.stop();
  const again = await startHost(t, { home: host.home });
  const second = await startVisit(again);
  t.after(() => second.close());
  await findAgain(second.page, exchange);
  second.assertQuiet();
});

async function importList(page, bytes) {
  await page.getByRole("button", { name: "Import CSV" }).click();
  const dialog = dialogOf(page, "Add users");
  await dialog.getByLabel("File with users").setInputFiles({ name: "users.csv", mimeType: "text/csv", buffer: bytes });
  await expectVisible(dialog.getByText(/^users\.csv, [\d,]+ bytes$/));
  await dialog.getByRole("button", { name: "Next" }).click();
  await expectVisible(dialog.getByText("UTF-16LE"));
  await expectVisible(dialog.getByText("Semicolon"));
  await dialog.getByRole("button", { name: "Next" }).click();
  for (const [group, count] of [
    ["New", "5,000"],
    ["Duplicate in the file", "2"],
    ["System mailbox", "1"],
    ["Bad row", "1"],
  ]) {
    await expectVisible(dialog.getByRole("button", { name: new RegExp(`^${group}\\s*${count}\\b`) }));
  }
  await dialog.getByRole("button", { name: /^Bad row/ }).click();
  await expectVisible(dialog.getByRole("row").filter({ hasText: '"nobody at contoso.com" isn\'t an e-mail address.' }));
  await dialog.getByRole("button", { name: "Add 5,000 users" }).click();
  await expectVisible(dialog.getByText("5,000 users added."));
  await expectVisible(dialog.getByText("4 rows were left out."));
  await dialog.getByRole("button", { name: "Close" }).click();
}

async function addCanary(page, address) {
  await page.getByRole("button", { name: "Add", exact: true }).click();
  const dialog = dialogOf(page, "Add a user");
  await dialog.getByRole("textbox", { name: "E-Mail" }).fill(address);
  await dialog.getByRole("checkbox", { name: /^Must be refused/ }).check();
  await dialog.getByRole("button", { name: "Add" }).click();
  await expectGone(dialog);
}

/** What is wrong is said at the field, on leaving it. */
async function meetValidation(page) {
  const account = page.getByRole("textbox", { name: "Account Logon" });
  const url = page.getByRole("textbox", { name: "Exchange Web Services (EWS) URL" });
  await account.focus();
  await url.focus();
  await expectVisible(page.getByText("Enter the impersonating account."));
  await account.fill("CONTOSO\\svc@contoso.com");
  await account.blur();
  await expectVisible(page.getByText("Use one form: svc@contoso.com or CONTOSO\\svc."));
  await url.fill("http://mail.contoso.com/EWS/Exchange.asmx");
  await url.blur();
  await expectVisible(page.getByText("Use https. Credentials are never sent over http."));
  await url.fill("");
  await page.getByRole("button", { name: "Check Users Exchange Impersonated Access" }).click();
  await expectPoll(() => account.evaluate((field) => field === document.activeElement), true, {
    because: "the first field that is wrong has the keyboard",
  });
  await expectVisible(page.getByText("Enter the password, or choose Ask each time."));
}

async function fillForm(page, exchange) {
  const url = page.getByRole("textbox", { name: "Exchange Web Services (EWS) URL" });
  await page.getByRole("textbox", { name: "Account Logon" }).fill(exchange.account);
  await page.getByRole("textbox", { name: "Password", exact: true }).fill(exchange.password);
  // What was wrong is taken away once it is mended, which moves what is below: nothing is pressed before.
  await expectGone(page.getByText("Enter the password, or choose Ask each time."));
  await page.getByRole("button", { name: "Magic Wand, generate the EWS URL" }).click();
  await expectPoll(() => url.inputValue(), "https://mail.contoso.com/EWS/Exchange.asmx");
  await expectVisible(page.getByText("Generated", { exact: true }));
  await url.fill(exchange.ewsUrl);
  await expectVisible(page.getByText("Typed", { exact: true }));
  await openConnectionOptions(page);
  await chooseBasic(page);
  await trustCa(page, exchange.caPem);
  await expectVisible(page.getByText(/Contoso Practice CA/).first());
}

/** Cause cards of the demo: how many, whose job, failed or not known. */
const causes = [
  ["Outside the management scope", 200, "Identity", "Failed"],
  ["No mailbox at this address", 100, "You", "Failed"],
  ["Second addresses in the list", 100, "You", "Failed"],
  ["Misconfigured mailboxes", 100, "Exchange", "Failed"],
  ["A default folder is missing", 100, "Exchange", "Failed"],
  ["Disabled accounts", 100, "You", "Failed"],
  ["Mailboxes being moved", 100, "Exchange", "Undetermined"],
  ["The mailbox database is unavailable", 100, "Exchange", "Undetermined"],
];

function causeCard(page, title, count) {
  return page.getByRole("article", { name: title }).filter({ hasText: `${count} mailboxes` });
}

/** Every cause with its count, whose job it is, and a command to look at it. */
async function readCauses(page) {
  await expectVisible(page.getByRole("heading", { name: "Run 1", level: 1 }));
  await expectVisible(page.getByText("4,801 of 5,001 checked, 200 could not be found out."));
  for (const [title, count, job, word] of causes) {
    const card = causeCard(page, title, count);
    await expectVisible(card.getByText(new RegExp(`^(Whose job: )?${job}`)));
    await expectVisible(card.getByText(word, { exact: true }));
    // Of many causes only the first shows its commands at once.
    const commands = card.getByRole("button", { name: /^Commands/ });
    if ((await commands.getAttribute("aria-expanded")) === "false") await commands.click();
    await expectVisible(card.getByRole("region", { name: "Look" }));
    await expectVisible(card.getByRole("button", { name: "Copy as PowerShell" }));
  }
}

/** The details of a mailbox that failed: what went over the wire, without what must not be seen. */
async function readDetails(page, exchange) {
  await causeCard(page, "Outside the management scope", 200).getByRole("button", { name: "Show mailboxes" }).click();
  await expectVisible(page.getByRole("status").filter({ hasText: "200 rows" }));
  await page.getByRole("grid", { name: "Mailboxes" }).getByRole("row").nth(1).click();
  const request = page.getByRole("region", { name: "Request, redacted" });
  const reply = page.getByRole("region", { name: "Reply, redacted" });
  await expectVisible(request);
  const wire = `${await request.textContent()}${await reply.textContent()}`;
  assert.match(wire, /ExchangeImpersonation/, "the request is the one that was sent");
  assert.match(wire, /ErrorImpersonateUserDenied/, "the reply is the one that came");
  const basic = Buffer.from(`${exchange.account}:${exchange.password}`).toString("base64");
  assert.ok(!wire.includes(exchange.password), "the password is in the evidence");
  assert.ok(!wire.includes(basic), "the value of the Authorization header is in the evidence");
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await expectGone(request);
}

/** After a restart: organization, users, configuration and the run, but no password to be seen. */
async function findAgain(page, exchange) {
  await page.getByRole("grid").getByRole("row").filter({ hasText: "Contoso" }).first().waitFor();
  await page.getByRole("grid").getByText("Contoso", { exact: true }).dblclick();
  await expectVisible(page.getByRole("status").filter({ hasText: "5,001 rows" }));
  await page.getByRole("searchbox").fill("anna.adler@contoso.com");
  const row = page.getByRole("row").filter({ hasText: "anna.adler@contoso.com" });
  await expectVisible(row.getByText("Active", { exact: true }));
  await openTab(page, "Email Configuration");
  await expectPoll(() => page.getByRole("textbox", { name: "Account Logon" }).inputValue(), exchange.account);
  await expectPoll(
    () => page.getByRole("textbox", { name: "Exchange Web Services (EWS) URL" }).inputValue(),
    exchange.ewsUrl,
  );
  assert.ok(!(await page.content()).includes(exchange.password), "the password is nowhere on the page");
  const shown = await page.getByRole("textbox", { name: /^Password/ }).inputValue();
  assert.match(shown, /^•*$/, "not even a stored password is in its field");
  await openTab(page, "Checks");
  await expectVisible(page.getByRole("row").filter({ hasText: "Run 1" }).filter({ hasText: "Failed for some" }));
}

const amount = (text) => Number(text.replaceAll(",", ""));
