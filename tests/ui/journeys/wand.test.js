// The Magic Wand's arrow: Autodiscover with every step shown, and no password to any host without a word.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { join } from "node:path";
import { assertAccessible } from "../support/accessible.js";
import { startExchange } from "../support/exchange.js";
import { expectGone, expectPoll, expectVisible } from "../support/expect.js";
import { folder } from "../support/host.js";
import { journey } from "../support/journey.js";
import {
  chooseBasic,
  createOrganization,
  dialogOf,
  openConnectionOptions,
  openTab,
  pasteUsers,
  trustCa,
} from "../support/steps.js";

const title = "Find the EWS URL with Autodiscover";
const field = (page) => page.getByRole("textbox", { name: "Exchange Web Services (EWS) URL" });
const focused = (locator) => () => locator.evaluate((element) => element === document.activeElement);

/** Opens the arrow's menu and chooses. */
async function choose(page, item) {
  await page.getByRole("button", { name: "Other ways to the EWS URL" }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

/** `autodiscover.DOMAIN` as its own host behind a proxy, which is the only one to know where it is. */
async function startAutodiscover(t, exchange) {
  const domain = exchange.users[0].address.split("@")[1];
  const name = `autodiscover.${domain}`;
  const { ca, key, cert } = certificates(t, name);
  const seen = [];
  const agent = new https.Agent({ keepAlive: true, ca: exchange.caPem });
  const front = https.createServer({ key, cert }, (request, response) => {
    seen.push({ url: request.url, authorized: request.headers.authorization !== undefined });
    if (request.url.includes("autodiscover.json")) {
      response.writeHead(404).end();
      return;
    }
    const target = new URL(request.url, exchange.ewsUrl);
    const headers = { ...request.headers, host: target.host };
    const onward = https.request(target, { method: request.method, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise((resolve) => front.listen(0, "127.0.0.1", resolve));
  const proxy = http.createServer((_, response) => response.writeHead(502).end());
  proxy.on("connect", (request, socket, head) => {
    const [host, port] = request.url.split(":");
    const to = host === name ? front.address().port : host === "localhost" ? Number(port) : null;
    if (to === null) {
      socket.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
      return;
    }
    const onward = net.connect(to, host === name ? "127.0.0.1" : "localhost", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [onward, socket]) end.on("error", () => [onward, socket].map((other) => other.destroy()));
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    for (const server of [front, proxy]) {
      server.closeAllConnections();
      server.close();
    }
    agent.destroy();
  });
  return { domain, name, caPem: ca + exchange.caPem, proxy: `127.0.0.1:${proxy.address().port}`, seen };
}

/** A CA, and a certificate it issued. */
function certificates(t, name) {
  const at = folder(t, "autodiscover");
  const path = (file) => join(at, file);
  const openssl = (...words) => execFileSync("openssl", words, { stdio: "pipe", cwd: at });
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  openssl("req", "-x509", ...curve, "-subj", "/CN=Front CA", "-keyout", "ca.key", "-out", "ca.pem");
  writeFileSync(path("leaf.cnf"), `subjectAltName=DNS:${name}\nbasicConstraints=CA:FALSE\n`);
  openssl("req", ...curve.slice(0, -2), "-subj", `/CN=${name}`, "-keyout", "leaf.key", "-out", "leaf.csr");
  const signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "leaf.cnf"];
  openssl("x509", "-req", "-in", "leaf.csr", ...signed, "-out", "leaf.pem");
  const read = (file) => readFileSync(path(file), "utf8");
  return { ca: read("ca.pem"), key: read("leaf.key"), cert: read("leaf.pem") };
}

/** An organization whose form knows everything but the URL. */
async function openForm(page, exchange, { caPem, proxy } = {}) {
  await createOrganization(page, "Contoso");
  await pasteUsers(
    page,
    exchange.users.filter((user) => !user.mustRefuse).map((user) => user.address),
  );
  await openTab(page, "Email Configuration");
  await openConnectionOptions(page);
  await chooseBasic(page);
  await trustCa(page, caPem ?? exchange.caPem);
  if (proxy !== undefined) {
    await page.getByRole("radio", { name: "Custom" }).check();
    await page.getByRole("textbox", { name: "Proxy address" }).fill(proxy);
  }
  await page.getByRole("textbox", { name: "Account Logon" }).fill(exchange.account);
  await page.getByRole("textbox", { name: "Password", exact: true }).fill(exchange.password);
}

journey("the password goes to a host that was found only after consent", {}, async ({ t, page, visit }) => {
  const exchange = await startExchange(t, { users: 12 });
  const front = await startAutodiscover(t, exchange);
  await openForm(page, exchange, front);
  await choose(page, "Find with Autodiscover…");
  const dialog = dialogOf(page, title);
  await expectVisible(dialog);
  await assertAccessible(page, "Autodiscover, before the search");
  const address = dialog.getByRole("textbox", { name: "Address to look for" });
  await expectPoll(
    () => address.inputValue(),
    (value) => value.endsWith(`@${front.domain}`),
    {
      because: "a user's address is proposed",
    },
  );
  await page.keyboard.press("Enter");

  const skip = dialog.getByRole("button", { name: "Skip this host" });
  await expectVisible(skip);
  const question = dialog.getByRole("region", { name: `Send the password of ${exchange.account} to ${front.name}?` });
  await expectVisible(question.getByText(`CN=${front.name}`));
  await expectVisible(question.getByText("CN=Front CA"));
  await expectPoll(focused(skip), true, { because: "Skip this host has the keyboard" });
  assert.ok(!(await question.getByRole("checkbox").isChecked()), "nothing is remembered unasked");
  await assertAccessible(page, "Autodiscover, the question");
  assert.deepEqual(
    front.seen.filter(({ authorized }) => authorized),
    [],
    "credentials went out before the answer",
  );
  await page.keyboard.press("Enter");
  await expectVisible(dialog.getByText(`Not sent: you skipped ${front.name}.`));
  await expectVisible(dialog.getByRole("button", { name: "Find again" }), { timeout: 60_000 });
  assert.deepEqual(
    front.seen.filter(({ authorized }) => authorized),
    [],
    "a skipped host was sent credentials",
  );
  await assertAccessible(page, "Autodiscover, nothing found");

  await dialog.getByRole("button", { name: "Find again" }).click();
  await dialog.getByRole("button", { name: "Send to this host" }).click();
  await expectVisible(dialog.getByText(`Yes, to ${front.name}`), { timeout: 60_000 });
  const candidate = dialog.getByRole("listitem", { name: exchange.ewsUrl });
  await expectVisible(candidate);
  await expectVisible(dialog.getByRole("button", { name: "Find again" }));
  await candidate.getByRole("button", { name: /^Test / }).click();
  await expectVisible(candidate.getByText(/No password was sent\.$/));
  await dialog.getByRole("button", { name: front.name }).first().click();
  await expectVisible(dialog.getByRole("article", { name: front.name }));
  await assertAccessible(page, "Autodiscover, a candidate and a certificate");
  await candidate.getByRole("button", { name: /^Use / }).click();
  await expectGone(dialog);
  await expectPoll(() => field(page).inputValue(), exchange.ewsUrl);
  await expectVisible(page.getByText("Discovered", { exact: true }));
  const arrow = page.getByRole("button", { name: "Other ways to the EWS URL" });
  await expectPoll(focused(arrow), true, { because: "the keyboard is back where the search was opened" });
  await page.getByText("Found with Autodiscover.").locator("..").getByRole("button", { name: "Undo" }).click();
  await expectPoll(() => field(page).inputValue(), "");

  const told = (await visit.answers()).filter(({ body }) => body.includes(exchange.password));
  assert.deepEqual(told, [], "a command answered the password");
});

journey("a search is canceled, and offline there is none", {}, async ({ t, host, page }) => {
  const exchange = await startExchange(t, { users: 12 });
  const front = await startAutodiscover(t, exchange);
  await openForm(page, exchange, front);
  await choose(page, "Find with Autodiscover…");
  const dialog = dialogOf(page, title);
  await dialog.getByRole("button", { name: "Find", exact: true }).click();
  await dialog.getByRole("button", { name: "Cancel", exact: true }).click();
  await expectVisible(dialog.getByRole("button", { name: "Find again" }));
  assert.deepEqual(
    front.seen.filter(({ authorized }) => authorized),
    [],
  );
  await page.keyboard.press("Escape");
  await expectGone(dialog);

  const { settings } = await host.call("app_state");
  await host.call("settings_save", { ...settings, workOffline: true });
  await page.reload();
  const arrow = page.getByRole("button", { name: "Other ways to the EWS URL" });
  await expectPoll(() => arrow.getAttribute("aria-disabled"), "true");
  await arrow.hover();
  await expectVisible(page.getByRole("tooltip", { name: "Autodiscover needs the network. Work offline is on." }));
});

journey("the URL is found when checking", {}, async ({ t, page }) => {
  const exchange = await startExchange(t, { users: 12 });
  await openForm(page, exchange);
  await field(page).fill(exchange.ewsUrl);
  await choose(page, "Find when checking");
  await expectPoll(() => field(page).inputValue(), "Found when checking");
  await assertAccessible(page, "the URL is found when checking");
  await page.getByText(`Replaced ${exchange.ewsUrl}.`).locator("..").getByRole("button", { name: "Undo" }).click();
  await expectPoll(() => field(page).inputValue(), exchange.ewsUrl);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expectVisible(page.getByText("Saved, never checked").first());
  await choose(page, "Find when checking");
  const save = page.getByRole("button", { name: "Save", exact: true });
  await save.click();
  await expectPoll(() => save.getAttribute("aria-disabled"), "true", { because: "it is saved" });
  await page.reload();
  await expectPoll(() => field(page).inputValue(), "Found when checking");
  await page.getByRole("button", { name: "Enter a URL" }).click();
  await expectPoll(focused(field(page)), true, { because: "a URL can be typed at once" });
});
