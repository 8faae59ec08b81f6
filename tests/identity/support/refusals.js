// How Entra and AD FS say no: the answer for a code, and the answer for what the provider itself refused.

import { randomUUID } from "node:crypto";

/**
 * A code: the error at the authorization endpoint (`page` where Entra shows a page and sends nobody back), the error at
 * the token endpoint, and what is said. https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
const known = {
  AADSTS50011: [
    "page",
    "invalid_request",
    "The redirect URI specified in the request does not match the redirect URIs configured for the application.",
  ],
  AADSTS50020: [
    "page",
    "invalid_grant",
    "User account from identity provider does not exist in tenant 'Contoso' and cannot access the application in that tenant.",
  ],
  AADSTS50034: [
    "page",
    "invalid_grant",
    "The user account does not exist in the Contoso directory. To sign into this application, the account must be added to the directory.",
  ],
  AADSTS50076: [
    "interaction_required",
    "invalid_grant",
    "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access the resource.",
  ],
  AADSTS50078: [
    "interaction_required",
    "invalid_grant",
    "Presented multi-factor authentication has expired due to policies configured by your administrator, you must refresh your multi-factor authentication to access the resource.",
  ],
  AADSTS50079: [
    "interaction_required",
    "invalid_grant",
    "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access the resource.",
  ],
  AADSTS50105: [
    "access_denied",
    "invalid_grant",
    "Your administrator has configured the application to block users unless they are specifically granted ('assigned') access to the application.",
  ],
  AADSTS50126: ["page", "invalid_grant", "Error validating credentials due to invalid username or password."],
  AADSTS50173: [
    "login_required",
    "invalid_grant",
    "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.",
  ],
  AADSTS500011: [
    "invalid_resource",
    "invalid_resource",
    "The resource principal named https://mail.contoso.example was not found in the tenant named Contoso.",
  ],
  AADSTS500112: [
    "page",
    "invalid_grant",
    "The reply address does not match the reply address provided when requesting Authorization code.",
  ],
  AADSTS501481: [
    "page",
    "invalid_grant",
    "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
  ],
  AADSTS53003: [
    "access_denied",
    "invalid_grant",
    "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
  ],
  AADSTS54005: [
    "page",
    "invalid_grant",
    "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
  ],
  AADSTS65001: [
    "consent_required",
    "invalid_grant",
    "The user or administrator has not consented to use the application. Send an interactive authorization request for this user and resource.",
  ],
  AADSTS65004: ["access_denied", "invalid_grant", "User declined to consent to access the app."],
  AADSTS70000: ["page", "invalid_grant", "Provided grant is invalid or malformed."],
  AADSTS70008: [
    "login_required",
    "invalid_grant",
    "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.",
  ],
  AADSTS70011: [
    "invalid_scope",
    "invalid_scope",
    "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid.",
  ],
  AADSTS70016: [
    "page",
    "authorization_pending",
    "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
  ],
  AADSTS70019: ["page", "expired_token", "Verification code expired. Please try to sign in again."],
  AADSTS700016: [
    "page",
    "unauthorized_client",
    "Application was not found in the directory 'Contoso'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.",
  ],
  AADSTS700023: ["page", "invalid_client", "Client assertion audience claim does not match Realm issuer."],
  AADSTS700024: ["page", "invalid_client", "Client assertion is not within its valid time range."],
  AADSTS700025: [
    "page",
    "invalid_client",
    "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
  ],
  AADSTS700027: [
    "page",
    "invalid_client",
    "The certificate with identifier used to sign the client assertion is not registered on application.",
  ],
  AADSTS700082: [
    "login_required",
    "invalid_grant",
    "The refresh token has expired due to inactivity. The token was issued on 2026-08-01T08:00:00.0000000Z and was inactive for 90.00:00:00.",
  ],
  AADSTS7000215: [
    "page",
    "invalid_client",
    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.",
  ],
  AADSTS7000218: [
    "page",
    "invalid_client",
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  ],
  AADSTS7000222: ["page", "invalid_client", "The provided client secret keys for the app are expired."],
  AADSTS900144: ["page", "invalid_request", "The request body is missing a parameter."],
  AADSTS90002: [
    "page",
    "invalid_request",
    "Tenant not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.",
  ],
  AADSTS90094: [
    "access_denied",
    "invalid_grant",
    "The grant requires admin permission. Ask the administrator of the tenant to grant permissions to this application.",
  ],
  MSIS9223: [
    "page",
    "invalid_client",
    "Received invalid OAuth authorization request. The received 'client_id' is invalid as no registered client was found with this client identifier.",
  ],
  MSIS9224: [
    "page",
    "invalid_request",
    "Received invalid OAuth authorization request. The received 'redirect_uri' parameter is not a valid registered redirect URI for the client identifier.",
  ],
  MSIS9602: [
    "page",
    "invalid_resource",
    "The received 'resource' parameter is invalid. The authorization server can not find a registered resource with the specified identifier.",
  ],
  MSIS9612: ["page", "invalid_grant", "The authorization code received in 'code' parameter is invalid."],
  MSIS9615: ["page", "invalid_grant", "The refresh token received in 'refresh_token' parameter is invalid."],
  MSIS9622: [
    "page",
    "invalid_client",
    "Client authentication failed. Please verify the credential provided for client authentication is valid.",
  ],
};

/** Why the provider refused, in its own words, and the code that Entra and AD FS have for it. */
const native = [
  [/redirect_uri did not match/, "AADSTS50011", "MSIS9224"],
  [/^client (is invalid|not found)/, "AADSTS700016", "MSIS9223"],
  [/invalid secret/, "AADSTS7000215", "MSIS9622"],
  [/authentication mechanism does not match/, "AADSTS7000218", "MSIS9622"],
  [/audience \(aud\)/, "AADSTS700023", "MSIS9622"],
  [/jwt expired|jwt not active/, "AADSTS700024", "MSIS9622"],
  [/assertion|alg mismatch|signature|no applicable key|JWT|x5t/, "AADSTS700027", "MSIS9622"],
  [/PKCE|code_verifier/, "AADSTS501481", "MSIS9612"],
  [/redirect_uri mismatch/, "AADSTS500112", "MSIS9612"],
  [/authorization code .*expired/, "AADSTS70008", "MSIS9612"],
  [/authorization code/, "AADSTS54005", "MSIS9612"],
  [/refresh token is expired/, "AADSTS700082", "MSIS9615"],
  [/refresh token already used|grant not found|grant is expired/, "AADSTS50173", "MSIS9615"],
  [/refresh token/, "AADSTS70000", "MSIS9615"],
];

/** Where the reason is not enough. */
const byError = {
  authorization_pending: "AADSTS70016",
  expired_token: "AADSTS70019",
  invalid_scope: "AADSTS70011",
  invalid_target: "AADSTS500011",
  invalid_request: "AADSTS900144",
};

/** A refusal by its code; any OAuth error by its name is one too. `at` is `authorize` or another endpoint. */
export function refusal(code, at, sentence) {
  const [authorize, token, text] = known[code] ?? unknown(code);
  const error = at === "authorize" && authorize !== "page" ? authorize : token;
  return {
    status: statusOf(error),
    page: at === "authorize" && authorize === "page",
    body: told(code, error, sentence ?? text),
  };
}

/** What the provider refused, as Entra or AD FS would say it. */
export function translated(error, { adfs, wasRevoked, secretGiven }) {
  const reason = error.error_detail ?? error.error_description ?? "";
  let [, entra, msis] = native.find(([pattern]) => pattern.test(reason)) ?? [];
  if (/refresh token not found/.test(reason) && wasRevoked) entra = "AADSTS50173";
  if (entra === "AADSTS7000218" && secretGiven) entra = "AADSTS700025";
  const code = adfs ? msis : (entra ?? byError[error.message]);
  const declined = error.message === "access_denied";
  if (declined) return { status: 400, body: told(undefined, "authorization_declined", "The user declined.") };
  if (!code) return { status: error.statusCode ?? 400, body: told(undefined, error.message, reason) };
  const { status, body } = refusal(code, "token");
  return { status, body: { ...body, reason } };
}

function unknown(code) {
  const numbered = /^(AADSTS|MSIS)\d+$/.test(code);
  const error = numbered ? "invalid_request" : code;
  return [error, error, numbered ? "Something that has no sentence here." : `The server answered ${code}.`];
}

function statusOf(error) {
  if (error === "invalid_client") return 401;
  if (error === "temporarily_unavailable") return 503;
  return error === "server_error" ? 500 : 400;
}

function told(code, error, sentence) {
  const number = /^AADSTS(\d+)$/.exec(code ?? "")?.[1];
  if (!number) return { error, error_description: code?.startsWith("MSIS") ? `${code}: ${sentence}` : sentence };
  const [trace, correlation] = [randomUUID(), randomUUID()];
  const time = `${new Date().toISOString().slice(0, 19).replace("T", " ")}Z`;
  return {
    error,
    error_description: `${code}: ${sentence} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${time}`,
    error_codes: [Number(number)],
    timestamp: time,
    trace_id: trace,
    correlation_id: correlation,
    error_uri: `https://login.microsoftonline.com/error?code=${number}`,
  };
}
