// A proxy of one organization, with a user: its password is stored and never seen again.

import assert from "node:assert/strict";
import { assertAccessible } from "../support/accessible.js";
import { expectPoll, expectVisible } from "../support/expect.js";
import { files } from "../support/host.js";
import { journey } from "../support/journey.js";
import { createOrganization, openConnectionOptions, openTab } from "../support/steps.js";

const canary = "c4nary-Proxy-0nly";
/** All of the form in view: nothing is half under its head. */
const tall = { viewport: { width: 1024, height: 1600 } };

journey("a proxy and its password are kept, and the password is never shown", tall, async ({ host, page, visit }) => {
  await createOrganization(page, "Contoso");
  await openTab(page, "Email Configuration");
  await page.getByRole("textbox", { name: "Account Logon" }).fill("CONTOSO\\svc-ews");
  await page.getByRole("radio", { name: "Ask each time" }).check();
  await page
    .getByRole("textbox", { name: "Exchange Web Services (EWS) URL" })
    .fill("https://mail.contoso.com/EWS/Exchange.asmx");
  await openConnectionOptions(page);
  await page.getByRole("radio", { name: "Custom" }).check();
  const address = page.getByRole("textbox", { name: "Proxy address" });
  await address.fill("proxy.contoso.com");
  await address.blur();
  await expectVisible(page.getByText("Enter host:port."));
  await address.fill("proxy.contoso.com:8080");
  await page.getByRole("textbox", { name: "Proxy user" }).fill("CONTOSO\\jane");
  await page.getByRole("textbox", { name: "Proxy password" }).fill(canary);
  await assertAccessible(page, "a proxy of its own");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expectVisible(page.getByText(/^Stored in Memory/));

  await page.reload();
  await openConnectionOptions(page);
  await expectVisible(page.getByText("Proxy: proxy.contoso.com:8080"));
  await expectPoll(() => address.inputValue(), "proxy.contoso.com:8080");
  assert.ok(!(await page.content()).includes(canary), "the password is on the page");
  const told = (await visit.answers()).filter(({ body }) => body.includes(canary));
  assert.deepEqual(told, [], "a command answered the password");
  const kept = files(host.dataDir).filter(({ bytes }) => bytes.includes(canary));
  assert.deepEqual(
    kept.map(({ name }) => name),
    [],
    "the password is in a file",
  );
  assert.ok(!host.said().includes(canary), "the password is in the log");
});
