#!/usr/bin/env node
// A second identity provider nobody here wrote, by another author: npm `oauth2-mock-server`. The happy path only: it asks
// nobody for a password and sends no `iss` back. An OpenID provider known by its URL, with paths of its own.
//
//   node second.js [--http] [--account NAME] [--until-stdin-ends]
//
// One line of JSON on standard output says where everything is, like provider.js.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { OAuth2Server } from "oauth2-mock-server";
import { ACCOUNTS, named } from "./support/accounts.js";
import { serverCertificate } from "./support/certificates.js";
import { audience, parsed, roles } from "./support/scopes.js";
import { untilTold } from "./support/stop.js";

/** Takes any client; this one is as good as another. */
const CLIENT = "c2a7f1c4-3a55-4a7f-9d26-5d6d1f3c0b01";

/** Starts it and answers what a test needs, with `close`. */
export async function start({ http = false, account = ACCOUNTS[0].account } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "understudy-identity-"));
  const tls = http ? undefined : serverCertificate(folder);
  const server = new OAuth2Server(tls?.keyFile, tls?.certificateFile);
  await server.issuer.keys.generate("RS256");
  await server.start(0, "127.0.0.1");
  exchange(server.service, named(account));
  const { url } = server.issuer;
  const close = async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    origin: url,
    ...(tls ? { caFile: tls.caFile } : {}),
    openid: {
      issuer: url,
      tokenIssuer: url,
      metadata: `${url}/.well-known/openid-configuration`,
      authorizationEndpoint: `${url}/authorize`,
      tokenEndpoint: `${url}/token`,
      revocationEndpoint: `${url}/revoke`,
      jwksUri: `${url}/jwks`,
    },
    clients: { native: { id: CLIENT, redirectUri: "http://localhost" } },
    accounts: [named(account)],
    close,
  };
}

/** Puts into the tokens what Exchange looks at; remembers what a code and a refresh token were given for. */
function exchange(service, account) {
  const given = new Map();
  const asked = ({ body }) => body.scope ?? given.get(body.code) ?? given.get(body.refresh_token) ?? "";
  service.on("beforeAuthorizeRedirect", ({ url }, request) => {
    given.set(url.searchParams.get("code"), request.query.scope);
  });
  service.on("beforeTokenSigning", ({ payload }, request) => {
    const { client_id, grant_type } = request.body;
    const { account: upn, name, objectId } = account;
    const person = { sub: objectId, oid: objectId, upn, name, preferred_username: upn };
    // The library builds the id token last, for the client.
    if (payload.aud === client_id && client_id !== undefined) return Object.assign(payload, person);
    const { resources, scopes } = parsed(asked(request));
    const [resource] = resources;
    delete payload.scope;
    if (resource === undefined) return payload;
    const granted = grant_type === "client_credentials" ? { sub: client_id, roles: roles(resource) } : person;
    const scp = scopes.filter((scope) => !["openid", "profile", "email", "offline_access"].includes(scope)).join(" ");
    const delegated = granted === person ? { scp } : {};
    return Object.assign(payload, { aud: audience(resource), appid: client_id, ...granted, ...delegated });
  });
  service.on("beforeResponse", ({ body }, request) => {
    body.scope = asked(request);
    if (body.refresh_token) given.set(body.refresh_token, body.scope);
  });
}

async function command(words) {
  const { values } = parseArgs({
    args: words,
    options: { http: { type: "boolean" }, account: { type: "string" }, "until-stdin-ends": { type: "boolean" } },
  });
  const { close, ...line } = await start(values);
  untilTold(close, values["until-stdin-ends"]);
  console.log(JSON.stringify(line));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await command(process.argv.slice(2));
