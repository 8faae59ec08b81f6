// What a server offers to sign in with, held against what was chosen. Decides nothing: the engine does.
import type { Authentication } from "@/ipc/generated/Authentication";
import type { SchemeOutcome } from "@/ipc/generated/SchemeOutcome";
import type { SchemeTried } from "@/ipc/generated/SchemeTried";

/** Words of the server that serve a choice. `Bearer` is not for passwords. */
const servedBy: Record<Authentication, readonly string[]> = {
  automatic: ["negotiate", "ntlm"],
  negotiate: ["negotiate"],
  ntlm: ["ntlm"],
  basic: ["basic"],
  signed_in_user: ["negotiate"],
  bearer: ["bearer"],
};

export function isOffered(chosen: Authentication, offered: readonly string[]): boolean {
  return offered.some((word) => servedBy[chosen].includes(word.toLowerCase()));
}

/** What to choose instead, where the choice is not offered; null: it is, or nothing here is. */
export function insteadOf(chosen: Authentication, offered: readonly string[]): Authentication | null {
  if (offered.length === 0 || isOffered(chosen, offered)) return null;
  return (["automatic", "basic"] as const).find((other) => isOffered(other, offered)) ?? null;
}

const mechanisms: Record<string, string> = { kerberos: "Kerberos", ntlm: "NTLM", basic: "Basic", bearer: "OAuth" };

/** `NTLM`, or `NTLM under Negotiate` where the word in the header is another one. */
export function triedWords({ scheme, mechanism }: Pick<SchemeTried, "scheme" | "mechanism">): string {
  const name = mechanisms[mechanism] ?? mechanism;
  return name.toLowerCase() === scheme.toLowerCase() || mechanism === "bearer" ? name : `${name} under ${scheme}`;
}

export const outcomeWords: Record<SchemeOutcome, string> = {
  accepted: "Accepted",
  refused: "Refused",
  not_possible: "Not possible",
  unanswered: "No answer",
};

/** More than this, and Kerberos refuses; NTLM does on some domains. */
const tolerated = 300;

/** How the server's clock stands to this computer's: `5 min ahead of this computer`. */
export function skewWords(seconds: number): string {
  const off = Math.abs(seconds);
  if (off < 2) return "In step with this computer";
  const way = seconds > 0 ? "ahead of" : "behind";
  return `${duration(off)} ${way} this computer`;
}

export function isSkewed(seconds: number): boolean {
  return Math.abs(seconds) > tolerated;
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}
