import { describe, expect, test } from "vitest";
import type { CertificateInfo } from "@/ipc/generated/CertificateInfo";
import { canBeTrusted, commonName, faultOf, sameTrust, trustOfCa, trustOfPin, validityWords } from "./certificates";

const leaf: CertificateInfo = {
  subject: "CN=mail.contoso.com,O=Contoso",
  issuer: "CN=Contoso Issuing CA 1",
  names: ["mail.contoso.com"],
  notBefore: "2026-01-10T00:00:00Z",
  notAfter: "2027-01-10T00:00:00Z",
  sha256: "AB".repeat(32),
  isCa: false,
  pem: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
};
const authority = { ...leaf, subject: "CN=Contoso Issuing CA 1", sha256: "CD".repeat(32), isCa: true };

test("a certificate is called by its common name", () => {
  expect(commonName("O=Contoso, CN=Contoso\\, Inc. Root")).toBe("Contoso, Inc. Root");
  expect(commonName("O=Contoso")).toBe("O=Contoso");
});

test("validity is told in words", () => {
  const at = (time: string) => validityWords(leaf, Date.parse(time));
  expect(at("2026-11-22T00:00:00Z")).toBe("Valid, 49 days left");
  expect(at("2027-01-09T20:00:00Z")).toBe("Valid, 4 hours left");
  expect(at("2027-02-09T00:00:00Z")).toBe("Expired 30 days ago");
  expect(at("2026-01-09T00:00:00Z")).toBe("Not valid yet: starts in 1 day");
  expect(validityWords({ ...leaf, notAfter: "2040-01-01T00:00:00Z" }, Date.parse("2026-11-22T00:00:00Z"))).toBe(
    "Valid, 13 years left",
  );
});

describe("the fault", () => {
  const chain = [leaf, authority];
  const of = (cause: Parameters<typeof faultOf>[0]) =>
    chain.map((_, index) => faultOf(cause, chain, index, "exchange.contoso.com")?.line ?? null);

  test("stands where it is", () => {
    expect(of("tls.untrusted")).toEqual([null, "issuer"]);
    expect(of("tls.name_mismatch")).toEqual(["names", null]);
    expect(of("tls.pin_mismatch")).toEqual(["sha256", null]);
    expect(of("tls.protocol")).toEqual([null, null]);
    expect(of(null)).toEqual([null, null]);
  });

  test("is a date only where a date is wrong", () => {
    const expired = [
      { ...leaf, notAfter: "2020-01-01T00:00:00Z" },
      { ...authority, notAfter: "2099-01-01T00:00:00Z" },
    ];
    expect(expired.map((_, index) => faultOf("tls.expired", expired, index, "x")?.line ?? null)).toEqual([
      "validity",
      null,
    ]);
  });
});

test("only a CA that the server sent can be trusted, never the server's own certificate", () => {
  expect(canBeTrusted(authority, 1)).toBe(true);
  expect(canBeTrusted({ ...authority, pem: null }, 1)).toBe(false);
  expect(canBeTrusted(leaf, 1)).toBe(false);
  expect(canBeTrusted({ ...authority, subject: authority.issuer }, 0)).toBe(false);
});

test("a trust is the same by what it lets in, not by what it remembers", () => {
  expect(trustOfCa(authority)).toEqual({ kind: "ca", name: "Contoso Issuing CA 1", pem: `${authority.pem}\n` });
  expect(sameTrust(trustOfPin(leaf), { kind: "pin", sha256: leaf.sha256 })).toBe(true);
  expect(sameTrust(trustOfPin(leaf), trustOfPin(authority))).toBe(false);
  expect(trustOfPin(leaf)).toMatchObject({ certificate: { pem: null, issuer: leaf.issuer } });
});
