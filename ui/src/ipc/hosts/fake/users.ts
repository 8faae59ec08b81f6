import type { ImportPreview } from "../../generated/ImportPreview.ts";
import type { ImportPreviewRow } from "../../generated/ImportPreviewRow.ts";
import type { UserIds } from "../../generated/UserIds.ts";
import type { UserRow } from "../../generated/UserRow.ts";
import type { UsersFilter } from "../../generated/UsersFilter.ts";
import type { UsersSort } from "../../generated/UsersSort.ts";
import { CommandError } from "../../problem.ts";
import { matches } from "./organizations.ts";
import { fresh, type Handlers, note, now, organizationOf, user, type World } from "./world.ts";

/** Users and their import. */
export function userHandlers(world: World) {
  const all = (organization: number | undefined) =>
    organization === undefined
      ? world.organizations.flatMap((other) => other.users)
      : organizationOf(world, organization).users;
  const chosen = (ids: UserIds): UserRow[] =>
    ids.kind === "listed"
      ? all(undefined).filter((row) => ids.ids.includes(row.id))
      : all(ids.organization).filter((row) => fits(row, ids.filter));
  const create = (organization: number, address: string, name: string): UserRow => {
    const target = organizationOf(world, organization);
    if (!/^[^@\s]+@[^@\s]+$/.test(address)) {
      throw new CommandError({ code: "invalid", message: `"${address}" isn't an e-mail address.`, field: "address" });
    }
    const there = all(undefined).find((row) => row.address.toLowerCase() === address.toLowerCase());
    if (there !== undefined) {
      throw new CommandError({
        code: "taken",
        message: `${address} is already in ${there.organizationName}.`,
        field: "address",
      });
    }
    const row = {
      ...user(0, target, false),
      id: fresh(world),
      address,
      name,
      upn: null,
      createdAt: now(),
      updatedAt: now(),
    };
    target.users.push(row);
    return row;
  };
  return {
    users_page: ({ organization, filter, sort, direction, offset, limit }) => {
      const base = all(organization);
      const rows = base.filter((row) => fits(row, filter));
      if (sort !== undefined && sort !== "added") {
        const sign = direction === "descending" ? -1 : 1;
        rows.sort((a, b) => sign * sortText(a, sort).localeCompare(sortText(b, sort)));
      }
      return { total: rows.length, unfiltered: base.length, rows: rows.slice(offset, offset + limit) };
    },
    user_add: (request) => {
      const row = create(request.organization, request.address, request.name);
      row.tags = request.tags;
      row.mustRefuse = request.mustRefuse;
      note(world, "users_added", `${row.address} added.`, organizationOf(world, request.organization));
      return row;
    },
    user_edit: (request) => {
      const row = all(undefined).find((other) => other.id === request.user);
      if (row === undefined) {
        throw new CommandError({ code: "not_found", message: "This user does not exist any more." });
      }
      row.name = request.name ?? row.name;
      row.address = request.address ?? row.address;
      row.tags = request.tags ?? row.tags;
      return { ...row };
    },
    users_set: ({ users, change }) => {
      const rows = chosen(users);
      for (const row of rows) {
        switch (change.kind) {
          case "in_scope":
            row.inScope = change.value;
            break;
          case "must_refuse":
            row.mustRefuse = change.value;
            break;
          case "synchronization_disabled":
            row.synchronizationDisabled = change.value;
            break;
          case "deactivate":
            row.syncAccess = "not_activated";
        }
      }
      return rows.length;
    },
    users_remove: ({ users, force }) => {
      const rows = chosen(users);
      const active = rows.find((row) => row.syncAccess === "active" || row.syncAccess === "needs_renewal");
      if (active !== undefined && !force) {
        throw new CommandError({
          code: "not_allowed",
          message: `${active.address} has sync access. Deactivate it or use Force delete.`,
        });
      }
      const gone = new Set(rows.map((row) => row.id));
      for (const organization of world.organizations) {
        organization.users = organization.users.filter((row) => !gone.has(row.id));
      }
      const undo = note(world, "users_deleted", `${rows.length} users deleted.`, undefined, () => {
        for (const row of rows) {
          organizationOf(world, row.organization).users.push(row);
        }
        return `${rows.length} users are back.`;
      });
      return { removed: rows.length, undo };
    },
    users_export: ({ organization, filter }) => ({
      path: "C:\\Users\\jane\\Downloads\\users.csv",
      rows: all(organization).filter((row) => fits(row, filter)).length,
    }),
    users_import_preview: ({ organization, base64 }) => {
      const text = new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
      const addresses = text
        .split(/[\r\n]+/)
        .map((line) => line.split(/[,;\t]/)[0]?.trim() ?? "")
        .filter((line) => line !== "");
      if (addresses.length === 0) {
        throw new CommandError({
          code: "bad_list",
          message: "There is no line in this list.",
          hint: "Paste one address a line.",
        });
      }
      return previewOfAddresses(world, organization, addresses);
    },
    users_import_rows: ({ token, group, offset, limit }) => {
      const preview = previewOf(world, token);
      const rows = previewRows(preview.addresses, all(preview.organization)).filter(
        (row) => group === undefined || row.group === group,
      );
      return { total: rows.length, rows: rows.slice(offset, offset + limit) };
    },
    users_import_apply: ({ token }) => {
      const preview = previewOf(world, token);
      const rows = previewRows(preview.addresses, all(preview.organization)).filter((row) => row.group === "new");
      const added = rows.map((row) => create(preview.organization, row.address, row.name));
      world.previews.delete(token);
      const batch = fresh(world);
      const target = organizationOf(world, preview.organization);
      const ids = new Set(added.map((row) => row.id));
      world.undo.set(batch, () => {
        target.users = target.users.filter((row) => !ids.has(row.id));
        return String(ids.size);
      });
      note(
        world,
        "users_imported",
        `${added.length} users imported.`,
        target,
        () => `${world.undo.get(batch)?.()} users removed.`,
      );
      return { batch, added: added.length, skipped: preview.addresses.length - added.length };
    },
    users_import_cancel: ({ token }) => {
      world.previews.delete(token);
      return {};
    },
    users_import_undo: ({ batch }) => ({ removed: Number(world.undo.get(batch)?.() ?? 0) }),
  } satisfies Partial<Handlers>;
}

/** What adding these addresses would do, held until it is applied or cancelled. */
export function previewOfAddresses(world: World, organization: number, addresses: string[]): ImportPreview {
  const token = String(fresh(world));
  world.previews.set(token, { organization, addresses });
  const rows = previewRows(addresses, organizationOf(world, organization).users);
  const groups = [...new Set(rows.map((row) => row.group))].map((group) => ({
    group,
    count: rows.filter((row) => row.group === group).length,
  }));
  return {
    token,
    encoding: "UTF-8",
    separator: "lines",
    columns: ["PrimarySmtpAddress"],
    groups,
    toAdd: rows.filter((row) => row.group === "new").length,
  };
}

function previewOf(world: World, token: string) {
  const preview = world.previews.get(token);
  if (preview === undefined) {
    throw new CommandError({ code: "not_found", message: "This preview is gone. Read the list again." });
  }
  return preview;
}

function previewRows(addresses: readonly string[], there: readonly UserRow[]): ImportPreviewRow[] {
  const seen = new Set<string>();
  return addresses.map((address, index) => {
    const row = { line: index + 1, address, name: "", kind: null };
    const known = there.find((other) => other.address.toLowerCase() === address.toLowerCase());
    if (!/^[^@\s]+@[^@\s]+$/.test(address)) {
      return { ...row, group: "bad", reason: `"${address}" isn't an e-mail address.` };
    }
    if (known !== undefined) {
      return { ...row, group: "already_here", reason: `${address} is already in ${known.organizationName}.` };
    }
    if (seen.has(address.toLowerCase())) {
      return { ...row, group: "duplicate", reason: "Stands earlier in the list." };
    }
    seen.add(address.toLowerCase());
    return { ...row, group: "new", reason: null };
  });
}

function fits(row: UserRow, filter: UsersFilter | undefined): boolean {
  if (filter === undefined) {
    return true;
  }
  const { search, syncAccess, verdict, mustRefuse, synchronizationDisabled, location } = filter;
  return (
    matches([row.name, row.address, row.upn, row.tags], search) &&
    (syncAccess === null || row.syncAccess === syncAccess) &&
    (verdict === null || row.lastVerdict === verdict) &&
    (mustRefuse === null || row.mustRefuse === mustRefuse) &&
    (synchronizationDisabled === null || row.synchronizationDisabled === synchronizationDisabled) &&
    (location === null || row.location === location)
  );
}

function sortText(row: UserRow, sort: UsersSort): string {
  switch (sort) {
    case "name":
      return row.name;
    case "address":
      return row.address;
    case "sync_access":
      return row.syncAccess;
    case "last_checked":
      return row.lastCheckedAt ?? "";
    default:
      return row.lastVerdict ?? "";
  }
}
