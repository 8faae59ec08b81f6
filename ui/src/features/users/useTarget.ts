import { useState } from "react";
import { useRead } from "@/lib/queries";

/** Where users that are added go: to the organization of the list, else to a chosen one. */
export function useTarget(organization: number | undefined) {
  const organizations = useRead("organizations_list", { search: null }, { enabled: organization === undefined }).data;
  const [chosen, setTarget] = useState(organization);
  return {
    /** Organizations to choose from; undefined where there is no choice. */
    organizations: organization === undefined ? (organizations ?? []) : undefined,
    target: chosen ?? organizations?.find((row) => row.isDefault)?.id,
    setTarget,
  };
}
