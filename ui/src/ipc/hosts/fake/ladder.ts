import type { Step } from "../../generated/Step.ts";
import type { FakeRun } from "./world.ts";

type Rung = Pick<Step, "id" | "title" | "message" | "evidence"> & Partial<Step>;

const rungs: readonly Rung[] = [
  { id: "form", title: "Form values", message: "The values are complete.", evidence: [] },
  {
    id: "dns",
    title: "Name resolves",
    message: "mail.contoso.com resolves to 192.0.2.10.",
    evidence: ["Addresses: 192.0.2.10, 2001:db8::10"],
  },
  {
    id: "tcp",
    title: "Port 443, proxy",
    message: "Port 443 answers.",
    evidence: ["Connected to: 192.0.2.10:443", "Proxy: none"],
  },
  {
    id: "tls",
    title: "Certificate",
    message: "The certificate is trusted: mail.contoso.com.",
    evidence: [
      "Names: mail.contoso.com, autodiscover.contoso.com",
      "Issuer: Contoso Issuing CA 1",
      "Valid: 3 Feb 2026 to 3 Feb 2027",
      "Trust: of the system",
    ],
  },
  {
    id: "discovery",
    title: "Autodiscover",
    status: "skipped",
    message: "The URL is given.",
    evidence: [],
  },
  {
    id: "ews",
    title: "EWS answers",
    message: "EWS answers (Exchange 15.2.2562.17); it offers Negotiate, NTLM.",
    evidence: ["HTTP status: 401, as it must be without credentials", "Schemes offered: Negotiate, NTLM"],
  },
  {
    id: "log_on",
    title: "Service account signs in",
    message: "Signed in with NTLM.",
    evidence: ["Scheme: NTLM", "Channel binding: sent, made with SHA-256"],
  },
  {
    id: "impersonate",
    title: "First impersonated mailbox",
    message: "ada.byron0@contoso.com was opened.",
    evidence: ["ResponseCode: NoError", "Request ID: b7b1a0f2-6a0e-4f4e-9d3f-1a2b3c4d5e6f"],
  },
  {
    id: "own_mailbox",
    title: "Service account's own Inbox, room lists",
    status: "warning",
    message: "No room lists are defined.",
    blame: "exchange",
    next: 'New-DistributionGroup -Name "Rooms" -RoomList defines one; the guide Rooms has all commands.',
    evidence: ["GetRoomLists: NoError, 0 lists", "Asked as: the service account"],
  },
  { id: "mailboxes", title: "Every mailbox", message: "Every mailbox was asked once.", evidence: [] },
  {
    id: "canaries",
    title: "Mailboxes that must be refused",
    message: "Every mailbox that must be refused was refused.",
    evidence: [],
  },
];

/** The ladder of a pretended run, as far as it is. */
export function steps(run: FakeRun): Step[] {
  const running = run.row.state === "running";
  return rungs.map((rung, index) => {
    const step: Step = {
      status: "pass",
      cause: null,
      elapsedMs: index < 9 && index !== 4 ? 12 + index * 7 : null,
      blame: null,
      next: null,
      ...rung,
    };
    if (running && index === 9) return { ...step, status: "running", message: "Mailboxes are being asked." };
    if (running && index > 9) return { ...step, status: "skipped", message: "Not reached yet." };
    if (index === 9 && run.row.summary.findings > 0) {
      return {
        ...step,
        status: "warning",
        message: `${run.row.summary.findings} mailboxes failed.`,
        next: "See Causes: each has its commands.",
      };
    }
    return step;
  });
}
