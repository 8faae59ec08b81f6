#!/usr/bin/env node
// Checks a client assertion with a library that has no part in making it: npm `jose`. Entra's rules:
// https://learn.microsoft.com/entra/identity-platform/certificate-credentials
//
//   node verify-assertion.js --certificate PEM [--audience TOKEN-ENDPOINT] [--client ID] [--now SECONDS] < JWT
//
// Prints one line of JSON: `valid`, what is wrong (`problems`), `header` and `claims`. Ends with 1 when something is.

import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compactVerify, decodeJwt, decodeProtectedHeader, importX509 } from "jose";

/** An assertion lives no longer than this many seconds. */
const LIFETIME = 600;
/** Clocks may differ by this many seconds. */
const SKEW = 60;

/**
 * Checks it. What is not asked for (`audience`, `client`) must be there all the same.
 * @returns {Promise<{valid: boolean, problems: string[], header?: object, claims?: object}>}
 */
export async function verify(jwt, pem, { audience, client, now = Math.floor(Date.now() / 1000) } = {}) {
  let header;
  let claims;
  try {
    header = decodeProtectedHeader(jwt);
    claims = decodeJwt(jwt);
  } catch (error) {
    return { valid: false, problems: [`no JWT: ${error.message}`] };
  }
  const problems = [...ofHeader(header, pem), ...ofClaims(claims, { audience, client, now })];
  const key = await importX509(pem, "PS256");
  await compactVerify(jwt, key, { algorithms: ["PS256"] }).catch((error) =>
    problems.push(`signature: ${error.message}`),
  );
  return { valid: problems.length === 0, problems, header, claims };
}

function ofHeader(header, pem) {
  const problems = [];
  if (header.alg !== "PS256") problems.push(`alg is ${header.alg}`);
  if (header.typ !== "JWT") problems.push(`typ is ${header.typ}`);
  const thumbprint = Buffer.from(new X509Certificate(pem).fingerprint256.replaceAll(":", ""), "hex").toString(
    "base64url",
  );
  if (header["x5t#S256"] !== thumbprint) problems.push("x5t#S256 is not the certificate's thumbprint");
  return problems;
}

function ofClaims({ aud, iss, sub, jti, exp, nbf, iat }, { audience, client, now }) {
  const problems = [];
  if (typeof aud !== "string" || (audience !== undefined && aud !== audience)) problems.push(`aud is ${aud}`);
  if (!iss || iss !== sub) problems.push(`iss is ${iss}, sub is ${sub}`);
  if (client !== undefined && iss !== client) problems.push(`iss is ${iss}`);
  if (typeof jti !== "string" || jti.length < 16) problems.push(`jti is ${jti}`);
  if (![exp, nbf, iat].every(Number.isInteger)) problems.push(`exp is ${exp}, nbf is ${nbf}, iat is ${iat}`);
  if (!(exp > now)) problems.push("expired");
  if (!(nbf <= now + SKEW)) problems.push("not good yet");
  if (!(exp - nbf <= LIFETIME)) problems.push(`good for ${exp - nbf} s`);
  return problems;
}

async function command(words) {
  const { values } = parseArgs({
    args: words,
    options: {
      certificate: { type: "string" },
      audience: { type: "string" },
      client: { type: "string" },
      now: { type: "string" },
    },
  });
  if (!values.certificate)
    throw new TypeError("usage: node verify-assertion.js --certificate PEM [--audience URL] < JWT");
  const { certificate, now, ...options } = values;
  const pem = readFileSync(certificate, "utf8");
  const jwt = (await text(process.stdin)).trim();
  const result = await verify(jwt, pem, { ...options, ...(now && { now: Number(now) }) });
  console.log(JSON.stringify(result));
  process.exitCode = result.valid ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await command(process.argv.slice(2));
