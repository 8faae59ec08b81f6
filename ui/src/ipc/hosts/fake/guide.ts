import type { ExchangeNames } from "../../generated/ExchangeNames.ts";
import type { Guide } from "../../generated/Guide.ts";
import type { GuideSummary } from "../../generated/GuideSummary.ts";
import { CommandError } from "../../problem.ts";
import { guides, type Known } from "./guideTexts.ts";
import { type Handlers, note, organizationOf, type World } from "./world.ts";

const noNames: ExchangeNames = {
  group: "RIAG",
  securityGroup: false,
  scope: "RIusersScope",
  assignment: "RI-Impersonation",
  server: "",
  roomList: "Rooms",
};

/** Empty names fall back to those of the guide. */
function orDefaults(names: ExchangeNames): ExchangeNames {
  return {
    ...names,
    group: names.group || noNames.group,
    scope: names.scope || noNames.scope,
    assignment: names.assignment || noNames.assignment,
    roomList: names.roomList || noNames.roomList,
  };
}

/** Guides filled with an organization's names. */
export function guideHandlers(world: World) {
  const names = new Map<number, ExchangeNames>();
  const done = new Map<string, Set<string>>();
  const marks = (organization: number | undefined, guide: string) => done.get(`${organization} ${guide}`) ?? new Set();
  const known = (id: number | undefined): Known => {
    const organization = id === undefined ? undefined : organizationOf(world, id);
    return {
      names: (id === undefined ? undefined : names.get(id)) ?? noNames,
      account: organization?.form.accountLogon ?? "",
      host: /^https:\/\/([^/:]+)/.exec(organization?.form.ewsUrl ?? "")?.[1] ?? "",
      user: organization?.users[0]?.address ?? "",
    };
  };
  const build = (organization: number | undefined, id: string): Guide => {
    const text = guides.find((guide) => guide.id === id);
    if (text === undefined) {
      throw new CommandError({ code: "not_found", message: "This guide does not exist." });
    }
    const about = known(organization);
    const marked = marks(organization, id);
    const steps = text.steps(about).map((step) => ({ ...step, done: marked.has(step.id) }));
    return {
      summary: {
        id,
        title: text.title,
        subtitle: text.subtitle,
        badge: text.badge,
        done: steps.filter((step) => step.done).length,
        steps: steps.length,
      },
      names: about.names,
      steps,
      calendar: "2026-11-22",
      sources: text.sources,
    };
  };
  return {
    guides_list: ({ organization }): GuideSummary[] =>
      guides.map((guide) => build(organization ?? undefined, guide.id).summary),
    guide_show: ({ organization, guide }) => build(organization, guide),
    guide_mark: ({ organization, guide, step, done: isDone }) => {
      const marked = marks(organization, guide);
      if (isDone) marked.add(step);
      else marked.delete(step);
      done.set(`${organization} ${guide}`, marked);
      return {};
    },
    exchange_names_save: ({ organization, names: changed }) => {
      if (changed.group.includes("\n")) {
        throw new CommandError({ code: "invalid", message: "A name has one line.", field: "group" });
      }
      names.set(organization, orDefaults(changed));
      note(world, "settings_changed", "Exchange names changed.", organizationOf(world, organization));
      return orDefaults(changed);
    },
    page_open: ({ organization, page }) => {
      if (world.state.settings.workOffline) {
        throw new CommandError({ code: "offline", message: "Needs the network. Work offline is on." });
      }
      if (page === "admin_center" && known(organization).host === "" && known(organization).names.server === "") {
        throw new CommandError({
          code: "invalid",
          message: "The server is not known.",
          hint: "Fill in Email Configuration, or the server under Names.",
        });
      }
      return {};
    },
  } satisfies Partial<Handlers>;
}
