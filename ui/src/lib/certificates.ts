// What a certificate says, and what may be made of it. Verifies nothing: the engine does.
import type { Cause } from "@/ipc/generated/Cause";
import type { CertificateInfo } from "@/ipc/generated/CertificateInfo";
import type { TlsTrust } from "@/ipc/generated/TlsTrust";
import { counted, dateTime } from "./format";

/** A line of a certificate that can be at fault. */
export type CertificateLine = "issuer" | "names" | "validity" | "sha256";

export type CertificateFault = { line: CertificateLine; words: string };

/** `Contoso Root CA` of `CN=Contoso Root CA,O=Contoso`; the whole subject where it has no common name. */
export function commonName(subject: string): string {
  const found = /(?:^|,\s*)CN=((?:\\.|[^,\\])+)/i.exec(subject)?.[1];
  return found === undefined ? subject : found.replace(/\\(.)/g, "$1").trim();
}

export function isSelfSigned({ issuer, subject }: CertificateInfo): boolean {
  return issuer === subject;
}

/** `Valid, 49 days left`, `Expired 30 days ago`, `Not valid yet: starts in 3 days`. */
export function validityWords(certificate: CertificateInfo, now: number = Date.now()): string {
  const { notBefore, notAfter } = certificate;
  if (Date.parse(notBefore) > now) return `Not valid yet: starts in ${span(Date.parse(notBefore) - now)}`;
  const left = Date.parse(notAfter) - now;
  return left < 0 ? `Expired ${span(-left)} ago` : `Valid, ${span(left)} left`;
}

export function isOutOfDate({ notBefore, notAfter }: CertificateInfo, now: number = Date.now()): boolean {
  return Date.parse(notAfter) < now || Date.parse(notBefore) > now;
}

export function validityDates({ notBefore, notAfter }: CertificateInfo): string {
  return `${dateTime(notBefore)} to ${dateTime(notAfter)}`;
}

/** Whether a cause is about a certificate that was shown. */
export function isCertificateCause(cause: Cause | null): cause is Cause {
  return cause?.startsWith("tls.") ?? false;
}

/** What is wrong with a certificate of a chain, leaf first, as the cause says; null: nothing, or not with this one. */
export function faultOf(
  cause: Cause | null,
  chain: readonly CertificateInfo[],
  index: number,
  host: string,
): CertificateFault | null {
  const certificate = chain[index];
  if (!certificate) return null;
  switch (cause) {
    case "tls.untrusted":
      if (index !== chain.length - 1) return null;
      return {
        line: "issuer",
        words: isSelfSigned(certificate) ? "Vouched for by nobody but itself" : "Not trusted by this computer",
      };
    case "tls.name_mismatch":
      return index === 0 ? { line: "names", words: `Not for ${host}` } : null;
    case "tls.expired":
      return isOutOfDate(certificate) ? { line: "validity", words: validityWords(certificate) } : null;
    case "tls.pin_mismatch":
      return index === 0 ? { line: "sha256", words: "Not the pinned one" } : null;
    default:
      return null;
  }
}

/** Whether a certificate of a chain, leaf first, can be trusted as a CA: it may issue, and its text is known. */
export function canBeTrusted(certificate: CertificateInfo, index: number): boolean {
  return index > 0 && certificate.isCa && certificate.pem !== null;
}

/** The trust in a CA that a server has sent. */
export function trustOfCa(certificate: CertificateInfo): TlsTrust & { kind: "ca" } {
  return { kind: "ca", pem: `${(certificate.pem ?? "").trim()}\n`, name: commonName(certificate.subject) };
}

/** The trust in one certificate alone, with what it says, to be shown beside another one later. */
export function trustOfPin(certificate: CertificateInfo): TlsTrust & { kind: "pin" } {
  return { kind: "pin", sha256: certificate.sha256, certificate: { ...certificate, pem: null } };
}

export function sameTrust(a: TlsTrust, b: TlsTrust): boolean {
  // Part by part: an answer may hold the same parts in another order.
  if (a.kind === "ca" && b.kind === "ca") return a.pem === b.pem && a.name === b.name;
  if (a.kind === "pin" && b.kind === "pin") return a.sha256 === b.sha256;
  return a.kind === b.kind;
}

/** Host of a URL; the text itself where it is none. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : url;
}

function span(milliseconds: number): string {
  const days = Math.floor(milliseconds / 86_400_000);
  if (days < 1) return counted(Math.max(1, Math.floor(milliseconds / 3_600_000)), "hour");
  return days < 730 ? counted(days, "day") : counted(Math.floor(days / 365), "year");
}
