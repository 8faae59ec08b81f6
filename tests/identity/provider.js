#!/usr/bin/env node
// An identity provider for tests: npm `oidc-provider`, which nobody here wrote, in the shape of Entra and of AD FS.
//
//   node provider.js [--http] [--refuse CODE] [--token-lifetime SECONDS] [--skew SECONDS] [--wrong-issuer] …
//
// One line of JSON on standard output says where everything is; see README.md.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ACCOUNTS, PASSWORD, TENANT, TENANT_DOMAIN } from "./support/accounts.js";
import { authority } from "./support/authority.js";
import { clientCertificate, registered, serverCertificate } from "./support/certificates.js";
import { faults as newFaults } from "./support/faults.js";
import { door, listen } from "./support/front.js";
import { untilTold } from "./support/stop.js";
import { memory } from "./support/store.js";
import { signingKey } from "./support/tokens.js";

const NATIVE = "b1a7f1c4-3a55-4a7f-9d26-5d6d1f3c0a01";
const SECRET = "b1a7f1c4-3a55-4a7f-9d26-5d6d1f3c0a02";
const CERTIFICATE = "b1a7f1c4-3a55-4a7f-9d26-5d6d1f3c0a03";
/** Of the shape that Entra's secrets have. */
const secret = "q7X8Q~4mHn.TEST-only-3vJ1kUeYw0zRbLs5aDf2";

/**
 * Starts it and answers what a test needs, with `close`.
 * @param http plain instead of TLS
 * @param faults see support/faults.js
 * @param certificate PEM file of the application that signs in with one; made when absent
 * @param resources host names that are registered; all of them when absent
 */
export async function start({ http = false, faults = {}, certificate, resources } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "understudy-identity-"));
  const tls = http ? undefined : serverCertificate(folder);
  const application = certificate
    ? { certificateFile: resolve(certificate), ...registered(certificate) }
    : clientCertificate(folder);
  const { server, port } = await listen(tls);
  const origin = `${http ? "http" : "https"}://localhost:${port}`;
  const state = newFaults(faults);
  const key = signingKey();
  const clients = registrations(application);
  const families = { entra: entra(origin), adfs: adfs(origin) };
  const authorities = {};
  const stores = [];
  for (const [family, at] of Object.entries(families)) {
    const store = memory();
    stores.push(store);
    authorities[family] = { at, provider: authority({ family, at, clients, faults: state, key, store }) };
  }
  server.on("request", door({ authorities, faults: state, stores, resources }));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    rmSync(folder, { recursive: true, force: true });
  };
  return { ...described(origin, families, application, tls), faults: state, close };
}

/** Entra's paths, below one tenant. */
function entra(origin) {
  const base = `/${TENANT}/oauth2/v2.0`;
  const routes = {
    authorization: `${base}/authorize`,
    token: `${base}/token`,
    device_authorization: `${base}/devicecode`,
    revocation: `${base}/revoke`,
    end_session: `${base}/logout`,
    jwks: `/${TENANT}/discovery/v2.0/keys`,
    userinfo: `/${TENANT}/openid/userinfo`,
    code_verification: "/devicelogin",
  };
  const issuer = `${origin}/${TENANT}/v2.0`;
  return { issuer, tokenIssuer: issuer, metadata: `/${TENANT}/v2.0`, login: "/login", routes };
}

/** AD FS's paths. */
function adfs(origin) {
  const routes = {
    authorization: "/adfs/oauth2/authorize",
    token: "/adfs/oauth2/token",
    device_authorization: "/adfs/oauth2/devicecode",
    revocation: "/adfs/oauth2/revoke",
    end_session: "/adfs/oauth2/logout",
    jwks: "/adfs/discovery/keys",
    userinfo: "/adfs/userinfo",
    code_verification: "/adfs/oauth2/deviceauth",
  };
  const issuer = `${origin}/adfs`;
  return { issuer, tokenIssuer: `${issuer}/services/trust`, metadata: "/adfs", login: "/adfs/ls", routes };
}

function registrations({ jwk, thumbprint }) {
  const appOnly = { grant_types: ["client_credentials"], redirect_uris: [], response_types: [] };
  return [
    {
      client_id: NATIVE,
      client_name: "Understudy",
      application_type: "native",
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
      response_types: ["code"],
      // Entra takes `http://localhost:PORT/` too where `http://localhost` is registered.
      redirect_uris: ["http://localhost", "http://localhost/"],
    },
    { ...appOnly, client_id: SECRET, token_endpoint_auth_method: "client_secret_post", client_secret: secret },
    {
      ...appOnly,
      client_id: CERTIFICATE,
      token_endpoint_auth_method: "private_key_jwt",
      token_endpoint_auth_signing_alg: "PS256",
      jwks: { keys: [{ ...jwk, use: "sig", alg: "PS256", "x5t#S256": thumbprint }] },
    },
  ];
}

function described(origin, families, { jwk: _, ...application }, tls) {
  return {
    origin,
    ...(tls ? { caFile: tls.caFile } : {}),
    tenant: TENANT,
    tenantDomain: TENANT_DOMAIN,
    entra: endpoints(origin, families.entra),
    adfs: endpoints(origin, families.adfs),
    clients: {
      native: { id: NATIVE, redirectUri: "http://localhost" },
      secret: { id: SECRET, secret },
      certificate: { id: CERTIFICATE, ...application },
    },
    accounts: ACCOUNTS.map((one) => ({ ...one, password: PASSWORD })),
    control: `${origin}/__control`,
  };
}

function endpoints(origin, { issuer, tokenIssuer, metadata, routes }) {
  return {
    issuer,
    tokenIssuer,
    metadata: `${origin}${metadata}/.well-known/openid-configuration`,
    authorizationEndpoint: origin + routes.authorization,
    tokenEndpoint: origin + routes.token,
    deviceEndpoint: origin + routes.device_authorization,
    devicePage: origin + routes.code_verification,
    revocationEndpoint: origin + routes.revocation,
    jwksUri: origin + routes.jwks,
  };
}

/** What the words of the command ask for. */
function options(words) {
  const { values } = parseArgs({
    args: words,
    options: {
      http: { type: "boolean" },
      refuse: { type: "string" },
      at: { type: "string", multiple: true },
      "token-lifetime": { type: "string" },
      skew: { type: "string" },
      "wrong-issuer": { type: "boolean" },
      faults: { type: "string" },
      certificate: { type: "string" },
      resource: { type: "string", multiple: true },
      "until-stdin-ends": { type: "boolean" },
    },
  });
  const faults = {
    ...(values.refuse && { refuse: values.refuse, at: values.at ?? null }),
    ...(values["token-lifetime"] && { tokenLifetime: Number(values["token-lifetime"]) }),
    ...(values.skew && { skew: Number(values.skew) }),
    ...(values["wrong-issuer"] && { answer: { iss: "https://login.elsewhere.example/v2.0" } }),
    ...(values.faults && JSON.parse(values.faults)),
  };
  const { http, certificate, resource } = values;
  return { start: { http, faults, certificate, resources: resource }, untilStdinEnds: values["until-stdin-ends"] };
}

async function command(words) {
  // Standard output is the one line: what the library has to say goes to standard error.
  console.info = console.error;
  const wanted = options(words);
  const { faults: _, close, ...line } = await start(wanted.start);
  untilTold(close, wanted.untilStdinEnds);
  console.log(JSON.stringify(line));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await command(process.argv.slice(2));
