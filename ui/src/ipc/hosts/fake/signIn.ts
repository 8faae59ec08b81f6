import type { AppCertificate } from "../../generated/AppCertificate.ts";
import type { AppCredential } from "../../generated/AppCredential.ts";
import type { AppCredentialChange } from "../../generated/AppCredentialChange.ts";
import type { EmailConfigurationForm } from "../../generated/EmailConfigurationForm.ts";
import type { FoundAuthority } from "../../generated/FoundAuthority.ts";
import type { SignIn } from "../../generated/SignIn.ts";
import { CommandError } from "../../problem.ts";
import { appId, type SignInEnd, signedIn, signedInApp, tenantId } from "./signInScenes.ts";
import { type FakeOrganization, type Handlers, note, now, organizationOf, type World } from "./world.ts";

/** How the sign-in of Contoso stands at first, and what the next one comes to. */
export type FakeSignIn = {
  accessType?: EmailConfigurationForm["accessType"];
  /** Default `not_signed_in`. */
  now?: SignInEnd;
  /** Default `authorized`; `waiting`: nobody ever answers; `discarded`: a stranger does. */
  ends?: SignInEnd;
};

type Attempt = { until: number; asked: number; code: boolean };

/** How often a waiting sign-in is asked after before the pretended person is done in the browser. */
const patience = 2;
const minutes = 5;

/** Microsoft OAuth: sign-in in the browser, by code, and of apps. */
export function signInHandlers(world: World, { accessType, now: first, ends = "authorized" }: FakeSignIn = {}) {
  const standing = new Map<number, SignInEnd>();
  const attempts = new Map<number, Attempt>();
  /** What the form said when somebody signed in. */
  const asked = new Map<number, EmailConfigurationForm>();
  const contoso = world.organizations.find(({ id }) => id === 2);
  if (contoso && (accessType !== undefined || first !== undefined)) prepare(contoso, accessType ?? "ews_imp");
  if (contoso && first !== undefined) {
    standing.set(contoso.id, first);
    if (isWaiting(first)) begin(attempts, contoso.id, first === "device_code");
  }

  const show = (id: number, form?: EmailConfigurationForm): SignIn => {
    const organization = organizationOf(world, id);
    const attempt = attempts.get(id);
    if (attempt !== undefined) return waiting(attempt, standing.get(id) === "discarded" || ends === "discarded");
    const at = standing.get(id) ?? "not_signed_in";
    const now = form ?? organization.form;
    const then = asked.get(id) ?? organization.form;
    const stands = isApp(now) ? signedInApp(at, now) : signedIn(at, then);
    if (stands.state !== "authorized" || sameValues(now, then)) return stands;
    return {
      ...stands,
      state: "not_signed_in",
      status: "Impersonation status: Not authorized",
      otherValues: true,
      warnings: [],
    };
  };
  const settle = (id: number) => {
    const attempt = attempts.get(id);
    if (attempt === undefined) return;
    attempt.asked += 1;
    const stays = isWaiting(ends) || isWaiting(standing.get(id) ?? "not_signed_in");
    if (stays || attempt.asked < patience) return;
    attempts.delete(id);
    standing.set(id, ends);
    note(world, "settings_changed", "OAuth sign-in.", organizationOf(world, id));
  };
  const online = () => {
    if (!world.state.settings.workOffline) return;
    throw new CommandError({ code: "offline", message: "Needs the network. Work offline is on." });
  };
  return {
    sign_in_start: ({ organization, form, deviceCode }) => {
      online();
      standing.delete(organization);
      asked.set(organization, form ?? organizationOf(world, organization).form);
      begin(attempts, organization, deviceCode);
      return show(organization, form);
    },
    sign_in_show: ({ organization, form }) => {
      settle(organization);
      return show(organization, form);
    },
    sign_in_open: () => ({}),
    sign_in_cancel: ({ organization }) => {
      attempts.delete(organization);
      standing.set(organization, "cancelled");
      return show(organization);
    },
    sign_in_use: ({ organization }) => {
      standing.set(organization, "other_account_used");
      return show(organization);
    },
    sign_in_refresh: ({ organization }) => {
      online();
      if (standing.get(organization) === "authorized_without_role") standing.set(organization, "authorized");
      return show(organization);
    },
    sign_in_disconnect: ({ organization }) => {
      standing.delete(organization);
      note(world, "settings_changed", "OAuth sign-out.", organizationOf(world, organization));
      return show(organization);
    },
    authority_find: ({ form }) => {
      online();
      return found(form);
    },
    app_authorize: ({ organization, form, credential, consent }) => {
      online();
      const { appCredential } = organizationOf(world, organization);
      if (credential === undefined && !appCredential.hasSecret && appCredential.certificate === null) {
        throw new CommandError({
          code: "invalid",
          message: "Choose a certificate with its private key.",
          field: "appCredential",
        });
      }
      asked.set(organization, form ?? organizationOf(world, organization).form);
      // Whether or not anybody approves there, the token is asked for at once.
      standing.set(organization, consent && ends === "authorized" ? "authorized_without_role" : ends);
      return show(organization, form);
    },
    app_certificate_read: ({ credential }) => certificateOf(credential),
  } satisfies Partial<Handlers>;
}

/** Certificate file names that the pretended engine objects to, and how. */
function certificateOf(credential: AppCredential): AppCertificate {
  const name = credential.kind === "certificate" ? credential.name : "";
  const wrong = (message: string) => new CommandError({ code: "bad_certificate", message, field: "appCredential" });
  if (!/\.(pfx|p12|pem)$/i.test(name)) throw wrong("No certificate found in this file.");
  if (name.includes("public")) throw wrong("This certificate has no private key.");
  if (name.includes("old")) throw wrong("It expired on 3 Mar 2026.");
  if (name.includes("locked") && credential.kind === "certificate" && credential.password === undefined) {
    throw wrong("This file has a password. Enter it below.");
  }
  const soon = name.includes("soon");
  return {
    name,
    subject: "CN=Understudy mailbox check",
    thumbprint: "9F3A0C5E7712B4D8E6A1C0F24B7D95E83160AA42",
    notAfter: soon ? "2026-12-04T08:00:00Z" : "2028-03-01T08:00:00Z",
    daysLeft: soon ? 11 : 464,
  };
}

/** What is stored after a save. */
export function storedCredential(before: FakeOrganization["appCredential"], change: AppCredentialChange | undefined) {
  if (change === undefined || change.kind === "keep") return before;
  if (change.kind === "remove") return { hasSecret: false, certificate: null, setAt: null };
  const { credential } = change;
  const certificate = credential.kind === "certificate" ? certificateOf(credential) : null;
  return { hasSecret: credential.kind === "secret", certificate, setAt: now() };
}

export function isStored({ modern }: EmailConfigurationForm, stored: FakeOrganization["appCredential"]): boolean {
  return modern.appCredential === "certificate" ? stored.certificate !== null : stored.hasSecret;
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What is wrong with the fields of OAuth. */
export function validateModern(
  form: EmailConfigurationForm,
  credential: boolean,
  say: (field: string, text: string) => void,
): void {
  const { authority, tenant, authorityUrl, clientId, redirectPort } = form.modern;
  const app = isApp(form);
  if (authority === "entra") {
    const named = guid.test(tenant) || /^[\w-]+(\.[\w-]+)+$/.test(tenant);
    if (!named) say("tenant", "Enter the directory ID or a domain of this tenant.");
  } else if (!/^https:\/\/[^/]+/.test(authorityUrl)) {
    const what = authority === "ad_fs" ? "AD FS" : "the OpenID provider";
    say("authorityUrl", `Enter the https address of ${what}.`);
  }
  if (!guid.test(clientId)) {
    say("clientId", "Enter the application (client) ID, a GUID. The Guide shows how to register one.");
  }
  if (!app && redirectPort !== null && redirectPort === 0) say("redirectPort", "Choose a port from 1 to 65535.");
  const certificate = form.modern.appCredential === "certificate";
  const needed = certificate ? "Choose a certificate with its private key." : "Enter the client secret.";
  if (app && !credential) say("appCredential", needed);
}

export function isApp({ accessType }: Pick<EmailConfigurationForm, "accessType">): boolean {
  return accessType === "graph_app" || accessType === "ews_app";
}

function isWaiting(end: SignInEnd): boolean {
  return end === "waiting" || end === "discarded" || end === "device_code";
}

function begin(attempts: Map<number, Attempt>, id: number, code: boolean) {
  attempts.set(id, { until: Date.now() + minutes * 60_000, asked: 0, code });
}

function waiting({ until, code }: Attempt, disturbed: boolean): SignIn {
  const authority = `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0`;
  return {
    ...signedIn("not_signed_in"),
    state: "waiting",
    status: code ? "Finish signing in with the code" : "Finish signing in in your browser",
    waiting: {
      link: code
        ? "https://microsoft.com/devicelogin"
        : `${authority}/authorize?client_id=${appId}&response_type=code&code_challenge_method=S256&prompt=select_account`,
      userCode: code ? "F7QK2MHRT" : null,
      until: new Date(until).toISOString(),
      secondsLeft: Math.max(0, Math.ceil((until - Date.now()) / 1000)),
      redirectUri: code ? null : "http://localhost:49731/",
      discarded: disturbed ? 1 : 0,
    },
  };
}

/** Contoso with an app registration of its own. */
function prepare(organization: FakeOrganization, accessType: EmailConfigurationForm["accessType"]) {
  const { form } = organization;
  organization.form = {
    ...form,
    accessType,
    modern: { ...form.modern, tenant: tenantId, clientId: appId, keepSignedIn: true },
  };
}

function sameValues(a: EmailConfigurationForm, b: EmailConfigurationForm): boolean {
  const values = ({ accessType, ewsUrl, modern }: EmailConfigurationForm) =>
    JSON.stringify([accessType, ewsUrl, modern.authority, modern.tenant, modern.authorityUrl, modern.clientId]);
  return values(a) === values(b);
}

function found({ ewsUrl, modern }: EmailConfigurationForm): FoundAuthority {
  if (!URL.canParse(ewsUrl)) {
    throw new CommandError({ code: "invalid", message: "Enter the EWS URL to ask the server.", field: "ewsUrl" });
  }
  const { hostname } = new URL(ewsUrl);
  if (hostname.startsWith("old.")) {
    return {
      sentence: `${hostname} takes no tokens: Hybrid Modern Authentication is not switched on.`,
      fields: null,
      authorizationUri: null,
      trustedIssuers: [],
    };
  }
  if (hostname.startsWith("adfs-")) {
    const authorityUrl = "https://adfs.contoso.com";
    return {
      sentence: `${hostname} takes tokens of AD FS at adfs.contoso.com.`,
      fields: { ...modern, authority: "ad_fs", authorityUrl },
      authorizationUri: `${authorityUrl}/adfs/oauth2/authorize`,
      trustedIssuers: ["http://adfs.contoso.com/adfs/services/trust"],
    };
  }
  return {
    sentence: `${hostname} takes tokens of Microsoft Entra ID (Hybrid Modern Authentication).`,
    fields: { ...modern, authority: "entra", cloud: "global", tenant: tenantId },
    authorizationUri: "https://login.microsoftonline.com/common/oauth2/authorize",
    trustedIssuers: [`00000001-0000-0000-c000-000000000000@${tenantId}`],
  };
}
