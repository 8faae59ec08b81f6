// What a test asks a provider by hand: requests that trust the provider's own authority, and a listener for the answer.

import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { createLocalJWKSet, jwtVerify } from "jose";

/** One request; the answer's status, headers, text, and JSON when it is some. */
export function ask(provider, url, { method = "GET", form, json, headers = {} } = {}) {
  const body = form ? new URLSearchParams(form).toString() : json && JSON.stringify(json);
  const type = form ? { "content-type": "application/x-www-form-urlencoded" } : {};
  const ca = provider.caFile && readFileSync(provider.caFile);
  const { request } = url.startsWith("https:") ? https : http;
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, ca, headers: { ...type, ...headers }, agent: false }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        const json = /json/.test(response.headers["content-type"]) ? JSON.parse(text) : undefined;
        resolve({ status: response.statusCode, headers: response.headers, text, json });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** A request at the token endpoint. */
export function token(provider, form, at = provider.entra) {
  return ask(provider, at.tokenEndpoint, { method: "POST", form });
}

/** Sets faults while it runs. */
export async function fault(provider, faults) {
  const { status, json } = await ask(provider, `${provider.control}/faults`, { method: "PUT", json: faults });
  if (status !== 200) throw new Error(json.error);
}

/** The claims, if the provider's published keys say that the token is theirs and it is good now. */
export async function verified(provider, jwt, { at = provider.entra, ...expected }) {
  const { json } = await ask(provider, at.jwksUri);
  const options = { issuer: at.tokenIssuer, algorithms: ["RS256"], ...expected };
  const { payload } = await jwtVerify(jwt, createLocalJWKSet(json), options);
  return payload;
}

/** A listener of the kind that an application opens on loopback; keeps the queries it was asked with. */
export async function loopback(t) {
  const queries = [];
  const server = http.createServer((request, response) => {
    const url = new URL(request.url, "http://localhost");
    if (url.pathname === "/") queries.push(Object.fromEntries(url.searchParams));
    response.writeHead(url.pathname === "/" ? 200 : 404, { "content-type": "text/html" });
    response.end("<title>Back</title><p>You can close this window.</p>");
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { redirectUri: `http://localhost:${server.address().port}/`, queries };
}

/** An authorization request: its URL, and the secret half of its PKCE pair. */
export function authorization(provider, redirectUri, { at = provider.entra, ...changes } = {}) {
  const verifier = randomBytes(32).toString("base64url");
  const url = new URL(at.authorizationEndpoint);
  url.search = new URLSearchParams({
    client_id: provider.clients.native.id,
    response_type: "code",
    response_mode: "query",
    redirect_uri: redirectUri,
    scope: "https://outlook.office365.com/EWS.AccessAsUser.All openid profile offline_access",
    state: "a state of 1",
    nonce: "a nonce",
    prompt: "select_account",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...changes,
  }).toString();
  return { url: url.href, verifier };
}

/** The form that redeems a code. */
export function redeeming(provider, redirectUri, code, verifier) {
  return {
    grant_type: "authorization_code",
    client_id: provider.clients.native.id,
    redirect_uri: redirectUri,
    code,
    code_verifier: verifier,
  };
}
