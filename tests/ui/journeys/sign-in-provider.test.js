// Signing in for real: the window, the engine, an identity provider that nobody here wrote, and a person in another
// browser, who is sent there by the system's own way to open a page.

import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { launch, signIn } from "../../identity/browser.js";
import { start } from "../../identity/provider.js";
import { expectPoll, expectVisible } from "../support/expect.js";
import { folder } from "../support/host.js";
import { journey } from "../support/journey.js";
import { closeNotices } from "../support/steps.js";

/** The system's browser, as the engine calls it: remembers the page. Set before the host starts. */
function systemBrowser(t) {
  const bin = folder(t, "bin");
  const page = join(bin, "page");
  const command = join(bin, "xdg-open");
  writeFileSync(command, `#!/bin/sh\nprintf %s "$1" > "${page}.new" && mv "${page}.new" "${page}"\n`);
  chmodSync(command, 0o755);
  process.env.PATH = `${bin}${delimiter}${process.env.PATH}`;
  return {
    home: folder(t, "home"),
    opened: async () => {
      await expectPoll(() => existsSync(page), true, { because: "no page was opened" });
      const url = readFileSync(page, "utf8");
      rmSync(page);
      return url;
    },
  };
}

let system;
const home = (t) => {
  system = systemBrowser(t);
  return system.home;
};

/** The form of an Exchange that takes tokens of AD FS, filled in by hand. */
async function fill(page, host, provider) {
  const { settings } = await host.call("app_state");
  await host.call("settings_save", { ...settings, firstRunDone: true, checkNoticeSeen: true });
  const { id } = await host.call("organization_add", { name: "Contoso" });
  await page.goto(`${host.url}organizations/${id}/configuration`);
  const picker = page.getByRole("combobox", { name: "Mailbox Access Type" });
  await picker.click();
  await page.getByRole("option", { name: /^Microsoft 365 OAuth Logon \(EWS API\) - Impersonated logon/ }).click();
  await page.getByRole("textbox", { name: "Account Logon" }).fill("svc-ews@contoso.example");
  const url = "https://mail.contoso.example/EWS/Exchange.asmx";
  await page.getByRole("textbox", { name: "Exchange Web Services (EWS) URL" }).fill(url);
  await page.getByRole("radio", { name: "AD FS" }).check();
  await page.getByRole("textbox", { name: "AD FS address" }).fill(provider.origin);
  await page.getByRole("textbox", { name: "Application (client) ID" }).fill(provider.clients.native.id);
  await page.getByRole("checkbox", { name: "Keep signed in" }).check();
  return id;
}

/** Asks the provider behind everybody's back. */
async function told(provider, what, options) {
  const answer = await fetch(`${provider.control}/${what}`, options);
  return answer.json();
}

journey("a person signs in in the system's browser, and another one is not let in", { home }, async (all) => {
  const { t, host, page, visit } = all;
  const provider = await start({ http: true });
  t.after(() => provider.close());
  const browser = await launch();
  t.after(() => browser.close());
  const id = await fill(page, host, provider);
  const panel = page.getByRole("region", { name: "OAuth sign-in" });
  const main = panel.getByRole("button", { name: "Microsoft 365 OAuth (EWS API)" });

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
  const renewals = async () => (await told(provider, "state")).counts["token refresh_token"] ?? 0;
  await expectPoll(renewals, 1, { because: "how often the token was renewed" });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expectVisible(page.getByText(/^Saved/).first());

  await told(provider, "revoke", { method: "POST" });
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
});
