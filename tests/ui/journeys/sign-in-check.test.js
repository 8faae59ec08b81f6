// A check with a real token: signed in by the panel's button at an identity provider that nobody here wrote, judged by
// Exchange by that provider's keys, and forgotten in the end.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { signIn } from "../../identity/browser.js";
import { startExchange } from "../support/exchange.js";
import { expectGone, expectPoll, expectVisible } from "../support/expect.js";
import { files } from "../support/host.js";
import { fillSignIn, signInPanel, startIdentity, systemBrowser, trusting } from "../support/identity.js";
import { journey } from "../support/journey.js";
import { closeNotices, openConnectionOptions, startCheck, trustCa } from "../support/steps.js";

const system = systemBrowser();
const mailboxes = 50;

/** An organization with its people, and the form filled in by hand but for the authority: the server names that. */
async function open({ host, page }, exchange, provider) {
  const { settings } = await host.call("app_state");
  await host.call("settings_save", { ...settings, firstRunDone: true });
  const { id } = await host.call("organization_add", { name: "Contoso" });
  for (const { address, mustRefuse } of exchange.users) {
    await host.call("user_add", { organization: id, address, name: "", mustRefuse, tags: "" });
  }
  await page.goto(`${host.url}organizations/${id}/configuration`);
  const [{ account }] = provider.accounts;
  await fillSignIn(page, { account, ewsUrl: exchange.ewsUrl, clientId: provider.clients.native.id });
  await page.getByRole("checkbox", { name: "Keep signed in" }).check();
  await openConnectionOptions(page);
  await trustCa(page, `${exchange.caPem}\n${readFileSync(provider.caFile, "utf8")}`);
  await page.getByRole("button", { name: "Find from the server" }).click();
  const address = page.getByRole("textbox", { name: "AD FS address" });
  await expectPoll(() => address.inputValue(), provider.origin, { because: "the authority that the server names" });
}

/** The strip with the last check, once it tells of this run. */
function lastCheck(page, run) {
  return page.getByRole("region", { name: "Last check" }).filter({ hasText: run });
}

const home = { home: system.home };

journey("who signed in checks mailboxes with that token, and it is forgotten on Disconnect", home, async (all) => {
  const { t, host, page, visit } = all;
  const { provider, browser, told } = await startIdentity(t);
  const exchange = await startExchange(t, { scenario: "demo", users: mailboxes, tokens: trusting(provider) });
  await open(all, exchange, provider);
  const { panel, main } = signInPanel(page);

  await main.click();
  await signIn(browser, await system.opened());
  await expectVisible(panel.getByText("Impersonation status: Authorized"));
  await startCheck(page);
  const first = lastCheck(page, "Run 1");
  await expectVisible(first.getByText("Failed for some"), { timeout: 60_000 });
  await closeNotices(page);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expectVisible(page.getByText(/^Saved\. 4\d activated, 0 renewed, \d failed, \d unchanged\.$/));
  await first.getByRole("button", { name: "Run 1" }).click();
  await expectVisible(page.getByRole("article", { name: "Outside the management scope" }));
  const run = page.url().split("/").at(-1).replace(/\?.*/, "");
  const shown = await host.call("run_show", { run });
  assert.equal(shown.row.summary.total, exchange.users.length);

  // The server judges the token by the provider's keys: one that somebody else signed opens nothing, and blames nobody.
  await page.goBack();
  await told("faults", { method: "PUT", json: { foreignKey: true } });
  const renew = panel.getByRole("button", { name: "Refresh" });
  await renew.click();
  const renewals = async () => (await told("state")).counts["token refresh_token"] ?? 0;
  await expectPoll(renewals, 1, { because: "how often the token was renewed" });
  await expectGone(panel.getByRole("button", { name: "Refresh", disabled: true }));
  await startCheck(page, { firstTime: false });
  const second = lastCheck(page, "Run 2");
  await expectVisible(second.getByText("Stopped at step 7"), { timeout: 60_000 });
  await expectVisible(second.getByText("No mailbox was checked."));
  await expectVisible(second.getByText(/Exchange doesn't know the key that signed the token\./));
  assert.equal(await renewals(), 2, "a refused token is renewed once, and not again");

  await told("faults", { method: "DELETE" });
  await panel.getByRole("button", { name: "Disconnect" }).click();
  await expectVisible(panel.getByText("Impersonation status: Not authorized"));
  await expectVisible(page.getByText("Sign in first."));
  const check = page.getByRole("button", { name: "Check Users Exchange Impersonated Access" });
  assert.equal(await check.getAttribute("aria-disabled"), "true");
  await page.reload();
  await expectVisible(panel.getByText("Impersonation status: Not authorized"));

  const token = /eyJ[\w-]+\.eyJ/;
  assert.ok(!token.test(JSON.stringify(await visit.answers())), "no token is answered to the window");
  assert.ok(!token.test(host.said()), "no token is in the log");
  for (const { name, bytes } of files(host.dataDir))
    assert.ok(!token.test(bytes.toString("latin1")), `a token in ${name}`);
});
