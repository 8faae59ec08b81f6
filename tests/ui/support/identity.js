// Signing in: the system's own browser as the engine calls it, the identity provider behind everybody's back, and an
// Exchange that takes its tokens.

import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { start } from "../../identity/provider.js";
import { ask } from "../../identity/support/client.js";
import { expectPoll } from "./expect.js";
import { folder } from "./host.js";
import { openBrowser } from "./journey.js";

/**
 * What a host opens in the system's browser is remembered instead. Made before the host: its `home` is the option of the
 * journey, and `opened` answers the page.
 */
export function systemBrowser() {
  let page;
  const home = (t) => {
    const bin = folder(t, "bin");
    page = join(bin, "page");
    const command = join(bin, "xdg-open");
    writeFileSync(command, `#!/bin/sh\nprintf %s "$1" > "${page}.new" && mv "${page}.new" "${page}"\n`);
    chmodSync(command, 0o755);
    process.env.PATH = `${bin}${delimiter}${process.env.PATH}`;
    return folder(t, "home");
  };
  const opened = async () => {
    await expectPoll(() => existsSync(page), true, { because: "no page was opened" });
    const url = readFileSync(page, "utf8");
    rmSync(page);
    return url;
  };
  return { home, opened };
}

/** An identity provider, which ends with the test, and the browser to sign in there with. */
export async function startIdentity(t, { http = false } = {}) {
  const provider = await start({ http });
  t.after(() => provider.close());
  const browser = await openBrowser();
  /** Asks the provider behind everybody's back. */
  const told = async (what, options) => (await ask(provider, `${provider.control}/${what}`, options)).json;
  return { provider, browser, told };
}

/** Whose tokens an Exchange takes that trusts this provider's AD FS. */
export function trusting({ origin, adfs, accounts, caFile }) {
  const [{ account }] = accounts;
  return { address: origin, keys: adfs.jwksUri, issuer: adfs.tokenIssuer, account, ca: readFileSync(caFile, "utf8") };
}

/** Chooses the type that a person signs in for, and fills in what it asks. */
export async function fillSignIn(page, { account, ewsUrl, clientId }) {
  await page.getByRole("combobox", { name: "Mailbox Access Type" }).click();
  await page.getByRole("option", { name: /^Microsoft 365 OAuth Logon \(EWS API\) - Impersonated logon/ }).click();
  await page.getByRole("textbox", { name: "Account Logon" }).fill(account);
  await page.getByRole("textbox", { name: "Exchange Web Services (EWS) URL" }).fill(ewsUrl);
  await page.getByRole("textbox", { name: "Application (client) ID" }).fill(clientId);
}

/** Where it is said how the sign-in stands, and its button. */
export function signInPanel(page) {
  const panel = page.getByRole("region", { name: "OAuth sign-in" });
  return { panel, main: panel.getByRole("button", { name: "Microsoft 365 OAuth (EWS API)" }) };
}
