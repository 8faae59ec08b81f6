import type { DirectoryLookup } from "../../generated/DirectoryLookup.ts";
import type { DirectorySource } from "../../generated/DirectorySource.ts";
import type { HybridMap } from "../../generated/HybridMap.ts";
import { CommandError } from "../../problem.ts";
import { previewOfAddresses } from "./users.ts";
import { fresh, type Handlers, organizationOf, type World } from "./world.ts";

/** A look-up takes so many readings of its progress until it is done. */
const readings = 6;

type Lookup = {
  organization: number;
  source: DirectorySource;
  read: number;
  cancelled: boolean;
  answer?: DirectoryLookup;
};

/** Look-ups in Exchange, and where users live. */
export function directoryHandlers(world: World) {
  const lookups = new Map<string, Lookup>();
  const asking = new Map<number, number>();
  const map = (id: number): HybridMap => {
    const users = organizationOf(world, id).users;
    const of = (location: string) => users.filter((row) => row.location === location).length;
    const exchangeOnline = of("exchange_online");
    return {
      onPremises: of("on_premises"),
      exchangeOnline,
      unknown: of("unknown"),
      toldBy: "Told by the newest check and by Autodiscover, which was asked without credentials.",
      consequence:
        exchangeOnline === 0
          ? null
          : "EWS impersonation ended in Exchange Online on 1 Oct 2026 unless the tenant asked for more time; it ends for all on 1 Apr 2027. These users need app-only access.",
      asked: asking.get(id) ?? null,
      message: null,
    };
  };
  /** Every reading asks a few users more. */
  const step = (id: number) => {
    const asked = asking.get(id);
    if (asked === undefined) {
      return;
    }
    const rest = organizationOf(world, id).users.filter((row) => row.location === "unknown");
    for (const row of rest.slice(0, Math.max(1, Math.ceil(rest.length / 4)))) {
      row.location = row.id % 3 === 0 ? "on_premises" : "exchange_online";
    }
    const told = Math.min(rest.length, Math.max(1, Math.ceil(rest.length / 4)));
    if (rest.length - told <= 0) asking.delete(id);
    else asking.set(id, asked + told);
  };
  return {
    directory_start: ({ organization: id, source, password }) => {
      const organization = organizationOf(world, id);
      if (world.state.settings.workOffline) {
        throw new CommandError({ code: "offline", message: "Needs the network. Work offline is on." });
      }
      if (organization.form.ewsUrl === "") {
        throw new CommandError({
          code: "invalid",
          message: "Email Configuration has no EWS URL yet.",
          hint: "Fill in Email Configuration first.",
        });
      }
      if (password.kind === "stored" && !organization.password.hasPassword) {
        throw new CommandError({ code: "password_needed", message: "Enter the password." });
      }
      if (source.kind === "group" && !/^[^@\s]+@[^@\s]+$/.test(source.address)) {
        throw new CommandError({
          code: "invalid",
          message: `"${source.address}" isn't an e-mail address.`,
          field: "address",
        });
      }
      const lookup = String(fresh(world));
      lookups.set(lookup, { organization: id, source, read: 0, cancelled: false });
      return { lookup };
    },
    directory_show: ({ lookup: id }) => {
      const lookup = lookups.get(id);
      if (lookup === undefined) {
        throw new CommandError({ code: "not_found", message: "This look-up is gone." });
      }
      return show(world, id, lookup);
    },
    directory_cancel: ({ lookup: id }) => {
      const lookup = lookups.get(id);
      if (lookup !== undefined) {
        lookup.cancelled = true;
      }
      return {};
    },
    hybrid_map: ({ organization }) => {
      step(organization);
      return map(organization);
    },
    hybrid_map_start: ({ organization }) => {
      if (world.state.settings.workOffline) {
        throw new CommandError({ code: "offline", message: "Needs the network. Work offline is on." });
      }
      asking.set(organization, 0);
      return map(organization);
    },
    hybrid_map_cancel: ({ organization }) => {
      asking.delete(organization);
      return { ...map(organization), message: "Canceled. What was told so far stays." };
    },
  } satisfies Partial<Handlers>;
}

function show(world: World, id: string, lookup: Lookup): DirectoryLookup {
  if (lookup.answer !== undefined) {
    return lookup.answer;
  }
  lookup.read += 1;
  const whole = addresses(world, lookup);
  const share = Math.min(1, lookup.read / readings);
  const lists = lookup.source.kind === "name" ? 0 : 3;
  const soFar: DirectoryLookup = {
    lookup: id,
    state: "running",
    groups: Math.floor(lists * share),
    waiting: lists - Math.floor(lists * share),
    found: Math.floor(whole.length * share),
    notes: [],
    message: null,
    preview: null,
  };
  if (lookup.cancelled) {
    lookup.answer = { ...soFar, state: "cancelled", message: "Canceled. Nothing was added." };
    return lookup.answer;
  }
  if (lookup.read < readings) {
    return soFar;
  }
  lookup.answer = {
    ...soFar,
    state: "done",
    notes:
      lookup.source.kind === "group"
        ? ["2 contacts were left out: they have no mailbox here.", "Members of a hidden group can't be listed."]
        : [],
    message: `${whole.length} addresses found.`,
    preview: previewOfAddresses(world, lookup.organization, whole),
  };
  return lookup.answer;
}

function addresses(world: World, { organization, source }: Lookup): string[] {
  switch (source.kind) {
    case "group": {
      const domain = source.address.split("@")[1] ?? "contoso.com";
      const here = organizationOf(world, organization).users.slice(0, 3);
      const others = ["lena.moor", "ivo.brandt", "mia.castell", "noah.winter", "sara.lindqvist"];
      return [...here.map((row) => row.address), ...others.map((name) => `${name}@${domain}`)];
    }
    case "rooms":
      return ["room.berlin@contoso.com", "room.oslo@contoso.com", "room.porto@contoso.com"];
    case "name":
      return [`${source.name.trim().toLowerCase().replace(/\s+/g, ".")}@contoso.com`];
  }
}
