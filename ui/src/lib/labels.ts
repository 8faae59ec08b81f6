import type { AccessType } from "@/ipc/generated/AccessType";
import type { Authentication } from "@/ipc/generated/Authentication";
import type { Blame } from "@/ipc/generated/Blame";
import type { MailboxLocation } from "@/ipc/generated/MailboxLocation";
import type { Platform } from "@/ipc/generated/Platform";
import type { ProxySetting } from "@/ipc/generated/ProxySetting";
import type { SyncAccess } from "@/ipc/generated/SyncAccess";
import type { Verdict } from "@/ipc/generated/Verdict";

/** Labels of `Mailbox Access Type` for lists; the picklist takes its own from the engine. */
export const accessTypes: Record<AccessType, string> = {
  ex_user: "Microsoft Exchange basic authorization (EWS API) - End User logon",
  ex_imp: "Microsoft Exchange Impersonation",
  ews_user: "Microsoft 365 OAuth (EWS API) - End User logon",
  graph_user: "Microsoft 365 OAuth (Graph API) - End User logon",
  ews_imp: "Microsoft 365 OAuth Logon (EWS API) - Impersonated logon",
  graph_app: "Microsoft 365 OAuth (Graph API) - App-only access logon",
  g_direct: "Google Direct Logon",
  g_sa: "Google Service Account",
  ews_app: "Microsoft 365 OAuth (EWS API) - App-only access logon",
};

/** `Platform` of an organization. */
export const platforms: Record<Platform, string> = {
  on_premises: "On-premises",
  exchange_online: "Exchange Online",
  hybrid: "Hybrid",
};

/** `Sync access` of a user. */
export const syncAccess: Record<SyncAccess, string> = {
  not_activated: "Not activated",
  active: "Active",
  needs_renewal: "Needs renewal",
  failed: "Failed",
};

/** Where a mailbox lives, as far as it can be told. */
export const locations: Record<MailboxLocation, string> = {
  on_premises: "On-premises",
  exchange_online: "Exchange Online",
  unknown: "Not known",
};

/** Verdicts in words. */
export const verdicts: Record<Verdict, string> = {
  granted: "Success",
  refused: "Refused",
  no_mailbox: "No mailbox",
  unusable: "Unusable",
  undetermined: "Undetermined",
  not_checked: "Not checked",
};

/** `Authentication` under `Connection options`. */
export const authentications: Record<Authentication, string> = {
  automatic: "Automatic",
  negotiate: "Negotiate (Kerberos)",
  ntlm: "NTLM",
  basic: "Basic",
  signed_in_user: "My Windows sign-in",
  bearer: "OAuth",
};

/** Whose job a cause is. */
export const blames: Record<Blame, string> = {
  network: "Network",
  certificate: "Network: certificate",
  exchange: "Exchange",
  identity: "Identity: account and rights",
  list: "You: the user list",
  us: "Understudy itself",
};

/** Which proxy, in words: of an organization or of the app. */
export function proxyWords(proxy: ProxySetting): string {
  switch (proxy.kind) {
    case "inherit":
      return "system settings";
    case "none":
      return "none";
    case "custom":
      return proxy.address.trim() === "" ? "custom" : proxy.address.trim();
  }
}
