// What the pretended Exchange server shows before and after a log-on.
import type { CertificateInfo } from "../../generated/CertificateInfo.ts";
import type { RunAuthentication } from "../../generated/RunAuthentication.ts";

/** Its chain, leaf first. */
export const chain: CertificateInfo[] = [
  {
    subject: "CN=mail.contoso.com",
    issuer: "CN=Contoso Issuing CA 1,DC=contoso,DC=com",
    names: ["mail.contoso.com", "autodiscover.contoso.com"],
    notBefore: "2026-01-10T00:00:00Z",
    notAfter: "2027-01-10T00:00:00Z",
    sha256: "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08",
    isCa: false,
    pem: "-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n",
  },
  {
    subject: "CN=Contoso Issuing CA 1,DC=contoso,DC=com",
    issuer: "CN=Contoso Root CA",
    names: [],
    notBefore: "2021-03-01T00:00:00Z",
    notAfter: "2031-03-01T00:00:00Z",
    sha256: "2C26B46B68FFC68FF99B453C1D30413413422D706483BFA0F98A5E886266E7AE",
    isCa: true,
    pem: "-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----\n",
  },
];

/** What it says to whoever asks. */
export const asked: RunAuthentication = {
  offered: ["Negotiate", "NTLM"],
  tried: [],
  accepted: null,
  channel_binding: null,
  server_version: "15.2.2562.17",
  clock_skew_seconds: 3,
  domain: { netbios: "CONTOSO", dns: "contoso.com", forest: "contoso.com", computer: "ex01.contoso.com" },
};

/** How a log-on went. */
export const loggedOn: RunAuthentication = {
  ...asked,
  tried: [
    {
      scheme: "Negotiate",
      mechanism: "kerberos",
      outcome: "not_possible",
      detail: "No domain controller answers from this computer.",
    },
    { scheme: "NTLM", mechanism: "ntlm", outcome: "accepted", detail: null },
  ],
  accepted: "NTLM",
  channel_binding: { sent: true, hash: "SHA-256", looked_at: "by_default" },
};
