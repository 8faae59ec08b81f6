// Keys and certificates, made anew by openssl at every start: an authority for the provider's own certificate, and what a
// client application signs its assertions with.

import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Opens `client.pfx`. */
export const PFX_PASSWORD = "a password for a file";

const openssl = (...words) => execFileSync("openssl", words, { stdio: ["ignore", "pipe", "pipe"] });

/** An authority, and a certificate it issued to `localhost`. */
export function serverCertificate(folder) {
  const at = (name) => join(folder, name);
  const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  openssl(
    ...[...made, "-keyout", at("ca-key.pem"), "-out", at("ca.pem"), "-subj", "/CN=Identity test authority"],
    ...["-addext", "keyUsage=critical,keyCertSign,cRLSign"],
  );
  openssl(
    ...[...made, "-keyout", at("key.pem"), "-out", at("certificate.pem"), "-subj", "/CN=localhost"],
    ...["-CA", at("ca.pem"), "-CAkey", at("ca-key.pem"), "-addext", "basicConstraints=critical,CA:FALSE"],
    ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1", "-addext", "extendedKeyUsage=serverAuth"],
  );
  const [keyFile, certificateFile] = [at("key.pem"), at("certificate.pem")];
  return {
    caFile: at("ca.pem"),
    keyFile,
    certificateFile,
    key: readFileSync(keyFile),
    cert: readFileSync(certificateFile),
  };
}

/** What an application signs in with: RSA, self-signed, as PEM files and as one PFX file. */
export function clientCertificate(folder) {
  const at = (name) => join(folder, name);
  openssl(
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "365", "-subj", "/CN=Understudy app-only"],
    ...["-keyout", at("client-key.pem"), "-out", at("client.pem")],
  );
  openssl(
    ...["pkcs12", "-export", "-inkey", at("client-key.pem"), "-in", at("client.pem"), "-out", at("client.pfx")],
    ...["-passout", `pass:${PFX_PASSWORD}`],
  );
  return {
    certificateFile: at("client.pem"),
    keyFile: at("client-key.pem"),
    pfxFile: at("client.pfx"),
    pfxPassword: PFX_PASSWORD,
    ...registered(at("client.pem")),
  };
}

/** What the provider registers of a certificate: its public key, and its thumbprint (RFC 7517 §4.9). */
export function registered(file) {
  const certificate = new X509Certificate(readFileSync(file));
  return {
    thumbprint: Buffer.from(certificate.fingerprint256.replaceAll(":", ""), "hex").toString("base64url"),
    jwk: certificate.publicKey.export({ format: "jwk" }),
  };
}
