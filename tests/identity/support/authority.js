// One authorization server: oidc-provider with Microsoft's paths, tokens and words. Entra and AD FS are one each.

import Provider, { errors } from "oidc-provider";
import { identified, TENANT } from "./accounts.js";
import { changed } from "./faults.js";
import { escaped, failure, page } from "./pages.js";
import { translated } from "./refusals.js";
import { parsed, registered } from "./scopes.js";
import { exchangeClaims, faulty } from "./tokens.js";

/** The provider, whose paths are the whole ones although the issuer has a path of its own. */
class Rooted extends Provider {
  pathFor(name, options) {
    return super.pathFor(name, { ...options, mountPath: "" });
  }
}

/**
 * Sets one up.
 * @param family `entra` or `adfs`
 * @param at where it is: `issuer`, `tokenIssuer`, and a path each of `routes`, `login`
 */
export function authority({ family, at, clients, faults, key, store }) {
  const secretOf = (id) => clients.find((client) => client.client_id === id)?.token_endpoint_auth_method;
  const confidential = (id) => ({ none: "0", client_secret_post: "1", private_key_jwt: "2" })[secretOf(id)];
  const provider = new Rooted(at.issuer, {
    ...configuration({ family, at, faults }),
    adapter: store.adapter,
    clients,
    jwks: { keys: [key] },
    formats: { customizers: { jwt: exchangeClaims({ family, issuer: at.tokenIssuer, confidential }) } },
    assertJwtClientAuthClaimsAndHeader: (_ctx, _claims, header, client) => thumbprintMatches(header, client),
  });
  alsoExpected(provider);
  const refused = (ctx, error) => {
    ctx.state.refused = error;
  };
  provider.on("grant.error", refused);
  provider.on("device_authorization.error", refused);
  provider.on("server_error", (_ctx, error) => console.error(error));
  provider.use(async (ctx, next) => {
    await next();
    await worded(ctx, { family, at, faults, key, store, clients });
  });
  return provider;
}

function configuration({ family, at, faults }) {
  const { state } = faults;
  const lifetime = () => state.tokenLifetime;
  return {
    routes: at.routes,
    cookies: {
      keys: ["a key for tests"],
      names: { session: `_${family}`, interaction: `_${family}_step`, resume: `_${family}_resume` },
    },
    interactions: { url: (_ctx, interaction) => `${at.login}/${interaction.uid}` },
    scopes: ["openid", "offline_access", "profile", "email"],
    claims: { openid: ["sub", "tid", "oid", "upn"], profile: ["name", "preferred_username"], email: ["email"] },
    conformIdTokenClaims: false,
    findAccount: (_ctx, id) => identified(id) && { accountId: id, claims: () => idClaims(id, family) },
    clientBasedCORS: () => false,
    issueRefreshToken: (_ctx, client, source) =>
      client.grantTypeAllowed("refresh_token") && source.scopes.has("offline_access"),
    expiresWithSession: () => false,
    rotateRefreshToken: () => state.rotate,
    renderError: (ctx, _out, error) => {
      ctx.type = "html";
      ctx.body = failure(translated(error, { adfs: family === "adfs" }).body);
    },
    ttl: {
      ...{ AccessToken: lifetime, ClientCredentials: lifetime, IdToken: lifetime },
      DeviceCode: () => state.deviceLifetime,
      ...{ Grant: 86_400, Interaction: 3600, RefreshToken: 86_400, Session: 86_400 },
    },
    features: {
      devInteractions: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      deviceFlow: devicePages(),
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource) => ({
          scope: [...registered(resource), "user_impersonation"].join(" "),
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
  };
}

function idClaims(id, family) {
  const { account, name } = identified(id);
  const person = { sub: id, oid: id, name, preferred_username: account, upn: account, email: account };
  return family === "entra" ? { ...person, tid: TENANT } : person;
}

function devicePages() {
  const form = (title, text, form, buttons) => page(title, `${text}\n${form}\n<p>${buttons}</p>`);
  return {
    enabled: true,
    charset: "base-20",
    mask: "*********",
    userCodeInputSource: (ctx, input, _out, error) => {
      const wrong = error
        ? `<p role="alert">${escaped(error.userCode ? "That code didn't work." : error.message)}</p>`
        : "";
      const next = '<button type="submit" form="op.deviceInputForm">Next</button>';
      ctx.body = form("Enter code", wrong, input.replaceAll(/ onfocus="[^"]*"/g, ""), next);
    },
    userCodeConfirmSource: (ctx, hidden, client, _device, code) => {
      const text = `<p>Are you trying to sign in to ${escaped(client.clientName ?? client.clientId)}? Code ${escaped(code)}.</p>`;
      const go = '<button type="submit" form="op.deviceConfirmForm">Continue</button>';
      const stop = '<button type="submit" form="op.deviceConfirmForm" name="abort" value="yes">Cancel</button>';
      ctx.body = form("Confirm", text, hidden, `${go} ${stop}`);
    },
    successSource: (ctx) => {
      ctx.body = page("You have signed in", "<p>You may now close this window.</p>");
    },
  };
}

/** The certificate named in an assertion's header is the registered one (RFC 7515 §4.1.8). */
function thumbprintMatches(header, client) {
  const [key] = client.jwks?.keys ?? [];
  const named = header["x5t#S256"];
  if (key?.["x5t#S256"] && named !== key["x5t#S256"]) {
    throw new errors.InvalidClientAuth("x5t#S256 names another certificate");
  }
}

/** An assertion may name the token endpoint as it was called: by the tenant's name too. */
function alsoExpected(provider) {
  const { prototype } = provider.OIDCContext;
  const usual = prototype.clientJwtAuthExpectedAudience;
  prototype.clientJwtAuthExpectedAudience = function expected() {
    const called = this.ctx.req.calledAs;
    return new Set([...usual.call(this), ...(called ? [new URL(called, this.ctx.href).href] : [])]);
  };
}

/** Says in Microsoft's way what the provider answered, with the faults in. */
async function worded(ctx, { family, at, faults, key, store, clients }) {
  const adfs = family === "adfs";
  if (ctx.state.refused) wordedRefusal(ctx, { adfs, store, clients });
  else if (ctx.path === at.routes.token) await wordedTokens(ctx, { adfs, faults, key });
  else if (ctx.path === at.routes.device_authorization) wordedDevice(ctx, faults);
  else if (ctx.path.startsWith("/.well-known/")) ctx.body = changed(metadata(ctx, adfs, at), faults.state.metadata);
  else if (ctx.path.startsWith(at.routes.authorization)) redirected(ctx, at, faults);
}

function wordedRefusal(ctx, { adfs, store, clients }) {
  const { client_secret, client_assertion, refresh_token, client_id } = ctx.req.body ?? {};
  const open = clients.find((client) => client.client_id === client_id)?.token_endpoint_auth_method === "none";
  const { status, body } = translated(ctx.state.refused, {
    adfs,
    wasRevoked: store.wasRevoked(refresh_token),
    secretGiven: open && Boolean(client_secret ?? client_assertion),
  });
  ctx.status = status;
  ctx.body = body;
}

async function wordedTokens(ctx, { adfs, faults, key }) {
  if (!ctx.body?.access_token) return;
  const { scope, ...body } = ctx.body;
  const resource = ctx.oidc.entities.AccessToken?.resourceServer?.identifier();
  const full = scope
    ?.split(" ")
    .filter(Boolean)
    .map((word) => (resource && !adfs ? `${resource}/${word}` : word));
  const told = { ...body, ...(full?.length ? { scope: full.join(" ") } : {}), ext_expires_in: body.expires_in };
  ctx.body = await faulty(told, faults.state, key);
}

function wordedDevice(ctx, faults) {
  if (!ctx.body?.device_code) return;
  const { verification_uri_complete: _, ...body } = ctx.body;
  const message = `To sign in, use a web browser to open the page ${body.verification_uri} and enter the code ${body.user_code} to authenticate.`;
  ctx.body = { ...body, interval: faults.state.deviceInterval, message };
}

function metadata(ctx, adfs, at) {
  if (adfs) return { ...ctx.body, access_token_issuer: at.tokenIssuer };
  const body = { ...ctx.body, tenant_region_scope: "EU", cloud_instance_name: "microsoftonline.com" };
  const [, tenant] = ctx.req.calledAs.split("/");
  if (!["common", "organizations"].includes(tenant)) return body;
  // What belongs to no tenant has a template for its issuer, as Entra's has.
  const text = JSON.stringify(body).replaceAll(`/${TENANT}/`, `/${tenant}/`);
  return { ...JSON.parse(text), issuer: body.issuer.replace(TENANT, "{tenantid}") };
}

/** Changes the answer on its way to the redirect URI, and only that. */
function redirected(ctx, at, faults) {
  const location = ctx.response.get("location");
  if (!location || location.startsWith(at.login) || Object.keys(faults.state.answer).length === 0) return;
  const url = new URL(location, at.issuer);
  if (url.origin === new URL(at.issuer).origin) return;
  const parameters = changed(Object.fromEntries(url.searchParams), faults.state.answer);
  url.search = new URLSearchParams(parameters).toString();
  ctx.response.set("location", url.href);
}

/**
 * The request as the provider wants it: the resource apart from the scope, and the prompts it knows.
 * @returns the `parameters`, or a code to `refuse` with
 */
export function rewritten(parameters, endpoint) {
  const { resource: asked, ...rest } = parameters;
  const grant = parameters.grant_type;
  const { resources, scopes, offline } = parsed(parameters.scope, asked);
  if (endpoint === "token" && grant !== "refresh_token" && grant !== "client_credentials") {
    // The code knows what it was given for.
    delete rest.scope;
    return { parameters: rest };
  }
  if (resources.length > 1) return { refuse: "AADSTS70011", sentence: "The scopes belong to more than one resource." };
  const named = resources.length > 0 ? { resource: resources } : {};
  if (grant === "client_credentials") {
    // The permissions are those that an administrator gave: `.default` is the one scope there is.
    delete rest.scope;
    const all = asked !== undefined || /^\S+\/\.default$/.test(parameters.scope ?? "");
    return all ? { parameters: { ...rest, ...named } } : { refuse: "AADSTS70011" };
  }
  const scope = parameters.scope === undefined ? {} : { scope: scopes.join(" ") };
  const prompt = endpoint === "authorize" ? prompts(parameters.prompt, offline) : {};
  return { parameters: { ...rest, ...named, ...scope, ...prompt } };
}

/** The provider gives a refresh token only where it is asked for consent, and has no account picker. */
function prompts(prompt, offline) {
  const asked = new Set((prompt ?? "").split(" ").filter(Boolean));
  if (asked.delete("select_account")) asked.add("login");
  if (offline && !asked.has("none")) asked.add("consent");
  return asked.size > 0 ? { prompt: [...asked].join(" ") } : {};
}
