// The consent page of an identity provider that nobody here wrote: left open, declined, and given.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { signIn } from "../../identity/browser.js";
import { assertAccessible } from "../support/accessible.js";
import { expectPoll, expectVisible } from "../support/expect.js";
import { fillSignIn, signInPanel, startIdentity, systemBrowser } from "../support/identity.js";
import { journey } from "../support/journey.js";
import { openConnectionOptions, trustCa } from "../support/steps.js";

const system = systemBrowser();

/** The form, filled in for a provider that is known by its URL: it can be asked to revoke. */
async function fill({ host, page }, provider) {
  const { settings } = await host.call("app_state");
  await host.call("settings_save", { ...settings, firstRunDone: true, checkNoticeSeen: true });
  const { id } = await host.call("organization_add", { name: "Contoso" });
  const user = { address: "ada@contoso.example", name: "Ada", mustRefuse: false, tags: "" };
  await host.call("user_add", { organization: id, ...user });
  await page.goto(`${host.url}organizations/${id}/configuration`);
  await fillSignIn(page, {
    account: "svc-ews@contoso.example",
    ewsUrl: "https://mail.contoso.example/EWS/Exchange.asmx",
    clientId: provider.clients.native.id,
  });
  await page.getByRole("radio", { name: "Other (OpenID)" }).check();
  await page.getByRole("textbox", { name: "Issuer URL" }).fill(provider.entra.issuer);
  await page.getByRole("checkbox", { name: "Keep signed in" }).check();
  await openConnectionOptions(page);
  await trustCa(page, readFileSync(provider.caFile, "utf8"));
  return id;
}

journey("a consent is left open, declined, and given", { home: system.home }, async (all) => {
  const { t, host, page } = all;
  const { provider, browser, told } = await startIdentity(t);
  const organization = await fill(all, provider);
  const { panel, main } = signInPanel(page);
  const grants = async () => (await told("state")).counts["token authorization_code"] ?? 0;
  const stored = async () => (await host.call("sign_in_show", { organization })).account;

  await main.click();
  const left = await signIn(browser, await system.opened(), { stopAt: "consent" });
  assert.deepEqual(left.pages, ["Sign in", "Permissions requested"]);
  assert.match(left.text, /Understudy asks, for svc-ews@contoso\.example:/);
  assert.match(left.text, /^EWS\.AccessAsUser\.All$/m);
  assert.match(left.text, /^offline_access$/m);
  await expectVisible(panel.getByText("Finish signing in in your browser"));
  assert.equal(await stored(), null, "nobody is signed in by a consent page alone");

  await panel.getByRole("button", { name: "Open again" }).click();
  const declined = await signIn(browser, await system.opened(), { deny: true });
  assert.match(declined.text, /Understudy says why\. You can close this window\./);
  await expectVisible(panel.getByText("The consent was declined in the browser."));
  await expectVisible(
    panel.getByText("Sign in again and accept, or ask an administrator of the tenant to consent.", { exact: true }),
  );
  await expectVisible(panel.getByText("AADSTS65004", { exact: true }));
  await expectVisible(page.getByText("Sign in first."));
  assert.equal(await stored(), null, "nobody is signed in by a refusal");
  assert.equal(await grants(), 0, "no code was bought");
  await assertAccessible(page, "a declined consent");

  await panel.getByRole("button", { name: "Try again" }).click();
  const given = await signIn(browser, await system.opened());
  assert.ok(given.pages.includes("Permissions requested"), given.pages.join(", "));
  assert.match(given.text, /You can close this window and return to Understudy\./);
  await expectVisible(page.getByText("Signed in successfully"));
  await expectVisible(panel.getByText("Impersonation status: Authorized"));
  await expectVisible(panel.getByText("EWS.AccessAsUser.All", { exact: false }));
  assert.equal(await stored(), "svc-ews@contoso.example");
  assert.equal(await grants(), 1, "one code was bought");

  await panel.getByRole("button", { name: "Disconnect" }).click();
  await expectVisible(panel.getByText("Impersonation status: Not authorized"));
  const revoked = async () => (await told("state")).counts.revoke ?? 0;
  await expectPoll(revoked, (count) => count > 0, { because: "the authority is told to revoke" });
  assert.equal((await told("state")).refreshTokens, 0, "no refresh token is good any more");
});
