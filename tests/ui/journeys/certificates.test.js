// Certificates nobody vouches for: the chain is shown, and a trust is chosen from what was seen, never a fault ignored.

import assert from "node:assert/strict";
import { assertAccessible } from "../support/accessible.js";
import { startExchange } from "../support/exchange.js";
import { expectGone, expectPoll, expectVisible } from "../support/expect.js";
import { startFront } from "../support/front.js";
import { journey } from "../support/journey.js";
import {
  answer,
  askServer,
  chooseBasic,
  createOrganization,
  dialogOf,
  openConnectionOptions,
  openTab,
  pasteUsers,
  startCheck,
} from "../support/steps.js";

async function openForm(page, exchange, ewsUrl) {
  await createOrganization(page, "Contoso");
  const people = exchange.users.filter((user) => !user.mustRefuse);
  await pasteUsers(
    page,
    people.map((user) => user.address),
  );
  await openTab(page, "Email Configuration");
  await openConnectionOptions(page);
  await chooseBasic(page);
  await page.getByRole("textbox", { name: "Account Logon" }).fill(exchange.account);
  await page.getByRole("textbox", { name: "Password", exact: true }).fill(exchange.password);
  await page.getByRole("textbox", { name: "Exchange Web Services (EWS) URL" }).fill(ewsUrl);
}

journey("a private CA is trusted from the chain of a run", {}, async ({ t, page }) => {
  const exchange = await startExchange(t, { scenario: "private-ca", users: 12 });
  await openForm(page, exchange, exchange.ewsUrl);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expectVisible(page.getByText("Saved, never checked").first());
  await startCheck(page);
  const strip = page.getByRole("region", { name: "Last check" });
  await expectVisible(strip.getByText("Stopped at step 4"));

  await strip.getByRole("button", { name: "Run 1" }).click();
  const chain = page.getByRole("region", { name: "Certificate is not trusted" });
  await expectVisible(chain.getByRole("article", { name: "localhost" }).getByText("Server certificate"));
  const root = chain.getByRole("article", { name: /Contoso Practice CA/ });
  await expectVisible(root.getByText("Root CA"));
  await expectVisible(root.getByText("Vouched for by nobody but itself"));
  await assertAccessible(page, "run, the chain");
  assert.equal(await page.getByRole("button", { name: /ignore/i }).count(), 0);

  await root.getByRole("button", { name: "Trust this CA" }).click();
  const question = dialogOf(page, "Trust this CA?");
  await expectVisible(question.getByText(/for this organization alone/));
  await assertAccessible(page, "the question before a CA is trusted");
  await answer(page, "Trust this CA?", "Trust this CA");
  await expectVisible(page.getByText(/^Trusts the CA Contoso Practice CA .+\. Not saved yet\.$/));
  const caFile = page.getByRole("radio", { name: "CA file…" });
  await expectPoll(() => caFile.isChecked(), true);
  await page.getByRole("button", { name: "Undo" }).click();
  await expectPoll(() => page.getByRole("radio", { name: "System trust store" }).isChecked(), true);

  // The last run is shown here too, and offers the same.
  const again = page.getByRole("region", { name: "Certificate is not trusted" });
  await again.getByRole("button", { name: "Trust this CA" }).click();
  await answer(page, "Trust this CA?", "Trust this CA");
  await startCheck(page, { firstTime: false });
  await expectVisible(strip.getByText(/^Passed/));
  await expectGone(again);
});

journey("a pinned certificate that changed is held against the new one", {}, async ({ t, page }) => {
  const exchange = await startExchange(t, { users: 12 });
  const front = await startFront(t, exchange);
  await openForm(page, exchange, front.ewsUrl);
  const said = await askServer(page);
  await expectVisible(said.getByText("Certificate is not trusted"));
  await expectVisible(said.getByText(/^The certificate signed itself: there is no CA behind it to trust\./));
  assert.equal(await said.getByRole("button", { name: "Trust this CA" }).getAttribute("aria-disabled"), "true");
  await said.getByRole("button", { name: "Pin this certificate" }).click();
  const question = dialogOf(page, "Pin this certificate?");
  await expectVisible(question.getByText(/^Only this very certificate is then accepted for localhost\./));
  await answer(page, "Pin this certificate?", "Pin this certificate");
  await startCheck(page);
  const strip = page.getByRole("region", { name: "Last check" });
  await expectVisible(strip.getByText(/^Passed/));
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expectVisible(page.getByText(/^Saved\. \d+ activated/).first());

  const sha256 = front.renew("/CN=localhost/O=Contoso Web Gateway");
  const before = front.seen.length;
  await startCheck(page, { firstTime: false });
  await expectVisible(strip.getByText("Stopped at step 4"));
  assert.equal(front.seen.length, before, "nothing is sent to another certificate than the pinned one");
  const chain = page.getByRole("region", { name: "Not the pinned certificate" });
  const table = chain.getByRole("table");
  const row = (name) => table.getByRole("row").filter({ has: page.getByRole("rowheader", { name }) });
  await expectVisible(row(/^Issuer/).getByText("Differs"));
  await expectVisible(row(/^SHA-256/).getByText("Differs"));
  await expectGone(row(/^Names/).getByText("Differs"));
  const shown = (
    await row(/^SHA-256/)
      .getByRole("cell")
      .last()
      .textContent()
  ).replaceAll(" ", "");
  assert.equal(shown, sha256.replaceAll(":", ""));
  await expectVisible(chain.getByText(/TLS-inspecting proxy/));
  await assertAccessible(page, "pinned and shown, side by side");

  await chain.getByRole("button", { name: "Pin the new one" }).click();
  await answer(page, "Pin this certificate?", "Pin the new one");
  await startCheck(page, { firstTime: false });
  await expectVisible(strip.getByText(/^Passed/));
});
