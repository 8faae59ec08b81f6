// An application signs in as itself, by a secret or a certificate; and the independent check of its assertion.

import assert from "node:assert/strict";
import { createPrivateKey, generateKeyPairSync, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { SignJWT } from "jose";
import { start } from "./provider.js";
import { ask, token, verified } from "./support/client.js";
import { verify } from "./verify-assertion.js";

const EWS = "https://outlook.office365.com/.default";

let provider;

before(async () => {
  provider = await start();
});

after(() => provider?.close());

const byTenantName = () => ({
  ...provider.entra,
  tokenEndpoint: `${provider.origin}/${provider.tenantDomain}/oauth2/v2.0/token`,
});

function bySecret(changes = {}) {
  const { id, secret } = provider.clients.secret;
  return { grant_type: "client_credentials", client_id: id, client_secret: secret, scope: EWS, ...changes };
}

async function assertion({ header = {}, claims = {}, key } = {}) {
  const { id, keyFile, thumbprint } = provider.clients.certificate;
  const now = Math.floor(Date.now() / 1000);
  const standard = { iss: id, sub: id, aud: provider.entra.tokenEndpoint, jti: randomUUID() };
  return new SignJWT({ ...standard, iat: now, nbf: now, exp: now + 300, ...claims })
    .setProtectedHeader({ alg: "PS256", typ: "JWT", "x5t#S256": thumbprint, ...header })
    .sign(key ?? createPrivateKey(readFileSync(keyFile)));
}

async function byCertificate(changes = {}, at = provider.entra) {
  const form = {
    grant_type: "client_credentials",
    client_id: provider.clients.certificate.id,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: await assertion(changes),
    scope: EWS,
  };
  return token(provider, form, at);
}

function refused({ status, json }, code, error = "invalid_client") {
  assert.equal(json.error, error);
  assert.equal(json.error_codes[0], code, json.error_description);
  assert.equal(status, error === "invalid_client" ? 401 : 400);
}

test("a secret buys a token with the role of EWS and no scope", async () => {
  const { status, json } = await token(provider, bySecret());
  assert.equal(status, 200);
  const claims = await verified(provider, json.access_token, { audience: "https://outlook.office365.com" });
  assert.deepEqual(claims.roles, ["full_access_as_app"]);
  assert.equal(claims.scp, undefined);
  assert.equal(claims.upn, undefined);
  assert.equal(claims.appid, provider.clients.secret.id);
  assert.equal(claims.appidacr, "1");
  assert.equal(json.refresh_token, undefined);
});

test("Graph has roles of its own", async () => {
  const { json } = await token(provider, bySecret({ scope: "https://graph.microsoft.com/.default" }));
  const claims = await verified(provider, json.access_token, { audience: "https://graph.microsoft.com" });
  assert.ok(claims.roles.includes("Mail.Read"));
});

test("AD FS knows the resource by its parameter", async () => {
  const form = bySecret({ scope: undefined, resource: "https://mail.contoso.example/" });
  delete form.scope;
  const { json } = await token(provider, form, provider.adfs);
  await verified(provider, json.access_token, { at: provider.adfs, audience: "https://mail.contoso.example/" });
});

test("a wrong, a missing and an unknown secret are told apart", async () => {
  refused(await token(provider, bySecret({ client_secret: "wrong" })), 7000215);
  const { client_secret: _, ...without } = bySecret();
  refused(await token(provider, without), 7000218);
  refused(await token(provider, bySecret({ client_id: randomUUID() })), 700016, "unauthorized_client");
});

test("a public client has no secret, and an application asks for .default", async () => {
  refused(await token(provider, bySecret({ client_id: provider.clients.native.id })), 700025);
  const scope = "https://outlook.office365.com/EWS.AccessAsUser.All";
  refused(await token(provider, bySecret({ scope })), 70011, "invalid_scope");
});

test("a tenant nobody knows is refused", async () => {
  const tokenEndpoint = `${provider.origin}/fabrikam.example/oauth2/v2.0/token`;
  refused(await token(provider, bySecret(), { tokenEndpoint }), 90002, "invalid_request");
});

test("a certificate buys a token", async () => {
  const { status, json } = await byCertificate();
  assert.equal(status, 200, JSON.stringify(json));
  const claims = await verified(provider, json.access_token, { audience: "https://outlook.office365.com" });
  assert.deepEqual(claims.roles, ["full_access_as_app"]);
  assert.equal(claims.appidacr, "2");
});

test("the assertion's audience may name the tenant as the request does", async () => {
  const at = byTenantName();
  assert.equal((await byCertificate({ claims: { aud: at.tokenEndpoint } }, at)).status, 200);
});

test("an assertion of another key, thumbprint, audience, time or algorithm is refused", async () => {
  const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const past = Math.floor(Date.now() / 1000) - 3600;
  refused(await byCertificate({ key: other }), 700027);
  refused(await byCertificate({ header: { "x5t#S256": "AAAA" } }), 700027);
  refused(await byCertificate({ header: { alg: "RS256" } }), 700027);
  refused(await byCertificate({ claims: { aud: "https://login.elsewhere.example/token" } }), 700023);
  refused(await byCertificate({ claims: { exp: past, nbf: past - 300 } }), 700024);
});

test("an assertion is good once", async () => {
  const claims = { jti: randomUUID() };
  assert.equal((await byCertificate({ claims })).status, 200);
  refused(await byCertificate({ claims }), 700027);
});

test("a host that is not registered is no resource", async (t) => {
  const strict = await start({ http: true, resources: ["outlook.office365.com"] });
  t.after(() => strict.close());
  assert.equal((await token(strict, bySecret())).status, 200);
  refused(
    await token(strict, bySecret({ scope: "https://mail.contoso.example/.default" })),
    500011,
    "invalid_resource",
  );
});

test("the independent check takes a good assertion and names what is wrong with others", async () => {
  const pem = readFileSync(provider.clients.certificate.certificateFile, "utf8");
  const expected = { audience: provider.entra.tokenEndpoint, client: provider.clients.certificate.id };
  const problems = async (changes) => (await verify(await assertion(changes), pem, expected)).problems.join("; ");
  const now = Math.floor(Date.now() / 1000);
  assert.equal(await problems({}), "");
  assert.match(await problems({ header: { alg: "RS256" } }), /^alg is RS256; signature: /);
  assert.match(await problems({ header: { typ: "at+jwt" } }), /^typ is at\+jwt$/);
  assert.match(await problems({ header: { "x5t#S256": "AAAA" } }), /^x5t#S256 is not/);
  assert.match(await problems({ claims: { aud: provider.entra.issuer } }), /^aud is /);
  assert.match(await problems({ claims: { sub: "somebody" } }), /^iss is .*sub is somebody$/);
  assert.match(await problems({ claims: { jti: undefined } }), /^jti is undefined$/);
  assert.match(await problems({ claims: { exp: now + 601 } }), /^good for 601 s$/);
  assert.match(await problems({ claims: { nbf: now - 700, exp: now - 100 } }), /^expired$/);
  assert.match(await problems({ key: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey }), /^signature: /);
  assert.match((await verify("nonsense", pem)).problems[0], /^no JWT/);
});

test("only the public part of the key is published", async () => {
  const { json } = await ask(provider, provider.entra.jwksUri);
  assert.equal(json.keys.length, 1);
  assert.equal(json.keys[0].d, undefined, "no private part");
});
