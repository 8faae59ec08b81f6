// Logging on as a stock Exchange demands it: Windows authentication, bound to the certificate.

import assert from "node:assert/strict";
import { assertAccessible } from "../support/accessible.js";
import { startExchange } from "../support/exchange.js";
import { expectGone, expectPoll, expectVisible } from "../support/expect.js";
import { journey } from "../support/journey.js";
import {
  answer,
  askServer,
  createOrganization,
  dialogOf,
  openConnectionOptions,
  openTab,
  pasteUsers,
  startCheck,
  trustCa,
} from "../support/steps.js";

/** An organization with the users of an Exchange, its form open, the options unfolded. */
async function openForm(page, exchange) {
  await createOrganization(page, "Contoso");
  await pasteUsers(
    page,
    exchange.users.filter((user) => !user.mustRefuse).map((user) => user.address),
  );
  await openTab(page, "Email Configuration");
  await openConnectionOptions(page);
}

async function fill(page, { account, password, ewsUrl }) {
  if (account !== undefined) await page.getByRole("textbox", { name: "Account Logon" }).fill(account);
  if (password !== undefined) await page.getByRole("textbox", { name: "Password", exact: true }).fill(password);
  if (ewsUrl !== undefined) {
    await page.getByRole("textbox", { name: "Exchange Web Services (EWS) URL" }).fill(ewsUrl);
  }
}

journey("the server is asked first, and names its domain and its CA", {}, async ({ t, page }) => {
  const exchange = await startExchange(t, { scenario: "extended-protection", users: 12 });
  const [domain, name] = exchange.account.split("\\");
  await openForm(page, exchange);
  await fill(page, { account: name });
  await page.keyboard.press("Tab");
  // Said at the field, which moves what is below: nothing is pressed before.
  await expectVisible(page.getByText("Use one form: svc@contoso.com or CONTOSO\\svc."));
  await fill(page, { ewsUrl: exchange.ewsUrl });

  let said = await askServer(page);
  await expectVisible(said.getByText("Certificate is not trusted"));
  const root = said.getByRole("article", { name: /Contoso Practice CA/ });
  await expectVisible(root.getByText("Vouched for by nobody but itself"));
  await expectVisible(said.getByRole("article", { name: "localhost" }).getByText(/^Valid, \d+ days left/));
  await assertAccessible(page, "what the server said, its CA unknown");
  await root.getByRole("button", { name: "Trust this CA" }).click();
  await answer(page, "Trust this CA?", "Trust this CA");
  await expectVisible(page.getByText(/^Trusts the CA Contoso Practice CA .+\. Not saved yet\.$/));
  await expectVisible(root.getByText("Trusted in the form"));

  said = await askServer(page);
  await expectVisible(said.getByText("Negotiate, NTLM", { exact: true }));
  await expectVisible(said.getByText(/^CONTOSO \(contoso\.com\), answered by /));
  await expectVisible(said.getByText(/^localhost, issued by Contoso Practice CA .+\. Valid, \d+ days left\.$/));
  await assertAccessible(page, "what the server said");
  await said.getByRole("button", { name: `Use ${domain}\\${name}` }).click();
  const account = page.getByRole("textbox", { name: "Account Logon" });
  await expectPoll(() => account.inputValue(), exchange.account);
  await page.getByText(`Was ${name}. Not saved yet.`).locator("..").getByRole("button", { name: "Undo" }).click();
  await expectPoll(() => account.inputValue(), name);
  await said.getByRole("button", { name: `Use ${domain}\\${name}` }).click();

  await fill(page, { password: exchange.password });
  await startCheck(page);
  const strip = page.getByRole("region", { name: "Last check" });
  await expectVisible(strip.getByText(/^Passed/));
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expectVisible(page.getByText(/^Saved\. \d+ activated/).first());
  await strip.getByRole("button", { name: "Run 1" }).click();
  await page.getByRole("tab", { name: "Steps" }).click();
  const rung = (title) => page.getByRole("listitem").filter({ hasText: title });
  await expectVisible(rung("6. EWS answers").getByText("In step with this computer"));
  const schemes = rung("7. Service account signs in").getByRole("table", { name: "Schemes" });
  await expectVisible(schemes.getByRole("row", { name: /^NTLM Yes Yes Accepted/ }));
  await expectVisible(rung("7. Service account signs in").getByText(/made with SHA-256 of the server's certificate/));
  await assertAccessible(page, "run, steps with the truth table");
});

journey("a scheme that is not offered gets no password, and another is proposed", {}, async ({ t, page }) => {
  const exchange = await startExchange(t, { scenario: "ntlm-only", users: 12 });
  await openForm(page, exchange);
  await page.getByRole("combobox", { name: "Authentication" }).click();
  await page.getByRole("option", { name: "Basic" }).click();
  await trustCa(page, exchange.caPem);
  await fill(page, exchange);
  await startCheck(page);
  const strip = page.getByRole("region", { name: "Last check" });
  await expectVisible(strip.getByText("Stopped at step 6"));
  await expectVisible(page.getByText("The server offers Negotiate, NTLM. Switch to Automatic?"));
  await page.getByRole("button", { name: "Switch to Automatic" }).click();
  await expectVisible(page.getByText("Was Basic. Not saved yet."));
  await startCheck(page, { firstTime: false });
  await expectVisible(strip.getByText(/^Passed/));
});

journey("a refused password is sent again only on request", {}, async ({ t, host, page }) => {
  const exchange = await startExchange(t, { scenario: "extended-protection", users: 12 });
  await openForm(page, exchange);
  await trustCa(page, exchange.caPem);
  await fill(page, { ...exchange, password: "not the password" });
  await startCheck(page);
  const strip = page.getByRole("region", { name: "Last check" });
  await expectVisible(strip.getByText("Stopped at step 7"));

  await startCheck(page, { firstTime: false });
  const guard = dialogOf(page, "This password was refused before");
  await expectVisible(guard);
  await assertAccessible(page, "the lock-out guard");
  const cancel = guard.getByRole("button", { name: "Cancel" });
  await expectPoll(() => cancel.evaluate((button) => button === document.activeElement), true, {
    because: "Cancel is the default",
  });
  await page.keyboard.press("Enter");
  await expectGone(guard);
  const runs = async () => (await host.call("runs_list", { limit: 10 })).length;
  assert.equal(await runs(), 1, "a canceled question starts nothing");

  await startCheck(page, { firstTime: false });
  await guard.getByRole("button", { name: "Send once more" }).click();
  await expectVisible(strip.getByRole("button", { name: "Run 2" }));
  await expectVisible(strip.getByText("Stopped at step 7"));
  assert.equal(await runs(), 2);

  await strip.getByRole("button", { name: "Run 2" }).click();
  await page.getByRole("button", { name: "Discard" }).click();
  const reasons = page.getByRole("list", { name: "Likely reasons, the likeliest first" });
  await expectVisible(reasons.getByRole("listitem").first());
  const texts = await reasons.getByRole("listitem").allTextContents();
  assert.equal(texts.length, 4, texts.join("\n"));
  assert.match(texts[0], /^A wrong name or password/);
  assert.match(texts[1], /locked/);
  assert.match(texts[2], /channel binding .*TLS-inspecting proxy/);
  assert.match(texts[3], /NTLMv1/);
  await assertAccessible(page, "run, why the sign-in was refused");
});
