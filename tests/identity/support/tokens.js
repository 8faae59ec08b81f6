// What is in the tokens: the claims Exchange looks at, and the faults a test wants in them.

import { generateKeyPairSync, randomUUID } from "node:crypto";
import { CompactSign, decodeJwt, decodeProtectedHeader } from "jose";
import { identified, TENANT } from "./accounts.js";
import { changed } from "./faults.js";
import { audience, roles } from "./scopes.js";

/** The key that tokens are signed with; published without its private part. */
export function signingKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), alg: "RS256", use: "sig" };
}

/**
 * Makes of the provider's access token one like Entra's (version 1.0, the one Exchange gets) or AD FS's.
 * https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
export function exchangeClaims({ family, issuer, confidential }) {
  return (_ctx, token, jwt) => {
    const account = identified(token.accountId);
    const { iat, exp, jti, sub } = jwt.payload;
    const resource = token.resourceServer.identifier();
    jwt.header = { typ: "JWT" };
    jwt.payload = {
      aud: audience(resource),
      iss: issuer,
      iat,
      nbf: iat,
      exp,
      appid: token.clientId,
      appidacr: confidential(token.clientId),
      uti: jti,
      ver: "1.0",
      ...(account ? person(account, token.scope) : application(token.clientId, sub, resource)),
      ...(family === "adfs" ? { apptype: account ? "Public" : "Confidential" } : { tid: TENANT }),
    };
  };
}

function person({ account, name, objectId }, scope) {
  return { sub: objectId, oid: objectId, upn: account, unique_name: account, name, scp: scope };
}

function application(clientId, sub, resource) {
  return { sub, oid: sub, idtyp: "app", app_displayname: `Test ${clientId}`, roles: roles(resource) };
}

/** Signs again what a fault changes in the tokens of an answer; leaves it alone where none does. */
export async function faulty(body, faults, key) {
  const foreign = faults.foreignKey ? generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey : undefined;
  const again = (token, changes, foreignKey) => {
    if (!token || (Object.keys(changes).length === 0 && faults.skew === 0 && !foreignKey)) return token;
    const claims = changed(later(decodeJwt(token), faults.skew), changes);
    return new CompactSign(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader(decodeProtectedHeader(token))
      .sign(foreignKey ?? key);
  };
  const answer = { ...body };
  if (body.access_token) answer.access_token = await again(body.access_token, faults.claims, foreign);
  if (body.id_token) answer.id_token = await again(body.id_token, faults.idClaims);
  return changed(answer, faults.tokens);
}

function later(claims, seconds) {
  const moved = Object.entries(claims).map(([name, value]) =>
    ["iat", "nbf", "exp"].includes(name) ? [name, value + seconds] : [name, value],
  );
  return Object.fromEntries(moved);
}
