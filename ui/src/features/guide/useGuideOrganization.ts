import type { OrganizationRow } from "@/ipc/generated/OrganizationRow";
import { useRead } from "@/lib/queries";
import { number, text, useUrlState } from "@/lib/urlState";

/** In the address: placeholders instead of names are wanted. */
export const placeholders = "none";

/**
 * Whose names the guides are filled in with. The address says; where it does not, the organization checked last, else
 * the default one. `id` undefined: placeholders. `ready` false: not known yet.
 */
export function useGuideOrganization() {
  const [url, setUrl] = useUrlState();
  const { data: organizations, error, refetch } = useRead("organizations_list", { search: null });
  const asked = text(url, "organization");
  const known = organizations?.find((row) => row.id === number(url, "organization"));
  const row = asked === placeholders ? undefined : (known ?? (organizations && likely(organizations)));
  return {
    ready: organizations !== undefined || error !== null,
    organizations: organizations ?? [],
    row,
    id: row?.id,
    error,
    retry: () => void refetch(),
    choose: (choice: string) => setUrl({ organization: choice === placeholders ? placeholders : Number(choice) }),
  };
}

/** What `useGuideOrganization` answers. */
export type GuideOrganization = ReturnType<typeof useGuideOrganization>;

function likely(organizations: readonly OrganizationRow[]): OrganizationRow | undefined {
  const started = (row: OrganizationRow) => row.lastRun?.startedAt ?? "";
  const [newest] = [...organizations].sort((a, b) => started(b).localeCompare(started(a)));
  return newest?.lastRun ? newest : organizations.find((row) => row.isDefault);
}
