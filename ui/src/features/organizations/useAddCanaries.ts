import { useState } from "react";
import { call } from "@/ipc/call";
import type { UserRow } from "@/ipc/generated/UserRow";
import { asCommandError, type CommandError } from "@/ipc/problem";
import { useRefresh } from "@/lib/queries";
import type { CanaryLine } from "./canaryLines";

/** What came of adding canaries. */
export type Added = {
  added: number;
  /** Users that must open so far. */
  users: UserRow[];
  /** Lines that the engine refused, with its reason. */
  refused: (CanaryLine & { reason: string })[];
};

const nothing: Added = { added: 0, users: [], refused: [] };

/** Adds canaries one after the other; users that are there already are not changed unasked. */
export function useAddCanaries(organization: number) {
  const refresh = useRefresh();
  const [busy, setBusy] = useState(false);
  const [came, setCame] = useState(nothing);
  const [error, setError] = useState<CommandError | null>(null);

  const add = async (lines: readonly CanaryLine[]): Promise<Added | undefined> => {
    setBusy(true);
    setError(null);
    try {
      const next = await addEach(organization, lines);
      setCame(next);
      return next;
    } catch (thrown) {
      setError(asCommandError(thrown));
      return undefined;
    } finally {
      setBusy(false);
      void refresh("user_add");
    }
  };

  /** Makes the users that were found canaries. Answers how many were changed. */
  const turn = async (): Promise<number | undefined> => {
    setBusy(true);
    setError(null);
    try {
      const ids = came.users.map((row) => row.id);
      const users = { kind: "listed" as const, ids };
      const changed = await call("users_set", { users, change: { kind: "must_refuse", value: true } });
      setCame({ ...came, users: [] });
      return changed;
    } catch (thrown) {
      setError(asCommandError(thrown));
      return undefined;
    } finally {
      setBusy(false);
      void refresh("users_set");
    }
  };

  return { busy, came, error, add, turn, forget: () => setCame(nothing) };
}

async function addEach(organization: number, lines: readonly CanaryLine[]): Promise<Added> {
  const came: Added = { added: 0, users: [], refused: [] };
  for (const line of lines) {
    try {
      await call("user_add", { organization, address: line.address, name: "", tags: "", mustRefuse: true });
      came.added += 1;
    } catch (thrown) {
      const error = asCommandError(thrown);
      if (error.field !== "address") {
        throw thrown;
      }
      const there = error.code === "taken" ? await found(organization, line.address) : undefined;
      if (there === undefined) {
        came.refused.push({ ...line, reason: error.message });
      } else if (there.mustRefuse) {
        came.refused.push({ ...line, reason: `${there.address} is a canary already.` });
      } else {
        came.users.push(there);
      }
    }
  }
  return came;
}

/** The user with this address, if it is one of this organization. */
async function found(organization: number, address: string): Promise<UserRow | undefined> {
  const filter = {
    search: address,
    syncAccess: null,
    verdict: null,
    mustRefuse: null,
    synchronizationDisabled: null,
    location: null,
  };
  const page = await call("users_page", { organization, filter, offset: 0, limit: 50 });
  return page.rows.find((row) => row.address.toLowerCase() === address.toLowerCase());
}
