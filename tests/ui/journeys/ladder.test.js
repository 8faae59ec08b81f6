// The step ladder: it ends visibly where something is broken, and says whose job that is.

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { assertAccessible } from "../support/accessible.js";
import { startExchange } from "../support/exchange.js";
import { expectVisible } from "../support/expect.js";
import { journey } from "../support/journey.js";
import { checked, prepare } from "../support/prepared.js";

const nobodys = "https://nobody.invalid/EWS/Exchange.asmx";

/** Rungs, what breaks each, and whose job it is. */
const breaks = [
  ["2. Name resolves", "Network", async () => ({ form: { ewsUrl: nobodys } })],
  ["3. Port", "Network", async () => ({ form: { ewsUrl: await closedPort() } })],
  ["4. Certificate", "Network: certificate", async () => ({ form: { tlsTrust: { kind: "system" } } })],
  ["6. EWS answers", "Exchange", async () => ({ scenario: "html-sign-in-page" })],
  ["7. Service account signs in", "Identity: account and rights", async () => ({ password: "not the password" })],
  ["8. First impersonated mailbox", "Exchange", async () => ({ scenario: "header-ignored" })],
];

for (const [title, job, broken] of breaks) {
  journey(`the ladder stops at ${title}`, {}, async ({ t, host, page }) => {
    const { scenario, ...wrong } = await broken();
    const exchange = await startExchange(t, { scenario, users: 12 });
    const users = exchange.users.filter((user) => !user.mustRefuse);
    const organization = await prepare(host, exchange, { users, ...wrong });
    const run = await checked(host, organization);
    await page.goto(`${host.url}runs/${run}?view=steps`);

    const number = title.split(".")[0];
    await expectVisible(page.getByText(`Stopped at step ${number}.`));
    const ladder = page.getByRole("list", { name: "Steps" });
    const rung = ladder.getByRole("listitem").filter({ hasText: title });
    await expectVisible(rung.getByText("Fail", { exact: true }));
    await expectVisible(rung.getByText(`Whose job: ${job}`));
    await expectVisible(rung.getByText(/^Next: /));
    await expectVisible(ladder.getByText(/^It stopped here\./));
    assert.equal(await ladder.getByText("Fail", { exact: true }).count(), 1, "one rung is broken");

    const all = await ladder.getByRole("listitem").allTextContents();
    const end = all.findIndex((text) => text.startsWith("It stopped here."));
    assert.ok(all[end - 1].startsWith(title), `it stopped after ${all[end - 1]}`);
    for (const text of all.slice(end + 1)) assert.match(text, /Skipped/, text);
    for (const text of all.slice(0, end - 1)) assert.doesNotMatch(text, /Fail/, text);

    // Of a name that is not found there is no more to tell than that.
    if (number !== "2") {
      await rung.getByRole("button", { name: /^Tell me more/ }).click();
      await expectVisible(rung.getByRole("list", { name: /^Evidence/ }).getByRole("listitem"));
    }
    await assertAccessible(page, `the ladder, stopped at ${title}`);
  });
}

journey("a ladder that ends well has a time at every rung that was measured", {}, async ({ t, host, page }) => {
  const exchange = await startExchange(t, { users: 12 });
  const organization = await prepare(host, exchange, { users: exchange.users });
  const run = await checked(host, organization);
  await page.goto(`${host.url}runs/${run}?view=steps`);
  const ladder = page.getByRole("list", { name: "Steps" });
  const rung = (title) => ladder.getByRole("listitem").filter({ hasText: title });
  await expectVisible(rung("11. "));
  for (const number of [2, 3, 4, 6, 7, 8, 9]) {
    assert.match(await rung(`${number}. `).first().textContent(), /\d (ms|s)/, `step ${number} has no time`);
  }
  assert.match(await rung("5. ").first().textContent(), /Skipped.*URL is given/);
  assert.equal(await ladder.getByText(/^It stopped here/).count(), 0);
});

/** A port of this machine that nobody listens at. */
async function closedPort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `https://localhost:${port}/EWS/Exchange.asmx`;
}
