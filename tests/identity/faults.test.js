// What goes wrong on request: error answers, lifetimes, clocks, keys, and what the control endpoint tells.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { decodeJwt } from "jose";
import { start } from "./provider.js";
import { ask, authorization, fault, token, verified } from "./support/client.js";

let provider;

before(async () => {
  provider = await start();
});

after(() => provider?.close());

afterEach(() => ask(provider, `${provider.control}/faults`, { method: "DELETE" }));

const control = (what) => ask(provider, `${provider.control}/${what}`);

function bySecret() {
  const { id, secret } = provider.clients.secret;
  const scope = "https://outlook.office365.com/.default";
  return { grant_type: "client_credentials", client_id: id, client_secret: secret, scope };
}

async function answer(changes) {
  const { url } = authorization(provider, "http://localhost:4711/", changes);
  const { status, headers, text } = await ask(provider, url);
  return { status, text, parameters: headers.location && Object.fromEntries(new URL(headers.location).searchParams) };
}

test("a refusal goes home from the authorization endpoint", async () => {
  await fault(provider, { refuse: "AADSTS65001" });
  const { status, parameters } = await answer();
  assert.equal(status, 302);
  assert.equal(parameters.error, "consent_required");
  assert.match(parameters.error_description, /^AADSTS65001: .* Trace ID: .* Correlation ID: .* Timestamp: /);
  assert.equal(parameters.state, "a state of 1");
  assert.equal(parameters.iss, provider.entra.issuer);
});

test("a refusal that Entra shows on a page goes nowhere", async () => {
  await fault(provider, { refuse: "AADSTS50011" });
  const { status, text, parameters } = await answer();
  assert.equal(status, 400);
  assert.match(text, /AADSTS50011/);
  assert.equal(parameters, undefined);
});

test("a refusal never goes to a host that is not this machine", async () => {
  await fault(provider, { refuse: "access_denied" });
  const { url } = authorization(provider, "https://attacker.example/");
  const { headers } = await ask(provider, url);
  assert.equal(headers.location, undefined);
});

test("the token endpoint's refusals have Entra's shape", async () => {
  await fault(provider, { refuse: "AADSTS7000218" });
  const { status, json } = await token(provider, bySecret());
  assert.equal(status, 401);
  assert.equal(json.error, "invalid_client");
  assert.deepEqual(json.error_codes, [7000218]);
  for (const key of ["trace_id", "correlation_id", "timestamp"]) assert.ok(json[key], key);
});

test("AD FS's refusals have AD FS's shape, and a plain OAuth error its own", async () => {
  await fault(provider, { refuse: "MSIS9223" });
  const adfs = await token(provider, bySecret(), provider.adfs);
  assert.deepEqual(Object.keys(adfs.json), ["error", "error_description"]);
  assert.match(adfs.json.error_description, /^MSIS9223: /);
  await fault(provider, { refuse: "temporarily_unavailable" });
  const { status, json } = await token(provider, bySecret());
  assert.equal(status, 503);
  assert.equal(json.error, "temporarily_unavailable");
});

test("a refusal may be for one grant, and for so many times", async () => {
  await fault(provider, { refuse: "AADSTS50173", at: ["refresh_token"] });
  assert.equal((await token(provider, bySecret())).status, 200);
  await fault(provider, { refuse: "AADSTS53003", at: ["client_credentials"], times: 1 });
  assert.deepEqual((await token(provider, bySecret())).json.error_codes, [53003]);
  assert.equal((await token(provider, bySecret())).status, 200);
});

test("tokens live as long as is asked", async () => {
  await fault(provider, { tokenLifetime: 7 });
  const { json } = await token(provider, bySecret());
  assert.equal(json.expires_in, 7);
  const { iat, exp } = decodeJwt(json.access_token);
  assert.equal(exp - iat, 7);
});

test("a clock that is ahead shows in the tokens and in the Date", async () => {
  await fault(provider, { skew: 7200 });
  const { json, headers } = await token(provider, bySecret());
  await assert.rejects(verified(provider, json.access_token, {}), /nbf/);
  const ahead = Date.parse(headers.date) - Date.now();
  assert.ok(Math.abs(ahead - 7_200_000) < 60_000, `${ahead} ms`);
});

test("a foreign key, another audience and another tenant are in the token", async () => {
  await fault(provider, { foreignKey: true });
  const foreign = await token(provider, bySecret());
  await assert.rejects(verified(provider, foreign.json.access_token, {}), /signature/);
  await fault(provider, {
    foreignKey: false,
    claims: { aud: "https://elsewhere.example/", tid: "other", roles: null },
  });
  const { json } = await token(provider, bySecret());
  const claims = await verified(provider, json.access_token, { audience: "https://elsewhere.example/" });
  assert.equal(claims.tid, "other");
  assert.equal(claims.roles, undefined);
});

test("the token endpoint can be down, busy, slow, and gone", async () => {
  await fault(provider, { status: 429, retryAfter: 3 });
  const busy = await token(provider, bySecret());
  assert.equal(busy.status, 429);
  assert.equal(busy.headers["retry-after"], "3");
  await fault(provider, { status: null, hangUp: true });
  await assert.rejects(token(provider, bySecret()), /socket hang up|ECONNRESET/);
  await fault(provider, { hangUp: false, delay: 300 });
  const began = Date.now();
  assert.equal((await token(provider, bySecret())).status, 200);
  assert.ok(Date.now() - began >= 300);
});

test("the metadata says where everything is, and lies on request", async () => {
  for (const family of ["entra", "adfs"]) {
    const at = provider[family];
    const { json } = await ask(provider, at.metadata);
    assert.equal(json.issuer, at.issuer);
    assert.equal(json.authorization_endpoint, at.authorizationEndpoint);
    assert.equal(json.token_endpoint, at.tokenEndpoint);
    assert.equal(json.device_authorization_endpoint, at.deviceEndpoint);
    assert.equal(json.revocation_endpoint, at.revocationEndpoint);
    assert.equal(json.jwks_uri, at.jwksUri);
    assert.equal(json.authorization_response_iss_parameter_supported, true);
  }
  await fault(provider, { metadata: { issuer: "https://elsewhere.example", jwks_uri: null } });
  const { json } = await ask(provider, provider.entra.metadata);
  assert.equal(json.issuer, "https://elsewhere.example");
  assert.equal("jwks_uri" in json, false);
});

test("the metadata of no tenant has a template for its issuer", async () => {
  for (const tenant of ["common", "organizations"]) {
    const url = `${provider.origin}/${tenant}/v2.0/.well-known/openid-configuration`;
    const { json } = await ask(provider, url);
    assert.equal(json.issuer, `${provider.origin}/{tenantid}/v2.0`);
    assert.equal(json.token_endpoint, `${provider.origin}/${tenant}/oauth2/v2.0/token`);
  }
});

test("what was asked is counted and kept until it is forgotten", async () => {
  await ask(provider, `${provider.control}/requests`, { method: "DELETE" });
  await token(provider, bySecret());
  await ask(provider, provider.entra.metadata);
  const { json } = await control("state");
  assert.deepEqual(json.counts, { token: 1, "token client_credentials": 1, metadata: 1 });
  const { json: requests } = await control("requests");
  assert.equal(requests[0].endpoint, "token");
  assert.equal(requests[0].status, 200);
  assert.equal(requests[0].parameters.scope, "https://outlook.office365.com/.default");
});

test("a fault that does not exist is an error", async () => {
  await assert.rejects(fault(provider, { refused: "AADSTS65001" }), /no fault is called refused/);
  assert.equal((await control("nothing")).status, 404);
});
