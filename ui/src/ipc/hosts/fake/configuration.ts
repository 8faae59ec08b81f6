import type { AccessTypeInfo } from "../../generated/AccessTypeInfo.ts";
import type { EmailConfiguration } from "../../generated/EmailConfiguration.ts";
import type { FieldMessage } from "../../generated/FieldMessage.ts";
import type { Platform } from "../../generated/Platform.ts";
import { CommandError } from "../../problem.ts";
import { asked, chain } from "./server.ts";
import { isApp, isStored, storedCredential, validateModern } from "./signIn.ts";
import { type Handlers, note, now, organizationOf, type World } from "./world.ts";

/** Email Configuration. */
export function configurationHandlers(world: World) {
  const show = (id: number): EmailConfiguration => {
    const organization = organizationOf(world, id);
    const last = world.runs.find((run) => run.row.organization === id);
    return {
      form: structuredClone(organization.form),
      saved: organization.saved,
      password: { ...organization.password },
      hasProxyPassword: organization.hasProxyPassword,
      appCredential: organization.appCredential,
      updatedAt: organization.saved ? "2026-10-03T07:12:00Z" : null,
      lastRun: last?.row.id ?? null,
      lastRunMatches: last !== undefined,
      waitingRun: null,
      accessTypes: accessTypesFor(organization.platform),
    };
  };
  return {
    email_configuration_show: ({ organization }) => show(organization),
    email_configuration_validate: ({
      organization,
      form,
      passwordTyped,
      passwordOuterSpaces,
      askEachTime,
      ...more
    }) => {
      const { password: stored, appCredential } = organizationOf(world, organization);
      const found: FieldMessage[] = [];
      const say = (
        field: string,
        level: FieldMessage["level"],
        text: string,
        fix: string | null = null,
        automatic = false,
      ) => found.push({ field, level, text, fix, automatic });
      const app = isApp(form);
      const modern = app || form.accessType === "ews_imp";
      if (modern) {
        const given = more.appCredentialGiven || (app && isStored(form, appCredential));
        validateModern(form, given, (field, text) => say(field, "error", text));
      }
      if (app) {
        // No person signs in.
      } else if (form.accountLogon.trim() === "") {
        say("accountLogon", "error", "Enter the impersonating account.");
      } else if (form.accountLogon.includes("\\") === form.accountLogon.includes("@")) {
        say("accountLogon", "error", "Use one form: svc@contoso.com or CONTOSO\\svc.");
      }
      if (!modern && !passwordTyped && !stored.hasPassword && !askEachTime) {
        say("password", "error", "Enter the password, or choose Ask each time.");
      }
      if (passwordOuterSpaces) {
        say("password", "warning", "The password starts or ends with a space.");
      }
      if (!form.findWhenChecking && !app) {
        validateUrl(form.ewsUrl, (level, text, fix, automatic) => say("ewsUrl", level, text, fix, automatic));
      }
      if (organizationOf(world, organization).users.length === 0) {
        say("users", "error", "Add users first, or try one address.");
      }
      return found;
    },
    email_configuration_save: ({ organization: id, form, password, proxyPassword, appCredential }) => {
      const organization = organizationOf(world, id);
      if (password.kind === "store" && !world.state.keyStore.available) {
        throw new CommandError({
          code: "key_store",
          message: "The key store refused to save the password. Nothing was changed.",
        });
      }
      organization.form = form;
      organization.saved = true;
      organization.hasProxyPassword ||= proxyPassword !== undefined;
      organization.appCredential = storedCredential(organization.appCredential, appCredential);
      if (password.kind === "store") {
        organization.password = { hasPassword: true, askEachTime: false, setAt: now(), provenAt: null };
      } else if (password.kind !== "keep") {
        organization.password = {
          hasPassword: false,
          askEachTime: password.kind === "ask",
          setAt: null,
          provenAt: null,
        };
      }
      note(world, "settings_changed", "Email Configuration saved.", organization);
      const users = organization.users.length;
      return {
        configuration: show(id),
        activated: 0,
        renewed: 0,
        failed: 0,
        unchanged: users,
        needsRenewal: 0,
        appliedRun: null,
      };
    },
    ews_url_generate: ({ accountLogon, domain }) => {
      const known = domain ?? accountLogon.split("@")[1];
      return {
        url: known === undefined || known === "" ? null : `https://mail.${known}/EWS/Exchange.asmx`,
        domains: ["contoso.com", "fabrikam.com"],
      };
    },
    endpoint_probe: ({ form }) => {
      if (world.state.settings.workOffline) {
        throw new CommandError({ code: "offline", message: "Needs the network. Work offline is on." });
      }
      const { accountLogon, ewsUrl } = form;
      if (!URL.canParse(ewsUrl)) {
        throw new CommandError({ code: "invalid", message: "This isn't a web address.", field: "ewsUrl" });
      }
      const bare = accountLogon !== "" && !/[\\@]/.test(accountLogon);
      return {
        cause: null,
        message: `${new URL(ewsUrl).hostname} asks for a sign-in and offers Negotiate, NTLM. Exchange 15.2.2562.17.`,
        authentication: asked,
        certificates: chain,
        accountSuggestion: bare ? `CONTOSO\\${accountLogon}` : null,
      };
    },
    certificate_read: ({ name }) => {
      if (!/\.(pem|crt|cer|der)$/i.test(name)) {
        throw new CommandError({ code: "bad_certificate", message: "No certificate found in this file." });
      }
      return [
        {
          subject: "CN=Contoso Root CA",
          issuer: "CN=Contoso Root CA",
          names: [],
          notBefore: "2020-01-01T00:00:00Z",
          notAfter: "2040-01-01T00:00:00Z",
          sha256: "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF",
          isCa: true,
          pem: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        },
      ];
    },
  } satisfies Partial<Handlers>;
}

type Say = (level: FieldMessage["level"], text: string, fix?: string, automatic?: boolean) => void;

function validateUrl(value: string, say: Say): void {
  if (value.trim() === "") {
    say("error", "Enter the EWS URL or use the Magic Wand.");
    return;
  }
  const completed = /^(https?:\/\/)?([\w.-]+\.[a-z]+)\/?(ews\/?)?$/i.exec(value);
  if (completed !== null && completed[1] !== "http://") {
    const url = `https://${completed[2]}/EWS/Exchange.asmx`;
    say("fix", `Completed to ${url}.`, url, true);
    return;
  }
  if (!URL.canParse(value)) {
    say("error", "This isn't a web address.");
    return;
  }
  const url = new URL(value);
  if (url.protocol !== "https:") {
    say("error", "Use https. Credentials are never sent over http.");
  } else if (url.username !== "" || url.search !== "" || url.hash !== "") {
    say("error", "Remove the user name, password, ? and # parts.");
  } else if (/^\/(owa|ecp)/i.test(url.pathname)) {
    const fixed = `https://${url.host}/EWS/Exchange.asmx`;
    say("fix", `That's a web page for people. Use ${fixed}?`, fixed);
  } else if (/^[\d.]+$/.test(url.hostname)) {
    say("warning", "The certificate won't match an IP address, and Kerberos isn't possible.");
  }
}

function entry(
  key: AccessTypeInfo["key"],
  label: string,
  subtitle: string,
  served: boolean,
  kind: string,
  text: string,
): AccessTypeInfo {
  return {
    key,
    label,
    subtitle,
    keywords: key === "ex_imp" ? ["basic authorization", "impersonated"] : [],
    served,
    badge: { kind, text },
    needs: served ? "" : "Every user's own sign-in.",
    whyNot: served ? "" : "Understudy never asks users for their passwords.",
    instead: served ? "" : "Use Microsoft Exchange Impersonation.",
    controls: served ? [] : ["Account Logon", "Password"],
  };
}

/** In their order, as they stand today. */
const accessTypesFor = (platform: Platform): AccessTypeInfo[] => [
  entry("ex_user", "Microsoft Exchange basic authorization (EWS API) - End User logon", "", false, "works", "Works"),
  entry(
    "ex_imp",
    "Microsoft Exchange Impersonation",
    "Microsoft Exchange basic authorization (EWS API) - Impersonated logon",
    true,
    "works",
    "Works",
  ),
  entry("ews_user", "Microsoft 365 OAuth (EWS API) - End User logon", "", false, "dated", "Works until 1 Apr 2027"),
  entry("graph_user", "Microsoft 365 OAuth (Graph API) - End User logon", "", false, "works", "Works"),
  entry(
    "ews_imp",
    "Microsoft 365 OAuth Logon (EWS API) - Impersonated logon",
    "Microsoft 365 OAuth (EWS API) - Impersonated logon",
    platform !== "exchange_online",
    platform === "exchange_online" ? "retired" : "works",
    platform === "exchange_online" ? "Retired" : "Works",
  ),
  entry("graph_app", "Microsoft 365 OAuth (Graph API) - App-only access logon", "", true, "works", "Works"),
  entry("g_direct", "Google Direct Logon", "", false, "not_rated", "Not rated"),
  entry("g_sa", "Google Service Account", "", false, "not_rated", "Not rated"),
  entry(
    "ews_app",
    "Microsoft 365 OAuth (EWS API) - App-only access logon",
    "",
    true,
    "dated",
    "Works until 1 Apr 2027",
  ),
];
