// What a real authority refuses, and a port that another program has: one sentence, the code, the next step.

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { signIn } from "../../identity/browser.js";
import { expectVisible } from "../support/expect.js";
import { fillSignIn, signInPanel, startIdentity, systemBrowser } from "../support/identity.js";
import { journey } from "../support/journey.js";

const system = systemBrowser();

/** Refusals of the authorization endpoint come home by the browser, those of the token endpoint by the answer. */
const refusals = [
  ["AADSTS53003", "authorize"],
  ["AADSTS90094", "authorize"],
  ["AADSTS500011", "token"],
  ["AADSTS7000218", "token"],
];

journey(
  "a refusal of the authority is explained, and so is a port that is taken",
  { home: system.home },
  async (all) => {
    const { t, host, page } = all;
    const { provider, browser, told } = await startIdentity(t, { http: true });
    const { settings } = await host.call("app_state");
    await host.call("settings_save", { ...settings, firstRunDone: true });
    const { id: organization } = await host.call("organization_add", { name: "Contoso" });
    await page.goto(`${host.url}organizations/${organization}/configuration`);
    const account = "svc-ews@contoso.example";
    const ewsUrl = "https://mail.contoso.example/EWS/Exchange.asmx";
    await fillSignIn(page, { account, ewsUrl, clientId: provider.clients.native.id });
    await page.getByRole("radio", { name: "Other (OpenID)" }).check();
    await page.getByRole("textbox", { name: "Issuer URL" }).fill(provider.entra.issuer);
    const { panel, main } = signInPanel(page);

    for (const [code, at] of refusals) {
      await told("faults", { method: "PUT", json: { refuse: code, at: [at === "token" ? "authorization_code" : at] } });
      await main.click();
      await signIn(browser, await system.opened());
      await expectVisible(panel.getByText(code, { exact: true }));
      const { failure } = await host.call("sign_in_show", { organization });
      assert.ok(failure.sentence !== "" && failure.nextStep !== "", code);
      await expectVisible(panel.getByText(failure.sentence, { exact: true }));
      await expectVisible(panel.getByText(failure.nextStep, { exact: true }));
      await expectVisible(panel.getByText("Impersonation status: Not authorized"));
      await expectVisible(panel.getByRole("button", { name: "Try again" }));
    }
    await told("faults", { method: "DELETE" });

    const other = createServer();
    await new Promise((listening) => other.listen(0, "127.0.0.1", listening));
    t.after(() => other.close());
    const { port } = other.address();
    await page.getByRole("textbox", { name: "Redirect port" }).fill(String(port));
    await main.click();
    await expectVisible(panel.getByText(`Port ${port} is taken by another program.`));
    await expectVisible(panel.getByText(/^Close that program, or choose another port/));
  },
);
