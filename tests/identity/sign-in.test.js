// A person signs in with a real browser; an application on loopback gets the answer and keeps itself signed in.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, signIn } from "./browser.js";
import { start } from "./provider.js";
import { ask, authorization, fault, loopback, redeeming, token, verified } from "./support/client.js";

let provider;
let browser;

before(async () => {
  [provider, browser] = await Promise.all([start(), launch()]);
});

after(async () => {
  await browser?.close();
  await provider?.close();
});

/** Signs in and answers what the application was told, and what it needs to redeem it. */
async function signedIn(t, changes = {}, person = {}) {
  const { redirectUri, queries } = await loopback(t);
  const { url, verifier } = authorization(provider, redirectUri, changes);
  const page = await signIn(browser, url, person);
  return { page, answer: queries[0], queries, redirectUri, verifier };
}

async function tokens(t, changes) {
  const { answer, redirectUri, verifier } = await signedIn(t, changes);
  const { status, json } = await token(provider, redeeming(provider, redirectUri, answer.code, verifier), changes?.at);
  assert.equal(status, 200, JSON.stringify(json));
  return json;
}

const refreshing = (refresh_token) => ({
  grant_type: "refresh_token",
  client_id: provider.clients.native.id,
  refresh_token,
});

test("a code comes back to loopback and buys tokens that Exchange would take", async (t) => {
  const { page, answer, redirectUri, verifier } = await signedIn(t);
  assert.deepEqual(page.pages, ["Sign in", "Permissions requested", "Back"]);
  assert.equal(page.text, "You can close this window.");
  assert.equal(answer.state, "a state of 1");
  assert.equal(answer.iss, provider.entra.issuer);
  const { json } = await token(provider, redeeming(provider, redirectUri, answer.code, verifier));
  assert.equal(json.scope, "https://outlook.office365.com/EWS.AccessAsUser.All");
  assert.equal(json.expires_in, 3600);
  const access = await verified(provider, json.access_token, { audience: "https://outlook.office365.com" });
  assert.equal(access.scp, "EWS.AccessAsUser.All");
  assert.equal(access.upn, "svc-ews@contoso.example");
  assert.equal(access.tid, provider.tenant);
  assert.equal(access.appid, provider.clients.native.id);
  assert.equal(access.roles, undefined);
  const { issuer } = provider.entra;
  const id = await verified(provider, json.id_token, { issuer, audience: provider.clients.native.id });
  assert.equal(id.nonce, "a nonce");
  assert.equal(id.preferred_username, "svc-ews@contoso.example");
});

test("AD FS signs in at its own paths, for a host of one's own", async (t) => {
  const scope = "https://mail.contoso.example/EWS.AccessAsUser.All openid offline_access";
  const json = await tokens(t, { at: provider.adfs, scope });
  const audience = "https://mail.contoso.example/";
  const claims = await verified(provider, json.access_token, { at: provider.adfs, audience });
  assert.equal(claims.scp, "EWS.AccessAsUser.All");
  assert.equal(claims.iss, `${provider.origin}/adfs/services/trust`);
  assert.equal(claims.tid, undefined);
});

test("AD FS takes the resource as a parameter too", async (t) => {
  const resource = "https://mail.contoso.example/";
  const json = await tokens(t, { at: provider.adfs, scope: "openid EWS.AccessAsUser.All", resource });
  const claims = await verified(provider, json.access_token, { at: provider.adfs, audience: resource });
  assert.equal(claims.scp, "EWS.AccessAsUser.All");
});

test("another account is another token", async (t) => {
  const person = { account: "other@contoso.example" };
  const { answer, redirectUri, verifier } = await signedIn(t, { login_hint: "svc-ews@contoso.example" }, person);
  const { json } = await token(provider, redeeming(provider, redirectUri, answer.code, verifier));
  const claims = await verified(provider, json.access_token, {});
  assert.equal(claims.upn, "other@contoso.example");
});

test("a wrong password stays at the sign-in", async (t) => {
  const { page, queries } = await signedIn(t, {}, { password: "wrong" });
  assert.match(page.text, /AADSTS50126/);
  assert.deepEqual(queries, []);
});

test("who presses Cancel sends the application home with access_denied", async (t) => {
  const { answer } = await signedIn(t, {}, { deny: true });
  assert.equal(answer.error, "access_denied");
  assert.match(answer.error_description, /^AADSTS65004: /);
  assert.equal(answer.state, "a state of 1");
  assert.equal(answer.code, undefined);
});

test("a redirect URI that is not registered gets a page, not an answer", async () => {
  const { url } = authorization(provider, "http://attacker.example/");
  const { status, text, headers } = await ask(provider, url);
  assert.equal(status, 400);
  assert.match(text, /AADSTS50011/);
  assert.equal(headers.location, undefined);
});

test("a request without PKCE is refused", async (t) => {
  const { redirectUri } = await loopback(t);
  const url = new URL(authorization(provider, redirectUri).url);
  url.searchParams.delete("code_challenge");
  url.searchParams.delete("code_challenge_method");
  const { headers } = await ask(provider, url.href);
  assert.equal(new URL(headers.location).searchParams.get("error"), "invalid_request");
});

test("a code buys once", async (t) => {
  const { answer, redirectUri, verifier } = await signedIn(t);
  const form = redeeming(provider, redirectUri, answer.code, verifier);
  const first = await token(provider, form);
  const again = await token(provider, form);
  assert.equal(again.status, 400);
  assert.equal(again.json.error, "invalid_grant");
  assert.match(again.json.error_description, /^AADSTS54005: /);
  const { status, json } = await token(provider, refreshing(first.json.refresh_token));
  assert.equal(status, 400, "what was bought with it is revoked");
  assert.deepEqual(json.error_codes, [50173]);
});

test("a code is nothing without the verifier it was asked for with", async (t) => {
  const { answer, redirectUri } = await signedIn(t);
  const other = authorization(provider, redirectUri).verifier;
  const { status, json } = await token(provider, redeeming(provider, redirectUri, answer.code, other));
  assert.equal(status, 400);
  assert.match(json.error_description, /^AADSTS501481: /);
});

test("a refresh token is replaced by use, and using it again revokes the family", async (t) => {
  const first = await tokens(t);
  const second = await token(provider, refreshing(first.refresh_token));
  assert.equal(second.status, 200);
  assert.notEqual(second.json.refresh_token, first.refresh_token);
  await verified(provider, second.json.access_token, { audience: "https://outlook.office365.com" });
  const stolen = await token(provider, refreshing(first.refresh_token));
  assert.equal(stolen.json.error, "invalid_grant");
  assert.deepEqual(stolen.json.error_codes, [50173]);
  const mine = await token(provider, refreshing(second.json.refresh_token));
  assert.equal(mine.status, 400, "the one that was good is revoked with it");
  assert.deepEqual(mine.json.error_codes, [50173]);
});

test("a refresh keeps the scope that is asked for again", async (t) => {
  const { refresh_token } = await tokens(t);
  const scope = "https://outlook.office365.com/EWS.AccessAsUser.All openid profile offline_access";
  const { json } = await token(provider, { ...refreshing(refresh_token), scope });
  assert.equal(json.scope, "https://outlook.office365.com/EWS.AccessAsUser.All");
});

test("without offline_access there is no refresh token", async (t) => {
  const json = await tokens(t, { scope: "https://outlook.office365.com/EWS.AccessAsUser.All openid" });
  assert.equal(json.refresh_token, undefined);
  assert.ok(json.access_token);
});

test("what is revoked is gone", async (t) => {
  const { refresh_token } = await tokens(t);
  const form = { token: refresh_token, token_type_hint: "refresh_token", client_id: provider.clients.native.id };
  const { status } = await ask(provider, provider.entra.revocationEndpoint, { method: "POST", form });
  assert.equal(status, 200);
  assert.equal((await token(provider, refreshing(refresh_token))).json.error, "invalid_grant");
});

test("the control endpoint revokes an account", async (t) => {
  const { refresh_token } = await tokens(t);
  const revoke = (account) => ask(provider, `${provider.control}/revoke`, { method: "POST", json: { account } });
  assert.equal((await revoke("other@contoso.example")).json.revoked >= 0, true);
  const rotated = await token(provider, refreshing(refresh_token));
  assert.equal(rotated.status, 200, "somebody else's revocation is not this one's");
  assert.ok((await revoke("svc-ews@contoso.example")).json.revoked > 0);
  const { json } = await token(provider, refreshing(rotated.json.refresh_token));
  assert.deepEqual(json.error_codes, [50173]);
});

test("an answer can be tampered with on request", async (t) => {
  t.after(() => fault(provider, { answer: {} }));
  await fault(provider, { answer: { iss: "https://login.elsewhere.example/v2.0", state: null } });
  const { answer } = await signedIn(t);
  assert.equal(answer.iss, "https://login.elsewhere.example/v2.0");
  assert.equal(answer.state, undefined);
  assert.ok(answer.code);
});
