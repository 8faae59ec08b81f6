import type { DiscoveryMethod } from "@/ipc/generated/DiscoveryMethod";
import type { DiscoveryPlacement } from "@/ipc/generated/DiscoveryPlacement";

/** How a host was thought of. */
export const methods: Record<DiscoveryMethod, string> = {
  json_v2: "JSON, no password",
  scp: "Service connection point",
  autodiscover_host: "Autodiscover host",
  root_domain: "Mail domain itself",
  http_redirect: "Redirect over http",
  dns_srv: "DNS SRV",
  redirect: "Redirect",
};

/** From where a URL is meant to be used. */
export const placements: Record<DiscoveryPlacement, string> = {
  internal: "Internal",
  external: "External",
  unknown: "Internal or external: not told",
};

/** What is to be known of the password before a search. */
export function passwordWords(account: string, withPassword: boolean): string {
  return withPassword
    ? `Asks without the password first. Before the password of ${account || "the account"} goes to a host, you are asked.`
    : "No password is typed or stored, so none is sent: hosts that ask for one are left out.";
}
