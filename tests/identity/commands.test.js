// The commands as other tests use them: one line of JSON, and nothing left behind.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { ask, authorization, loopback, redeeming, token, verified } from "./support/client.js";

const here = fileURLToPath(new URL(".", import.meta.url));

function run(words, input) {
  const child = spawn(process.execPath, words, { cwd: here, stdio: ["pipe", "pipe", "inherit"] });
  if (input !== undefined) child.stdin.end(input);
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
  return { child, ended };
}

/** Runs to its end; what it printed, and with what it ended. */
async function whole(words, input = "") {
  const { child, ended } = run(words, input);
  const printed = await text(child.stdout);
  return { code: await ended, json: printed && JSON.parse(printed) };
}

/** Starts a provider and reads its line. */
async function started(t, words) {
  const { child, ended } = run(words);
  t.after(() => child.kill());
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  return { child, ended, provider: JSON.parse(value) };
}

test("provider.js prints one line, takes its options, and ends with its parent", async (t) => {
  const words = ["provider.js", "--until-stdin-ends", "--refuse", "AADSTS90094", "--at", "authorize", "--skew", "90"];
  const { child, ended, provider } = await started(t, words);
  const { json } = await ask(provider, `${provider.control}/state`);
  assert.equal(json.faults.refuse, "AADSTS90094");
  assert.deepEqual(json.faults.at, ["authorize"]);
  assert.equal(json.faults.skew, 90);
  assert.ok(existsSync(provider.caFile));
  child.stdin.end();
  assert.equal(await ended, 0);
  assert.equal(existsSync(dirname(provider.caFile)), false, "its folder is gone");
});

test("browser.js signs in as a command, at a provider started as one", async (t) => {
  const { child, ended, provider } = await started(t, ["provider.js", "--http", "--wrong-issuer"]);
  const { redirectUri, queries } = await loopback(t);
  const { url, verifier } = authorization(provider, redirectUri);
  const { code, json } = await whole(["browser.js", url, "--account", "other@contoso.example"]);
  assert.equal(code, 0);
  assert.equal(json.title, "Back");
  assert.equal(queries[0].iss, "https://login.elsewhere.example/v2.0");
  const bought = await token(provider, redeeming(provider, redirectUri, queries[0].code, verifier));
  assert.equal((await verified(provider, bought.json.access_token, {})).upn, "other@contoso.example");
  child.kill("SIGTERM");
  assert.equal(await ended, 0);
});

test("second.js signs in without a question, and refreshes", async (t) => {
  const { child, ended, provider } = await started(t, ["second.js"]);
  const at = provider.openid;
  const { json: metadata } = await ask(provider, at.metadata);
  assert.equal(metadata.issuer, at.issuer);
  assert.equal(metadata.token_endpoint, at.tokenEndpoint);
  const { redirectUri, queries } = await loopback(t);
  const scope = "https://mail.contoso.example/EWS.AccessAsUser.All openid offline_access";
  const { url, verifier } = authorization(provider, redirectUri, { at, scope });
  assert.equal((await whole(["browser.js", url])).json.title, "Back");
  assert.equal(queries[0].iss, undefined, "this one sends none");
  const { json } = await token(provider, redeeming(provider, redirectUri, queries[0].code, verifier), at);
  const audience = "https://mail.contoso.example/";
  const claims = await verified(provider, json.access_token, { at, audience });
  assert.equal(claims.scp, "EWS.AccessAsUser.All");
  assert.equal(claims.upn, "svc-ews@contoso.example");
  const id = await verified(provider, json.id_token, { at, audience: provider.clients.native.id });
  assert.equal(id.nonce, "a nonce");
  const form = {
    grant_type: "refresh_token",
    client_id: provider.clients.native.id,
    refresh_token: json.refresh_token,
  };
  const again = await token(provider, form, at);
  assert.equal((await verified(provider, again.json.access_token, { at, audience })).scp, "EWS.AccessAsUser.All");
  child.kill("SIGTERM");
  assert.equal(await ended, 0);
});

test("verify-assertion.js says no to what is no assertion, and ends with 1", async (t) => {
  const { provider } = await started(t, ["provider.js", "--until-stdin-ends"]);
  const { certificateFile } = provider.clients.certificate;
  const { code, json } = await whole(["verify-assertion.js", "--certificate", certificateFile], "nonsense\n");
  assert.equal(code, 1);
  assert.equal(json.valid, false);
});
