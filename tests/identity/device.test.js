// A code shown on one screen and typed on another.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, signIn } from "./browser.js";
import { start } from "./provider.js";
import { ask, fault, token, verified } from "./support/client.js";

let provider;
let browser;

before(async () => {
  [provider, browser] = await Promise.all([start(), launch()]);
});

after(async () => {
  await browser?.close();
  await provider?.close();
});

const scope = "https://outlook.office365.com/EWS.AccessAsUser.All openid profile offline_access";

async function begun(at = provider.entra) {
  const form = { client_id: provider.clients.native.id, scope };
  const { status, json } = await ask(provider, at.deviceEndpoint, { method: "POST", form });
  assert.equal(status, 200, JSON.stringify(json));
  return json;
}

function poll(device_code, at) {
  const grant_type = "urn:ietf:params:oauth:grant-type:device_code";
  return token(provider, { grant_type, client_id: provider.clients.native.id, device_code }, at);
}

test("what is begun says where to go and with which code", async () => {
  const begin = await begun();
  assert.equal(begin.verification_uri, provider.entra.devicePage);
  assert.match(begin.user_code, /^[A-Z]{9}$/);
  assert.equal(begin.verification_uri_complete, undefined, "Entra has none");
  assert.equal(begin.expires_in, 900);
  assert.equal(begin.interval, 1);
  assert.ok(begin.message.includes(begin.user_code));
});

for (const family of ["entra", "adfs"]) {
  test(`a typed code signs the device in (${family})`, async () => {
    const at = provider[family];
    const begin = await begun(at);
    const pending = await poll(begin.device_code, at);
    assert.equal(pending.json.error, "authorization_pending");
    const page = await signIn(browser, begin.verification_uri, { code: begin.user_code.toLowerCase() });
    assert.deepEqual(page.pages, ["Enter code", "Confirm", "Sign in", "Permissions requested", "You have signed in"]);
    const { status, json } = await poll(begin.device_code, at);
    assert.equal(status, 200, JSON.stringify(json));
    assert.ok(json.refresh_token);
    const claims = await verified(provider, json.access_token, { at, audience: "https://outlook.office365.com" });
    assert.equal(claims.upn, "svc-ews@contoso.example");
    assert.equal((await poll(begin.device_code, at)).status, 400, "a device code buys once");
  });
}

test("who presses Cancel declines for the device", async () => {
  const begin = await begun();
  await signIn(browser, begin.verification_uri, { code: begin.user_code, deny: true });
  assert.equal((await poll(begin.device_code)).json.error, "authorization_declined");
});

test("a code that is none stays at the form", async () => {
  const page = await signIn(browser, provider.entra.devicePage, { code: "BBBBBBBBB" });
  assert.equal(page.title, "Enter code");
  assert.match(page.text, /didn't work/);
});

test("a device is told to slow down, and that its code expired", async (t) => {
  t.after(() => fault(provider, { slowDown: 0, deviceLifetime: 900 }));
  await fault(provider, { slowDown: 1, deviceLifetime: 1 });
  const begin = await begun();
  assert.equal((await poll(begin.device_code)).json.error, "slow_down");
  let json;
  do {
    await new Promise((later) => setTimeout(later, 100));
    ({ json } = await poll(begin.device_code));
  } while (json.error === "authorization_pending");
  assert.equal(json.error, "expired_token");
  assert.deepEqual(json.error_codes, [70019]);
});
