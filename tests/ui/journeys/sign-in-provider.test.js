// Signing in for real: the window, the engine, an identity provider that nobody here wrote, and a person in another
// browser, who is sent there by the system's own way to open a page.

import assert from "node:assert/strict";
import { signIn } from "../../identity/browser.js";
import { expectPoll, expectVisible } from "../support/expect.js";
import { fillSignIn, signInPanel, startIdentity, systemBrowser } from "../support/identity.js";
import { journey } from "../support/journey.js";
import { closeNotices } from "../support/steps.js";

const system = systemBrowser();

/** The form of an Exchange that takes tokens of AD FS, filled in by hand. */
async function fill(page, host, provider) {
  const { settings } = await host.call("app_state");
  await host.call("settings_save", { ...settings, firstRunDone: true, checkNoticeSeen: true });
  const { id } = await host.call("organization_add", { name: "Contoso" });
  await page.goto(`${host.url}organizations/${id}/configuration`);
  await fillSignIn(page, {
    account: "svc-ews@contoso.example",
    ewsUrl: "https://mail.contoso.example/EWS/Exchange.asmx",
    clientId: provider.clients.native.id,
  });
  await page.getByRole("radio", { name: "AD FS" }).check();
  await page.getByRole("textbox", { name: "AD FS address" }).fill(provider.origin);
  await page.getByRole("checkbox", { name: "Keep signed in" }).check();
  return id;
}

journey(
  "a person signs in in the system's browser, and another one is not let in",
  { home: system.home },
  async (all) => {
    const { t, host, page, visit } = all;
    const { provider, browser, told } = await startIdentity(t, { http: true });
    const id = await fill(page, host, provider);
    const { panel, main } = signInPanel(page);

    await main.click();
    await expectVisible(panel.getByText("Finish signing in in your browser"));
    const asked = new URL(await system.opened());
    assert.equal(asked.origin, provider.origin);
    assert.equal(asked.searchParams.get("code_challenge_method"), "S256");
    await expectVisible(panel.getByText(`The answer is awaited at ${asked.searchParams.get("redirect_uri")}.`));
    const back = new URL(asked.searchParams.get("redirect_uri"));
    await fetch(new URL(`${back}?code=stolen&state=another`)).catch(() => {});
    await expectVisible(panel.getByText(/^The answer didn't belong to this sign-in and was discarded\./));

    await signIn(browser, asked.href);
    await expectVisible(page.getByText("Signed in successfully"));
    await expectVisible(panel.getByText("Impersonation status: Authorized"));
    await expectVisible(panel.getByText("svc-ews@contoso.example"));
    await expectVisible(panel.getByText("Impersonation isn't proven until a check passes."));
    await panel.getByRole("button", { name: "Refresh" }).click();
    const renewals = async () => (await told("state")).counts["token refresh_token"] ?? 0;
    await expectPoll(renewals, 1, { because: "how often the token was renewed" });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expectVisible(page.getByText(/^Saved/).first());

    await told("revoke", { method: "POST" });
    await panel.getByRole("button", { name: "Refresh" }).click();
    await expectVisible(panel.getByText("Impersonation status: Expired"));
    await expectVisible(page.getByText("The sign-in has expired. Sign in again."));

    await closeNotices(page);
    await panel.getByRole("button", { name: "Sign in again" }).click();
    await signIn(browser, await system.opened(), { account: "other@contoso.example" });
    await expectVisible(panel.getByText("Signed in as other@contoso.example, expected svc-ews@contoso.example."));
    await panel.getByRole("button", { name: "Disconnect" }).click();
    await expectVisible(panel.getByText("Impersonation status: Not authorized"));

    await main.click();
    await signIn(browser, await system.opened(), { deny: true });
    await expectVisible(panel.getByText("AADSTS65004"));
    await panel.getByRole("button", { name: "Use a code instead" }).click();
    const code = panel.getByRole("status").filter({ hasText: /^[A-Z0-9-]{6,}$/ });
    await expectVisible(code);
    const { waiting } = await host.call("sign_in_show", { organization: id });
    assert.equal(await code.textContent(), waiting.userCode);
    await signIn(browser, waiting.link, { code: waiting.userCode });
    await expectVisible(panel.getByText("Impersonation status: Authorized"));

    const answers = JSON.stringify(await visit.answers());
    assert.ok(!/eyJ[\w-]+\.eyJ/.test(answers), "no token is answered to the window");
  },
);
