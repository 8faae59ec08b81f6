// The access types that sign in with OAuth: which they are, and what is fixed about each.
import type { AccessType } from "@/ipc/generated/AccessType";
import type { AuthorityKind } from "@/ipc/generated/AuthorityKind";
import type { Cloud } from "@/ipc/generated/Cloud";
import type { EmailConfigurationForm } from "@/ipc/generated/EmailConfigurationForm";
import type { Platform } from "@/ipc/generated/Platform";

/** The three that Understudy signs in for. */
export type ModernType = "ews_imp" | "graph_app" | "ews_app";

export function isModern(type: AccessType): type is ModernType {
  return type === "ews_imp" || isApp(type);
}

/** An app signs in, and nobody does. */
export function isApp(type: AccessType): type is "graph_app" | "ews_app" {
  return type === "graph_app" || type === "ews_app";
}

/** The button under the picklist, in the words of the panel. */
export const buttonLabels: Record<ModernType, string> = {
  ews_imp: "Microsoft 365 OAuth (EWS API)",
  graph_app: "Microsoft 365 OAuth (Graph API)",
  ews_app: "Microsoft 365 OAuth (EWS API)",
};

export const authorityNames: Record<AuthorityKind, string> = {
  entra: "Entra",
  ad_fs: "AD FS",
  open_id: "Other (OpenID)",
};

export const cloudNames: Record<Cloud, string> = {
  global: "Worldwide, GCC included",
  us_gov_l4: "US Government L4 (GCC High)",
  us_gov_l5: "US Government L5 (DoD)",
  china: "China (21Vianet)",
};

/** Where EWS of Exchange Online is, cloud by cloud. */
export const cloudEwsUrls: Record<Cloud, string> = {
  global: "https://outlook.office365.com/EWS/Exchange.asmx",
  us_gov_l4: "https://outlook.office365.us/EWS/Exchange.asmx",
  us_gov_l5: "https://outlook-dod.office365.us/EWS/Exchange.asmx",
  china: "https://partner.outlook.cn/EWS/Exchange.asmx",
};

const onlineHosts = ["outlook.office.com", ...Object.values(cloudEwsUrls).map((url) => new URL(url).hostname)];

/** Whether the form means Exchange Online: by its URL, else by what the organization is said to be. */
export function meansOnline({ ewsUrl }: Pick<EmailConfigurationForm, "ewsUrl">, platform: Platform): boolean {
  if (!URL.canParse(ewsUrl)) return platform === "exchange_online";
  return onlineHosts.includes(new URL(ewsUrl).hostname);
}

/** The guide that shows how an app is registered for this. */
export function registrationGuide({ accessType, modern }: EmailConfigurationForm): string {
  if (accessType === "graph_app") return "exchange-online";
  if (accessType === "ews_app") return "ews-app";
  return modern.authority === "entra" ? "sign-in" : "hybrid";
}

/** Fields whose errors keep anybody from signing in. */
export function signInFields(type: ModernType): readonly string[] {
  return isApp(type)
    ? ["tenant", "clientId", "appCredential"]
    : ["tenant", "clientId", "authorityUrl", "redirectPort", "ewsUrl"];
}

/** `4:32` */
export function countdown(seconds: number): string {
  const left = Math.max(0, Math.floor(seconds));
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
}
