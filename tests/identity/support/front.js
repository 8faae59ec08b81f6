// The door: every request comes here first. It counts, answers the faults, finds the authority a path belongs to, and
// hands over what that one is to see.

import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { parse } from "node:querystring";
import { setTimeout as after } from "node:timers/promises";
import { TENANT, TENANT_DOMAIN } from "./accounts.js";
import { rewritten } from "./authority.js";
import { control } from "./control.js";
import { signIn } from "./interaction.js";
import { failure } from "./pages.js";
import { refusal } from "./refusals.js";

const LIMIT = 64 * 1024;
const DEVICE = "urn:ietf:params:oauth:grant-type:device_code";
/** Names that one tenant goes by in a path. */
const tenants = new Set([TENANT, TENANT_DOMAIN, "common", "organizations"]);
/** What the provider's routes are called here. */
const endpoints = {
  authorization: "authorize",
  token: "token",
  device_authorization: "devicecode",
  code_verification: "devicelogin",
  revocation: "revoke",
  jwks: "keys",
  userinfo: "userinfo",
  end_session: "logout",
};

/** Listens on a free port of 127.0.0.1. */
export function listen(tls) {
  const server = tls ? createSecureServer(tls) : createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve({ server, port: server.address().port }));
  });
}

/**
 * The handler of all requests.
 * @param authorities `entra` and `adfs`, each `{ provider, at }`
 * @param resources host names that are registered; all of them when absent
 */
export function door({ authorities, faults, stores, resources }) {
  const seen = [];
  const answer = async (request, response) => {
    const url = new URL(request.url, "http://localhost");
    const text = ["POST", "PUT"].includes(request.method) ? await body(request) : undefined;
    if (url.pathname.startsWith("/__control/")) return control({ request, response, url, text, faults, stores, seen });
    const place = found(url.pathname, authorities);
    if (place === undefined) return send(response, 404, "text/plain", "nothing here\n");
    const parameters = text === undefined ? Object.fromEntries(url.searchParams) : { ...parse(text) };
    const { endpoint, family } = place;
    const note = { endpoint, family, method: request.method, path: url.pathname, parameters, headers: request.headers };
    seen.push(note);
    response.once("finish", () => Object.assign(note, { status: response.statusCode }));
    if (place.refuse) return refuse(response, refusal(place.refuse, endpoint));
    const { skew } = faults.state;
    if (skew !== 0) response.setHeader("date", new Date(Date.now() + skew * 1000).toUTCString());
    if (endpoint === "login") return signIn({ request, response, form: text && parameters, provider: place.provider });
    if (await faulted({ response, place, parameters, faults })) return undefined;
    return hand({ request, response, place, url, parameters, posted: text !== undefined, resources });
  };
  return (request, response) =>
    answer(request, response).catch((error) => {
      console.error(error);
      response.destroy();
    });
}

/** An answer, whole. */
export function send(response, status, type, text, headers = {}) {
  response.writeHead(status, { "content-type": `${type}; charset=utf-8`, "cache-control": "no-store", ...headers });
  response.end(text);
}

/** Which authority a path belongs to, what the endpoint is called, and the path as the provider knows it. */
function found(path, { entra, adfs }) {
  const family = path.startsWith("/adfs/") ? "adfs" : "entra";
  const { provider, at } = family === "adfs" ? adfs : entra;
  const [, tenant, ...rest] = path.split("/");
  const own =
    family === "entra" && path !== at.login && !under(path, at.login) && !under(path, at.routes.code_verification);
  const whole = own ? `/${[TENANT, ...rest].join("/")}` : path;
  const endpoint = endpointOf(whole, at);
  if (endpoint === undefined) return undefined;
  const known = !own || tenants.has(tenant.toLowerCase());
  const inner = endpoint === "metadata" ? whole.slice(at.metadata.length) : whole;
  return { family, provider, at, endpoint, path: inner, refuse: known ? undefined : "AADSTS90002" };
}

function endpointOf(path, at) {
  if (path.startsWith(`${at.metadata}/.well-known/`)) return "metadata";
  if (under(path, at.login)) return "login";
  const name = Object.keys(endpoints).find((route) => under(path, at.routes[route]));
  return endpoints[name];
}

function under(path, route) {
  return path === route || path.startsWith(`${route}/`);
}

/** Answers with a fault where there is one for this request. */
async function faulted({ response, place, parameters, faults }) {
  const { endpoint } = place;
  const { state } = faults;
  if (endpoint === "token") {
    if (state.delay) await after(state.delay);
    if (state.hangUp) return response.destroy() || true;
    if (state.status) {
      const wait = state.retryAfter === null ? {} : { "retry-after": String(state.retryAfter) };
      return send(response, state.status, "text/plain", "The service is unavailable.\n", wait) || true;
    }
    if (parameters.grant_type === DEVICE && state.slowDown > 0) {
      state.slowDown -= 1;
      return refuse(response, refusal("slow_down", "token")) || true;
    }
  }
  if (!["authorize", "token", "devicecode"].includes(endpoint)) return false;
  const code = faults.refused(endpoint, parameters.grant_type === DEVICE ? "device_code" : parameters.grant_type);
  if (code === undefined) return false;
  // Only the browser is sent home: a code is bought with the redirect URI too.
  const home = endpoint === "authorize" ? parameters : {};
  return refuse(response, refusal(code, endpoint), home, place.at.issuer) || true;
}

/** Sends a refusal: back to where the application listens, as a page, or as JSON. */
function refuse(response, { status, page, body }, { redirect_uri, state } = {}, issuer = undefined) {
  const home = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?\//.test(redirect_uri ?? "");
  if (page) return send(response, 400, "text/html", failure(body));
  if (!home) return send(response, status, "application/json", JSON.stringify(body));
  const url = new URL(redirect_uri);
  const { error, error_description } = body;
  url.search = new URLSearchParams({ error, error_description, ...(state && { state }), iss: issuer }).toString();
  return send(response, 302, "text/plain", "", { location: url.href });
}

/** Hands a request to the provider, rewritten as that one wants it. */
function hand({ request, response, place, url, parameters, posted, resources }) {
  const { endpoint, provider, path } = place;
  request.calledAs = url.pathname;
  request.body = parameters;
  request.url = path + url.search;
  const asks = path === place.at.routes.authorization || ["token", "devicecode"].includes(endpoint);
  if (asks) {
    const { refuse: code, sentence, parameters: wanted } = rewritten(parameters, endpoint);
    const strange = wanted?.resource?.find((one) => resources && !resources.includes(new URL(one).hostname));
    if (code) return refuse(response, refusal(code, endpoint, sentence), parameters, place.at.issuer);
    if (strange) return refuse(response, unregistered(strange, endpoint), parameters, place.at.issuer);
    if (posted) request.body = wanted;
    else request.url = `${path}?${query(wanted)}`;
  }
  return provider.callback()(request, response);
}

function unregistered(resource, endpoint) {
  const sentence = `The resource principal named ${resource} was not found in the tenant named Contoso.`;
  return refusal("AADSTS500011", endpoint, sentence);
}

function query(parameters) {
  const pairs = Object.entries(parameters).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return new URLSearchParams(pairs).toString();
}

async function body(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > LIMIT) throw new Error("request body too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
