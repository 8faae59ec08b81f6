import type { OrganizationRow } from "../../generated/OrganizationRow.ts";
import type { SyncCounts } from "../../generated/SyncCounts.ts";
import type { UserRow } from "../../generated/UserRow.ts";
import { CommandError } from "../../problem.ts";
import {
  emptyOrganization,
  type FakeOrganization,
  fresh,
  type Handlers,
  note,
  organizationOf,
  type World,
} from "./world.ts";

/** Organizations, settings of the app, activity and practice mode. */
export function organizationHandlers(world: World) {
  const rowOf = (organization: FakeOrganization): OrganizationRow => ({
    id: organization.id,
    name: organization.name,
    externalId: organization.externalId,
    accessType: organization.form.accessType,
    platform: organization.platform,
    enabled: organization.enabled,
    isDefault: organization.id === 1,
    counts: countsOf(organization.users),
    lastRun: world.runs.find((run) => run.row.organization === organization.id)?.row ?? null,
    createdAt: "2026-11-02T08:00:00Z",
    updatedAt: "2026-11-21T09:12:00Z",
  });
  const claim = (name: string, except?: number) => {
    const trimmed = name.trim();
    if (trimmed === "") {
      throw new CommandError({ code: "invalid", message: "Enter a name.", field: "name" });
    }
    if (trimmed.length > 120) {
      throw new CommandError({ code: "invalid", message: "Use at most 120 characters.", field: "name" });
    }
    const taken = world.organizations.find(
      (other) => other.id !== except && other.name.toLowerCase() === trimmed.toLowerCase(),
    );
    if (taken !== undefined) {
      throw new CommandError({
        code: "taken",
        message: `An organization named "${taken.name}" already exists.`,
        field: "name",
      });
    }
    return trimmed;
  };
  const add = (name: string, externalId: string): FakeOrganization => {
    if (!/^[A-Za-z0-9._-]{1,64}$/.test(externalId)) {
      throw new CommandError({
        code: "invalid",
        message: "Use letters, digits, dot, dash or underscore.",
        field: "externalId",
      });
    }
    const owner = world.organizations.find((other) => other.externalId === externalId);
    if (owner !== undefined) {
      throw new CommandError({
        code: "taken",
        message: `This External Id belongs to "${owner.name}".`,
        field: "externalId",
      });
    }
    const organization = emptyOrganization(fresh(world), name, externalId);
    world.organizations.push(organization);
    return organization;
  };
  return {
    app_state: () => structuredClone(world.state),
    settings_save: (settings) => {
      world.state = { ...world.state, settings };
      return settings;
    },
    organizations_list: ({ search }) =>
      world.organizations
        .filter((organization) => matches([organization.name, organization.externalId], search))
        .sort((a, b) => Number(b.id === 1) - Number(a.id === 1) || a.name.localeCompare(b.name))
        .map(rowOf),
    organization_show: ({ organization: id }) => {
      const organization = organizationOf(world, id);
      const row = rowOf(organization);
      const running = world.runs.find((run) => run.row.organization === id && run.row.state === "running");
      return {
        row,
        nextStep: nextStep(organization, row),
        blocked: null,
        running: running?.row.id ?? null,
        settings: organization.settings,
        configured: organization.saved,
        learned: organization.learned,
      };
    },
    organization_draft: () => ({ name: "", externalId: `org-${world.organizations.length + 1}` }),
    organization_add: (request) => {
      const organization = add(claim(request.name), request.externalId ?? `org-${world.nextId}`);
      organization.platform = request.platform ?? "on_premises";
      organization.form.accessType = request.accessType ?? "ex_imp";
      note(world, "organization_created", `Organization "${organization.name}" created.`, organization);
      return rowOf(organization);
    },
    organization_edit: (request) => {
      const organization = organizationOf(world, request.organization);
      organization.name = request.name === undefined ? organization.name : claim(request.name, organization.id);
      organization.platform = request.platform ?? organization.platform;
      note(world, "organization_edited", `Organization "${organization.name}" edited.`, organization);
      return rowOf(organization);
    },
    organization_duplicate: (request) => {
      const source = organizationOf(world, request.organization);
      const copy = add(claim(request.name ?? `${source.name} (copy)`), `${source.externalId}-copy-${world.nextId}`);
      copy.form = { ...source.form };
      copy.settings = { ...source.settings };
      copy.users = request.withUsers
        ? source.users.map((user) => ({
            ...user,
            id: fresh(world),
            organization: copy.id,
            organizationName: copy.name,
            syncAccess: "not_activated",
          }))
        : [];
      note(world, "organization_duplicated", `"${source.name}" duplicated as "${copy.name}".`, copy);
      return rowOf(copy);
    },
    organization_remove: ({ organization: id }) => {
      const organization = organizationOf(world, id);
      const active = countsOf(organization.users);
      if (id === 1) {
        throw new CommandError({ code: "not_allowed", message: "The default organization can't be deleted." });
      }
      if (active.active + active.needsRenewal > 0) {
        throw new CommandError({
          code: "not_allowed",
          message: `${active.active + active.needsRenewal} users have sync access. Deactivate them first.`,
        });
      }
      world.organizations = world.organizations.filter((other) => other.id !== id);
      const undo = note(
        world,
        "organization_deleted",
        `Organization "${organization.name}" deleted.`,
        undefined,
        () => {
          world.organizations.push(organization);
          return `Organization "${organization.name}" is back, without its password.`;
        },
      );
      return { removed: organization.users.length, undo };
    },
    organization_set_enabled: ({ organization: id, enabled }) => {
      const organization = organizationOf(world, id);
      organization.enabled = enabled;
      return rowOf(organization);
    },
    organization_deactivate: ({ organization: id }) => {
      const organization = organizationOf(world, id);
      for (const user of organization.users) {
        user.syncAccess = "not_activated";
      }
      return rowOf(organization);
    },
    organization_settings_save: ({ organization: id, settings }) => {
      organizationOf(world, id).settings = settings;
      return settings;
    },
    activity_page: ({ offset, limit, kind, organization }) => {
      const rows = world.activity.filter(
        (row) => (kind === null || row.kind === kind) && (organization === null || row.organization === organization),
      );
      return { total: rows.length, rows: rows.slice(offset, offset + (limit || 60)), brokenAt: null };
    },
    activity_undo: ({ activity }) => {
      const undo = world.undo.get(activity);
      if (undo === undefined) {
        throw new CommandError({ code: "not_allowed", message: "This can't be taken back any more." });
      }
      world.undo.delete(activity);
      world.activity = world.activity.map((row) => (row.id === activity ? { ...row, undoable: false } : row));
      const message = undo();
      note(world, "organization_restored", message);
      return { message };
    },
    practice_scenarios: () => scenarios,
    practice_start: ({ scenario }) => {
      const chosen = scenarios.find((other) => other.id === (scenario ?? "healthy"));
      if (chosen === undefined) {
        throw new CommandError({ code: "not_found", message: "There is no such scenario." });
      }
      world.state.practice = {
        scenario: chosen,
        ewsUrl: "https://127.0.0.1:44321/EWS/Exchange.asmx",
        account: "PRACTICE\\understudy",
        password: "Practice-makes-perfect-1",
        organization: 2,
      };
      return structuredClone(world.state);
    },
    practice_stop: () => {
      world.state.practice = null;
      return structuredClone(world.state);
    },
  } satisfies Partial<Handlers>;
}

/** Whether one of the texts contains the search, ignoring case. */
export function matches(texts: readonly (string | null)[], search: string | null | undefined): boolean {
  const wanted = (search ?? "").toLowerCase();
  return wanted === "" || texts.some((text) => text?.toLowerCase().includes(wanted));
}

function countsOf(users: readonly UserRow[]): SyncCounts {
  const of = (state: UserRow["syncAccess"]) => users.filter((user) => user.syncAccess === state).length;
  return {
    users: users.length,
    notActivated: of("not_activated"),
    active: of("active"),
    needsRenewal: of("needs_renewal"),
    failed: of("failed"),
    mustRefuse: users.filter((user) => user.mustRefuse).length,
  };
}

function nextStep(organization: FakeOrganization, row: OrganizationRow): string {
  if (organization.users.length === 0) {
    return "add_users";
  }
  if (!organization.saved) {
    return "fill_configuration";
  }
  return row.lastRun === null ? "check" : "save";
}

const scenarios = [
  {
    id: "healthy",
    title: "Healthy",
    shows: "Everything works; two mailboxes lie outside the scope.",
    expected: "Passed",
  },
  {
    id: "wrong_password",
    title: "Wrong password",
    shows: "The server refuses the password. It is sent once, so that the account isn't locked.",
    expected: "Stopped at step 7",
  },
  {
    id: "outside_the_scope",
    title: "Outside the scope",
    shows: "Some mailboxes are outside the management scope of the role.",
    expected: "Failed for some",
  },
];
