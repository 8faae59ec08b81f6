import type { ActivityRow } from "../../generated/ActivityRow.ts";
import type { AppCredentialState } from "../../generated/AppCredentialState.ts";
import type { AppState } from "../../generated/AppState.ts";
import type { EmailConfigurationForm } from "../../generated/EmailConfigurationForm.ts";
import type { LearnedLoad } from "../../generated/LearnedLoad.ts";
import type { OrganizationSettings } from "../../generated/OrganizationSettings.ts";
import type { PasswordState } from "../../generated/PasswordState.ts";
import type { Platform } from "../../generated/Platform.ts";
import type { ResultRow } from "../../generated/ResultRow.ts";
import type { RunRow } from "../../generated/RunRow.ts";
import type { UserRow } from "../../generated/UserRow.ts";
import type { Answer, CommandName, Request } from "../../host.ts";
import { CommandError } from "../../problem.ts";

/** What answers commands: all of them, or those a test replaces. */
export type Handlers = { [K in CommandName]: (request: Request<K>) => Answer<K> | Promise<Answer<K>> };

export type FakeOrganization = {
  id: number;
  name: string;
  externalId: string;
  platform: Platform;
  enabled: boolean;
  settings: OrganizationSettings;
  form: EmailConfigurationForm;
  saved: boolean;
  password: PasswordState;
  hasProxyPassword: boolean;
  appCredential: AppCredentialState;
  users: UserRow[];
  learned: LearnedLoad | null;
};

export type FakeRun = {
  row: RunRow;
  /** What each mailbox answers, once it is asked. */
  results: ResultRow[];
  /** How many were decided before `since`. */
  decided: number;
  /** From when on more are asked (milliseconds); null: none are. */
  since: number | null;
  /** Users the mailboxes were drawn from. */
  population: number;
};

/** Everything the pretended engine knows. */
export type World = {
  state: AppState;
  organizations: FakeOrganization[];
  runs: FakeRun[];
  activity: ActivityRow[];
  undo: Map<number, () => string>;
  previews: Map<string, { organization: number; addresses: string[] }>;
  nextId: number;
};

export const now = () => new Date().toISOString();

export function fresh(world: World): number {
  world.nextId += 1;
  return world.nextId;
}

export function organizationOf(world: World, id: number): FakeOrganization {
  const found = world.organizations.find((organization) => organization.id === id);
  if (found === undefined) {
    throw new CommandError({ code: "not_found", message: "This organization does not exist any more." });
  }
  return found;
}

export function note(
  world: World,
  kind: string,
  details: string,
  organization?: FakeOrganization,
  undo?: () => string,
) {
  const id = fresh(world);
  world.activity.unshift({
    id,
    at: now(),
    changedBy: "CONTOSO\\jane",
    kind,
    details,
    organization: organization?.id ?? null,
    organizationName: organization?.name ?? null,
    undoable: undo !== undefined,
  });
  if (undo !== undefined) {
    world.undo.set(id, undo);
  }
  return id;
}

export function emptyOrganization(id: number, name: string, externalId: string): FakeOrganization {
  return {
    id,
    name,
    externalId,
    platform: "on_premises",
    enabled: true,
    settings: { concurrency: 0, timeoutSeconds: 30, folders: ["inbox"], hostPattern: "", notes: "" },
    form: {
      accessType: "ex_imp",
      accountLogon: "",
      ewsUrl: "",
      urlOrigin: "typed",
      authentication: "automatic",
      tlsTrust: { kind: "system" },
      identifyBy: "smtp",
      proxy: { kind: "inherit" },
      findWhenChecking: false,
      modern: {
        authority: "entra",
        cloud: "global",
        tenant: "",
        authorityUrl: "",
        clientId: "",
        redirectPort: null,
        keepSignedIn: false,
        appCredential: "certificate",
      },
    },
    saved: false,
    password: { hasPassword: false, askEachTime: false, setAt: null, provenAt: null },
    hasProxyPassword: false,
    appCredential: { hasSecret: false, certificate: null, setAt: null },
    users: [],
    learned: null,
  };
}

const given = [
  "Ada",
  "Grace",
  "Alan",
  "Edsger",
  "Barbara",
  "Donald",
  "Frances",
  "Ken",
  "Radia",
  "Tony",
  "Jean",
  "John",
];
const family = ["Byron", "Hopper", "Turing", "Dijkstra", "Liskov", "Knuth", "Allen", "Thompson", "Perlman", "Hoare"];

/** User number `index` of an organization; always the same. */
export function user(index: number, organization: FakeOrganization, checked: boolean): UserRow {
  const name = `${given[index % given.length]} ${family[(index * 7) % family.length]}`;
  const verdict = !checked ? null : index % 41 === 7 ? "refused" : index % 97 === 5 ? "no_mailbox" : "granted";
  const address = `${name.toLowerCase().replace(" ", ".")}${index}@contoso.com`;
  return {
    id: organization.id * 1_000_000 + index,
    organization: organization.id,
    organizationName: organization.name,
    name,
    address,
    upn: address,
    sid: null,
    kind: index % 50 === 49 ? "RoomMailbox" : "UserMailbox",
    tags: index % 10 === 3 ? "vip" : "",
    aliases: [],
    inScope: true,
    mustRefuse: index % 400 === 399,
    synchronizationDisabled: index % 83 === 80,
    syncAccess: verdict === null ? "not_activated" : verdict === "granted" ? "active" : "failed",
    lastVerdict: verdict,
    lastCause:
      verdict === "refused"
        ? "impersonation.out_of_scope"
        : verdict === null || verdict === "granted"
          ? null
          : "mailbox.not_found",
    lastMessage: verdict === null ? null : messages[verdict],
    lastCheckedAt: verdict === null ? null : "2026-11-21T09:12:00Z",
    lastGoodAt: verdict === "granted" ? "2026-11-21T09:12:00Z" : null,
    location: verdict === null || verdict === "no_mailbox" ? "unknown" : "on_premises",
    createdAt: "2026-11-02T08:00:00Z",
    updatedAt: "2026-11-21T09:12:00Z",
  };
}

export const messages = {
  granted: "connected successfully",
  refused: "refused: outside the management scope",
  no_mailbox: "no mailbox here: wrong address, or it lives in Exchange Online",
} as const;

/** A world with three organizations; `users` in Contoso. `blank` is a first start. */
export function createWorld(users: number, blank = false): World {
  const standard = emptyOrganization(1, "Default Organization", "default");
  const contoso = emptyOrganization(2, "Contoso", "contoso");
  const fabrikam = emptyOrganization(3, "Fabrikam Works", "fabrikam-works");
  contoso.saved = true;
  contoso.form = {
    ...contoso.form,
    accountLogon: "svc-rg@contoso.com",
    ewsUrl: "https://mail.contoso.com/EWS/Exchange.asmx",
    urlOrigin: "generated",
  };
  contoso.password = {
    hasPassword: true,
    askEachTime: false,
    setAt: "2026-10-03T07:12:00Z",
    provenAt: "2026-11-21T09:12:00Z",
  };
  contoso.learned = {
    allowed: 20,
    learnedAt: "2026-11-21T09:12:00Z",
    sentence: "Your server seems to allow about 20 connections.",
  };
  contoso.users = Array.from({ length: users }, (_, index) => user(index, contoso, true));
  fabrikam.enabled = false;
  fabrikam.platform = "hybrid";
  fabrikam.users = Array.from({ length: 12 }, (_, index) => user(index, fabrikam, false));
  return {
    state: {
      version: "0.1.0",
      dataDir: "C:\\Users\\jane\\AppData\\Roaming\\Understudy",
      platform: "windows",
      settings: {
        theme: "system",
        proxy: { kind: "inherit" },
        workOffline: false,
        firstRunDone: !blank,
        checkNoticeSeen: false,
      },
      keyStore: { name: "Windows Credential Manager", available: true, problem: null },
      practice: null,
    },
    organizations: blank ? [standard] : [standard, contoso, fabrikam],
    runs: [],
    activity: [],
    undo: new Map(),
    previews: new Map(),
    nextId: 10_000,
  };
}
