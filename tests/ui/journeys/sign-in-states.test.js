// Every state of an OAuth sign-in, as it is shown: in light, dark and high contrast, and by the keyboard. Who issues
// tokens is played by the journey, which answers the window in the engine's place; form, messages and save are real.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { assertAccessible } from "../support/accessible.js";
import { expectGone, expectPoll, expectVisible } from "../support/expect.js";
import { folder } from "../support/host.js";
import { journey } from "../support/journey.js";

const tenant = "3f6e1c52-8a4b-4f0d-9c1e-2b7a5d904e11";
const clientId = "b1c0a7de-55f2-4c39-8e64-0d9f1a2b3c4d";
const button = "Microsoft 365 OAuth (EWS API)";

const nobody = {
  state: "not_signed_in",
  status: "Impersonation status: Not authorized",
  waiting: null,
  failure: null,
  account: null,
  expected: null,
  tenant: null,
  audience: null,
  scopes: [],
  roles: [],
  expiresAt: null,
  signedInAt: null,
  renewable: false,
  kept: false,
  otherValues: false,
  warnings: [],
};

const hours = (count) => new Date(Date.now() + count * 3_600_000).toISOString();

const authorized = {
  ...nobody,
  state: "authorized",
  status: "Impersonation status: Authorized",
  account: "svc-rg@contoso.com",
  tenant,
  audience: "https://mail.contoso.com/",
  scopes: ["EWS.AccessAsUser.All", "offline_access"],
  expiresAt: hours(1),
  signedInAt: hours(-3),
  renewable: true,
  kept: true,
};

const waiting = (more = {}) => ({
  ...nobody,
  state: "waiting",
  status: "Finish signing in in your browser",
  waiting: {
    link: `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/authorize?client_id=${clientId}`,
    userCode: null,
    until: hours(0.08),
    secondsLeft: 272,
    redirectUri: "http://localhost:49731/",
    discarded: 0,
    ...more,
  },
});

const failed = (kind, sentence, { code = null, nextStep = "", consentLink = null } = {}) => ({
  ...nobody,
  state: "failed",
  failure: { kind, sentence, nextStep, code, consentLink },
});

/** Answers what the window asks about the sign-in; `asked` tells what it asked. */
async function play(page, first) {
  const stage = { now: first, next: {}, asked: [] };
  await page.route(/\/call\/(sign_in_\w+|app_authorize)$/, async (route) => {
    const name = new URL(route.request().url()).pathname.split("/").at(-1);
    if (name !== "sign_in_show") stage.asked.push({ name, request: route.request().postDataJSON() });
    stage.now = stage.next[name] ?? stage.now;
    await route.fulfill({ json: name === "sign_in_open" ? {} : stage.now });
  });
  return stage;
}

/** An organization that signs in with OAuth, its form saved and open. */
async function open({ host, page }, { accessType = "ews_imp", now = nobody, form = {} } = {}) {
  const { settings } = await host.call("app_state");
  await host.call("settings_save", { ...settings, firstRunDone: true, checkNoticeSeen: true });
  const { id } = await host.call("organization_add", { name: "Contoso" });
  await host.call("user_add", {
    organization: id,
    address: "ada@contoso.com",
    name: "Ada",
    mustRefuse: false,
    tags: "",
  });
  const { form: before } = await host.call("email_configuration_show", { organization: id });
  const modern = { ...before.modern, tenant, clientId, keepSignedIn: true };
  await host.call("email_configuration_save", {
    organization: id,
    form: {
      ...before,
      accessType,
      accountLogon: "svc-rg@contoso.com",
      ewsUrl: "https://mail.contoso.com/EWS/Exchange.asmx",
      modern,
      ...form,
    },
    password: { kind: "keep" },
  });
  const stage = await play(page, now);
  await page.goto(`${host.url}organizations/${id}/configuration`);
  const panel = page.getByRole("region", { name: "OAuth sign-in" });
  await expectVisible(panel);
  return { id, stage, panel };
}

/** Whether nothing lies over the middle of it. */
function onTop(element) {
  const { x, y, width, height } = element.getBoundingClientRect();
  return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}

const seconds = (text) => text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);

journey("a sign-in waits, counts down, throws strangers away, and is called successful", {}, async (all) => {
  const { page } = all;
  const { stage, panel } = await open(all);
  await expectVisible(panel.getByText("Impersonation status: Not authorized"));
  await expectVisible(page.getByText("Sign in first."));
  await assertAccessible(page, "not signed in");

  stage.next.sign_in_start = waiting();
  await panel.getByRole("button", { name: button }).focus();
  await page.keyboard.press("Enter");
  await expectVisible(panel.getByText("Finish signing in in your browser"));
  assert.equal(stage.asked[0].request.form.modern.tenant, tenant, "the form as it stands goes with it");
  const timer = panel.getByRole("timer");
  assert.equal(await timer.textContent(), "4:32");
  stage.now = waiting({ secondsLeft: 271 });
  await expectPoll(async () => seconds(await timer.textContent()), 271);
  await assertAccessible(page, "waiting");

  stage.now = waiting({ secondsLeft: 270, discarded: 1 });
  await expectVisible(panel.getByText(/^The answer didn't belong to this sign-in and was discarded\./));
  await assertAccessible(page, "a stranger's answer was discarded");

  for (const name of ["Open again", "Copy link", "Use a code instead", "Cancel"]) {
    await expectVisible(panel.getByRole("button", { name }));
  }
  const code = { userCode: "F7QK2MHRT", link: "https://microsoft.com/devicelogin", redirectUri: null };
  stage.next.sign_in_start = waiting(code);
  await panel.getByRole("button", { name: "Use a code instead" }).focus();
  await page.keyboard.press("Enter");
  await expectVisible(panel.getByText("F7QK2MHRT"));
  assert.equal(stage.asked.at(-1).request.deviceCode, true);
  await expectVisible(panel.getByRole("button", { name: "Copy code" }));
  await assertAccessible(page, "a code is waited for");

  stage.now = authorized;
  await expectVisible(page.getByText("Signed in successfully"));
  await expectVisible(panel.getByText("Impersonation status: Authorized"));
  await expectVisible(panel.getByText("Impersonation isn't proven until a check passes."));
  for (const fact of ["svc-rg@contoso.com", tenant, "EWS.AccessAsUser.All offline_access"]) {
    await expectVisible(panel.getByText(fact));
  }
  await expectVisible(panel.getByText(/, renewed by itself$/));
  await expectGone(page.getByText("Sign in first."));
  await assertAccessible(page, "authorized");

  stage.next.sign_in_disconnect = nobody;
  await panel.getByRole("button", { name: "Disconnect" }).focus();
  await page.keyboard.press("Enter");
  const status = panel.getByText("Impersonation status: Not authorized");
  await expectVisible(status);
  await expectPoll(() => status.evaluate((text) => text.parentElement === document.activeElement), true, {
    because: "the keyboard stays where the button was",
  });
});

journey("another account is used only when that is allowed", {}, async (all) => {
  const { page } = all;
  const status = "Signed in as jane@contoso.com, expected svc-rg@contoso.com.";
  const other = {
    ...authorized,
    state: "other_account",
    status,
    account: "jane@contoso.com",
    expected: "svc-rg@contoso.com",
  };
  const { stage, panel } = await open(all, { now: other });
  await expectVisible(panel.getByText(status));
  await expectVisible(page.getByText("Another account is signed in: allow it, or sign in again."));
  await expectVisible(panel.getByRole("button", { name: "Sign in again" }));
  await assertAccessible(page, "another account");
  stage.next.sign_in_use = { ...authorized, account: "jane@contoso.com" };
  await panel.getByRole("button", { name: "Use jane@contoso.com" }).click();
  await expectVisible(panel.getByText("Impersonation status: Authorized"));
});

journey("what failed says why, its code, and what to do", {}, async (all) => {
  const { page } = all;
  const consentLink = `https://login.microsoftonline.com/${tenant}/adminconsent?client_id=${clientId}`;
  const sentence = "An administrator must approve this app.";
  const consent = failed("consent", sentence, { code: "AADSTS90094", nextStep: "Send them the link.", consentLink });
  const { stage, panel } = await open(all, { now: consent });
  await expectVisible(panel.getByText("Need admin approval"));
  await expectVisible(panel.getByText(consentLink));
  await expectVisible(panel.getByRole("button", { name: "Copy approval link" }));
  await expectVisible(panel.getByText("AADSTS90094"));
  await assertAccessible(page, "consent is needed");

  const cases = [
    failed("denied", "The sign-in was declined.", { code: "access_denied" }),
    failed("denied", "Conditional Access doesn't let it through.", { code: "AADSTS53003" }),
    failed("timed_out", "Nobody finished signing in within the time limit."),
    failed("port_taken", "Port 53682 is taken by another program.", { nextStep: "Close that program." }),
    failed("refused", "The redirect address isn't registered.", { code: "AADSTS50011" }),
    failed("refused", "mail.contoso.com isn't registered in this tenant.", { code: "AADSTS500011" }),
    failed("refused", "Public client flows are not allowed.", { code: "AADSTS7000218" }),
    failed("mismatch", "The answer can't be trusted and was discarded: another issuer."),
    failed("unreachable", "login.microsoftonline.com can't be asked: no such host."),
    failed("cancelled", "The sign-in was canceled."),
  ];
  for (const now of cases) {
    stage.next.sign_in_start = waiting();
    await panel.getByRole("button", { name: "Try again" }).click();
    await expectVisible(panel.getByRole("timer"));
    stage.next = {};
    stage.now = now;
    await expectVisible(panel.getByText(now.failure.sentence));
    if (now.failure.code !== null) await expectVisible(panel.getByText(now.failure.code, { exact: true }));
  }
  await assertAccessible(page, "a failed sign-in");
});

journey("an expired sign-in says so, and offline nothing is asked", {}, async (all) => {
  const { host, page } = all;
  const expired = {
    ...authorized,
    state: "expired",
    status: "Impersonation status: Expired",
    expiresAt: hours(-30),
    signedInAt: hours(-50),
    renewable: false,
  };
  const { stage, panel } = await open(all, { now: expired });
  await expectVisible(panel.getByText("Impersonation status: Expired"));
  await expectVisible(page.getByText("The sign-in has expired. Sign in again."));
  await assertAccessible(page, "expired");

  const { settings } = await host.call("app_state");
  await host.call("settings_save", { ...settings, workOffline: true });
  stage.now = authorized;
  await page.reload();
  await expectVisible(panel.getByText("Needs the network. Work offline is on."));
  await expectVisible(panel.getByText("Impersonation status: Authorized"));
  await expectVisible(panel.getByText(/^As of .+, 3 h ago\.$/));
  const main = panel.getByRole("button", { name: button });
  assert.equal(await main.getAttribute("aria-disabled"), "true");
  await main.press("Enter");
  assert.deepEqual(stage.asked, [], "nothing was asked");
  await assertAccessible(page, "offline");
});

journey("the fields say what is wrong, and Exchange Online is told of its end", {}, async (all) => {
  const { page } = all;
  const { stage, panel } = await open(all);
  const tenantField = page.getByRole("textbox", { name: "Directory (tenant) ID" });
  await tenantField.fill("common");
  await page.getByRole("textbox", { name: "Application (client) ID" }).fill("my app");
  await panel.getByRole("button", { name: button }).click();
  await expectVisible(page.getByText("Enter the directory ID or a domain of this tenant."));
  await expectVisible(page.getByText(/^Enter the application \(client\) ID, a GUID\./));
  await expectPoll(() => tenantField.evaluate((field) => field === document.activeElement), true);
  assert.deepEqual(stage.asked, [], "nobody was sent anywhere");
  await assertAccessible(page, "wrong fields");

  await page.getByRole("radio", { name: "AD FS" }).check();
  await page.getByRole("textbox", { name: "AD FS address" }).fill("http://adfs.contoso.com");
  await page.getByRole("textbox", { name: "Redirect port" }).fill("53682");
  await expectVisible(page.getByText("Enter the https address of AD FS."));
  await assertAccessible(page, "AD FS");
  await page.getByRole("button", { name: "Connection options" }).evaluate((last) => last.scrollIntoView());
  assert.ok(await page.getByText("Sign in first.").evaluate(onTop), "why nothing can be checked stays with its button");

  const url = page.getByRole("textbox", { name: "Exchange Web Services (EWS) URL" });
  await url.fill("https://outlook.office365.com/EWS/Exchange.asmx");
  await expectVisible(page.getByText("Exchange Online: closed since Feb 2025, use entry 6."));
  await assertAccessible(page, "closed for Exchange Online");
  await page.getByRole("button", { name: "Switch to entry 6" }).click();
  await expectVisible(page.getByRole("button", { name: "Microsoft 365 OAuth (Graph API)" }));
});

journey("an app gives its secret once, and shows its roles", {}, async (all) => {
  const { host, page, visit } = all;
  const { id, stage } = await open(all, { accessType: "graph_app" });
  const main = page.getByRole("button", { name: "Microsoft 365 OAuth (Graph API)" });
  await main.click();
  await expectVisible(page.getByText("Choose a certificate with its private key."));
  const secret = "Cl13nt-s3cret-canary";
  await page.getByRole("radio", { name: "Client secret" }).check();
  await page.getByRole("textbox", { name: "Client secret" }).fill(secret);
  const warnings = ["The tenant-wide grant overrides your scope."];
  stage.next.app_authorize = { ...authorized, account: clientId, scopes: [], roles: ["Mail.Read"], warnings };
  await main.click();
  await expectVisible(page.getByText("Impersonation status: Authorized"));
  const authorize = stage.asked.find(({ name }) => name === "app_authorize").request;
  assert.deepEqual(authorize.credential, { kind: "secret", secret });
  await expectVisible(page.getByText("Mail.Read", { exact: true }));
  await expectVisible(page.getByText("The tenant-wide grant overrides your scope."));
  await assertAccessible(page, "an authorized app");

  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expectVisible(page.getByText(/^Stored encrypted, with a key in /));
  const { appCredential } = await host.call("email_configuration_show", { organization: id });
  assert.equal(appCredential.hasSecret, true);
  assert.ok(!(await page.content()).includes(secret), "the secret is gone from the page");
  assert.ok(!JSON.stringify(await visit.answers()).includes(secret), "no command answers it");
});

/** A key and a certificate of an app in a PFX with a password; the certificate alone in a PEM. */
function appCertificate(t, password) {
  const at = (name) => join(folder(t, "app"), name);
  const [key, pem, pfx] = [at("key.pem"), at("public.pem"), at("app.pfx")];
  const openssl = (...words) => execFileSync("openssl", words, { stdio: "pipe" });
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Understudy check", "-days", "20"];
  openssl(...request, "-keyout", key, "-out", pem);
  openssl("pkcs12", "-export", "-inkey", key, "-in", pem, "-out", pfx, "-passout", `pass:${password}`);
  return { pem, pfx };
}

journey("a certificate is read with its password, and kept without showing its key", {}, async (all) => {
  const { t, host, page, visit } = all;
  const password = "Pfx-canary-7";
  const { pem, pfx } = appCertificate(t, password);
  const { id } = await open(all, { accessType: "ews_app" });
  const file = page.getByLabel("Certificate file", { exact: true });
  await file.setInputFiles(pem);
  await expectVisible(page.getByText(/^This certificate has no private key\./));
  await assertAccessible(page, "a certificate without a key");

  await file.setInputFiles(pfx);
  await expectVisible(page.getByText(/^This file has a password\./));
  const field = page.getByLabel("Password of the file, if it has one");
  await field.fill(password);
  await field.press("Enter");
  const facts = page.getByLabel("Certificate of the app");
  await expectVisible(facts.getByText("CN=Understudy check"));
  await expectVisible(facts.getByText(/^(19|20) days left: renew it before then\.$/));
  await assertAccessible(page, "a certificate that was read");

  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expectVisible(page.getByText(/^Stored encrypted, with a key in /));
  await expectVisible(facts.getByText("app.pfx"));
  const { appCredential } = await host.call("email_configuration_show", { organization: id });
  assert.match(appCredential.certificate.thumbprint, /^[0-9A-F]{40}$/);
  assert.ok(!(await page.content()).includes(password), "the password is gone from the page");
  assert.ok(!JSON.stringify(await visit.answers()).includes(password), "no command answers it");
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expectVisible(page.getByRole("button", { name: "Choose a PFX or PEM file" }));
});
