// What is typed as a password comes out nowhere.

import assert from "node:assert/strict";
import { startExchange } from "../support/exchange.js";
import { expectVisible } from "../support/expect.js";
import { files } from "../support/host.js";
import { journey } from "../support/journey.js";
import { closeNotices, configure, createOrganization, openTab, pasteUsers, startCheck } from "../support/steps.js";

journey("a typed password comes out nowhere", {}, async ({ t, host, page, visit }) => {
  const exchange = await startExchange(t, { scenario: "outside-the-scope", users: 40 });
  const places = [];
  page.on("framenavigated", (frame) => places.push(frame.url()));
  await createOrganization(page, "Contoso");
  await pasteUsers(
    page,
    exchange.users.map((user) => user.address),
  );
  await openTab(page, "Email Configuration");
  await configure(page, { ...exchange, password: "Refused-Canary-7f3a" });
  await startCheck(page);
  const strip = page.getByRole("region", { name: "Last check" });
  await expectVisible(strip.getByText("Stopped at step 7"));
  await page.getByRole("textbox", { name: "Password", exact: true }).fill(exchange.password);
  await page.getByRole("button", { name: "Show the password being typed" }).click();
  await notOnThePage(page, exchange.password);
  await startCheck(page, { firstTime: false });
  await expectVisible(strip.getByText("Failed for some"));
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expectVisible(page.getByText(/^Saved\. /));
  await notOnThePage(page, exchange.password);
  await strip.getByRole("button", { name: "Run 2" }).click();
  await closeNotices(page);
  await page.getByRole("button", { name: "Show mailboxes" }).first().click();
  await page.getByRole("grid", { name: "Mailboxes" }).getByRole("row").nth(1).click();
  await expectVisible(page.getByRole("region", { name: "Request, redacted" }));
  await page.getByRole("button", { name: "Close", exact: true }).click();
  for (const format of ["Export to CSV", "Export to JSON"]) {
    await page.getByRole("button", { name: "Export" }).click();
    await page.getByRole("menuitem", { name: format }).click();
    await expectVisible(page.getByText(/\/.+\.(csv|json)/));
  }
  const storage = await page.evaluate(() =>
    JSON.stringify({ ...localStorage, ...sessionStorage, history: history.state }),
  );
  await host.stop();

  const told = {
    "the answers of the commands": (await visit.answers()).map(({ body }) => body).join("\n"),
    "the console": visit.console.join("\n"),
    "the storage of the page": storage,
    "the addresses": places.join("\n"),
    "the log at its most talkative": host.said(),
    ...Object.fromEntries(files(host.home).map(({ name, bytes }) => [name, bytes.toString("latin1")])),
  };
  assert.ok(
    Object.keys(told).some((name) => name.endsWith(".db")),
    "the database is among what is searched",
  );
  assert.ok(
    Object.keys(told).some((name) => name.endsWith(".csv")),
    "so is an export",
  );
  for (const secret of ["Refused-Canary-7f3a", exchange.password]) {
    const basic = Buffer.from(`${exchange.account}:${secret}`);
    for (const form of [
      secret,
      basic.toString("base64"),
      basic.toString("hex"),
      Buffer.from(secret, "utf16le").toString("latin1"),
    ]) {
      for (const [where, text] of Object.entries(told)) assert.ok(!text.includes(form), `the password is in ${where}`);
    }
  }
});

/** A field holds what is typed; the page around it does not, not even as an attribute. */
async function notOnThePage(page, secret) {
  assert.ok(!(await page.content()).includes(secret), "the password is written into the page");
}
