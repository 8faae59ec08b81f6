// A witness between Understudy and the simulated Exchange: it counts what passes, can hold it up, and can turn away what is
// too much at once.

import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import https from "node:https";
import { join } from "node:path";
import { folder } from "./host.js";

/**
 * Listens with a certificate of its own and hands every request on.
 * @returns {Promise<{ewsUrl: string, sha256: string, seen: {authorized: boolean, status: number, mailbox: string}[], renew: (subject: string) => string, hold: (milliseconds: number) => void, allow: (most: number) => void}>}
 */
export async function startFront(t, exchange) {
  const { key, cert } = certificate(folder(t, "front"), "/CN=localhost");
  const agent = new https.Agent({ keepAlive: true, ca: exchange.caPem });
  const seen = [];
  let delay = 0;
  let most = Number.POSITIVE_INFINITY;
  let inside = 0;
  const server = https.createServer({ key, cert, keepAliveTimeout: 60_000 }, (request, response) => {
    const passing = {
      authorized: request.headers.authorization !== undefined,
      mailbox: request.headers["x-anchormailbox"] ?? "",
      status: 0,
    };
    seen.push(passing);
    inside += 1;
    response.once("close", () => {
      inside -= 1;
    });
    if (inside > most) {
      passing.status = 503;
      request.resume();
      // As IIS says that there are too many, after the time an answer takes.
      setTimeout(() => response.writeHead(503, { "content-length": 0 }).end(), delay);
      return;
    }
    const target = new URL(request.url, exchange.ewsUrl);
    const headers = { ...request.headers, host: target.host };
    const onward = https.request(target, { method: request.method, headers, agent }, (answer) => {
      passing.status = answer.statusCode;
      setTimeout(() => {
        response.writeHead(answer.statusCode, answer.rawHeaders);
        answer.pipe(response);
      }, delay);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
    agent.destroy();
  });
  return {
    ewsUrl: `https://localhost:${server.address().port}/EWS/Exchange.asmx`,
    sha256: new X509Certificate(cert).fingerprint256,
    seen,
    /** Goes on with another certificate, for connections from now on. */
    renew: (subject) => {
      const next = certificate(folder(t, "front-renewed"), subject);
      server.setSecureContext(next);
      return new X509Certificate(next.cert).fingerprint256;
    },
    hold: (milliseconds) => {
      delay = milliseconds;
    },
    /** More requests at once than these are answered with 503. */
    allow: (number) => {
      most = number;
    },
  };
}

function certificate(path, subject) {
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => join(path, name));
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const names = ["-subj", subject, "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=CA:FALSE"];
  execFileSync("openssl", [...request, ...names, "-days", "2", "-keyout", key, "-out", cert], { stdio: "pipe" });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}
