import type { EmailConfigurationForm } from "../../generated/EmailConfigurationForm.ts";
import type { SignIn } from "../../generated/SignIn.ts";
import type { SignInFailure } from "../../generated/SignInFailure.ts";

/** How a sign-in can stand. */
export type SignInEnd =
  | "not_signed_in"
  | "waiting"
  | "discarded"
  | "device_code"
  | "authorized"
  /** An app that nobody approved yet. */
  | "authorized_without_role"
  | "other_account"
  | "other_account_used"
  | "expired"
  | "revoked"
  | keyof typeof failures;

export const tenantId = "3f6e1c52-8a4b-4f0d-9c1e-2b7a5d904e11";
export const appId = "b1c0a7de-55f2-4c39-8e64-0d9f1a2b3c4d";

const failures = {
  consent: {
    kind: "consent",
    sentence: "An administrator of the tenant must approve this app first.",
    nextStep: "Send the link to an administrator of the tenant, then sign in again.",
    code: "AADSTS90094",
    consentLink: `https://login.microsoftonline.com/${tenantId}/adminconsent?client_id=${appId}`,
  },
  denied: {
    kind: "denied",
    sentence: "The sign-in was declined in the browser.",
    nextStep: "",
    code: "access_denied",
    consentLink: null,
  },
  conditional_access: {
    kind: "denied",
    sentence: "Conditional Access of this tenant doesn't let this sign-in through.",
    nextStep: "Exclude the service account from the policy, or sign in from a device that it accepts.",
    code: "AADSTS53003",
    consentLink: null,
  },
  timed_out: {
    kind: "timed_out",
    sentence: "Nobody finished signing in within 5 minutes.",
    nextStep: "",
    code: null,
    consentLink: null,
  },
  cancelled: { kind: "cancelled", sentence: "The sign-in was canceled.", nextStep: "", code: null, consentLink: null },
  port_taken: {
    kind: "port_taken",
    sentence: "Port 53682 of this computer is taken by another program.",
    nextStep: "Close that program, or register another redirect port.",
    code: null,
    consentLink: null,
  },
  mismatch: {
    kind: "mismatch",
    sentence: "The answer names another issuer than the one that was asked. Nothing was stored.",
    nextStep: "Check the directory ID.",
    code: null,
    consentLink: null,
  },
  redirect_mismatch: {
    kind: "refused",
    sentence: "The app registration doesn't list http://localhost as a redirect address.",
    nextStep: "Add http://localhost under Mobile and desktop applications.",
    code: "AADSTS50011",
    consentLink: null,
  },
  not_registered: {
    kind: "refused",
    sentence: "mail.contoso.com isn't registered in this tenant.",
    nextStep: "Add it to the ServicePrincipalNames of Office 365 Exchange Online.",
    code: "AADSTS500011",
    consentLink: null,
  },
  no_public_client: {
    kind: "refused",
    sentence: "The app registration doesn't allow public client flows.",
    nextStep: "Set `Allow public client flows` to Yes.",
    code: "AADSTS7000218",
    consentLink: null,
  },
  bad_secret: {
    kind: "refused",
    sentence: "The secret was refused (7000215).",
    nextStep: "Enter the value of the secret, not its ID.",
    code: "AADSTS7000215",
    consentLink: null,
  },
  unreachable: {
    kind: "unreachable",
    sentence: "Can't reach login.microsoftonline.com: no such host.",
    nextStep: "Check the name server and the proxy.",
    code: null,
    consentLink: null,
  },
} satisfies Record<string, SignInFailure>;

const nobody: SignIn = {
  state: "not_signed_in",
  status: "Impersonation status: Not authorized",
  waiting: null,
  failure: null,
  account: null,
  expected: null,
  tenant: null,
  audience: null,
  scopes: [],
  roles: [],
  expiresAt: null,
  signedInAt: null,
  renewable: false,
  kept: false,
  otherValues: false,
  warnings: [],
};

function hours(count: number): string {
  return new Date(Date.now() + count * 3_600_000).toISOString();
}

/** The sign-in of a person. */
export function signedIn(end: SignInEnd, form?: EmailConfigurationForm): SignIn {
  if (end in failures) return { ...nobody, state: "failed", failure: failures[end as keyof typeof failures] };
  const token: SignIn = {
    ...nobody,
    state: "authorized",
    status: "Impersonation status: Authorized",
    account: form?.accountLogon || "svc-rg@contoso.com",
    tenant: tenantId,
    audience: "https://mail.contoso.com/",
    scopes: ["EWS.AccessAsUser.All", "offline_access", "openid", "profile"],
    expiresAt: hours(1.1),
    signedInAt: hours(-3),
    renewable: form?.modern.keepSignedIn ?? true,
    kept: form?.modern.keepSignedIn ?? true,
  };
  switch (end) {
    case "authorized":
    case "authorized_without_role":
      return token;
    case "other_account":
      return {
        ...token,
        state: "other_account",
        status: `Signed in as jane.doe@contoso.com, expected ${token.account}.`,
        account: "jane.doe@contoso.com",
        expected: token.account,
      };
    case "other_account_used":
      return { ...token, account: "jane.doe@contoso.com" };
    case "expired":
    case "revoked":
      return {
        ...token,
        state: "expired",
        status: "Impersonation status: Expired",
        expiresAt: hours(-30),
        signedInAt: hours(-55),
        renewable: false,
      };
    default:
      return nobody;
  }
}

/** The token of an app. */
export function signedInApp(end: SignInEnd, { accessType, modern }: EmailConfigurationForm): SignIn {
  const stands = signedIn(end);
  if (stands.account === null) return stands;
  const graph = accessType === "graph_app";
  const role = graph ? "Mail.Read" : "full_access_as_app";
  return {
    ...stands,
    account: modern.clientId,
    audience: graph ? "https://graph.microsoft.com" : "https://outlook.office365.com",
    scopes: [],
    roles: end === "authorized_without_role" ? [] : [role],
    renewable: true,
    kept: false,
    warnings: [
      end === "authorized_without_role"
        ? `The token has no role ${role}: the app opens mailboxes only where RBAC for Applications lets it.`
        : "The tenant-wide grant overrides your scope.",
    ],
  };
}
