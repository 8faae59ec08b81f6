/** `Type` of an entry in words; kinds that are not known yet are shown as they come. */
const known: Record<string, string> = {
  organization_created: "Organization created",
  organization_edited: "Organization edited",
  organization_duplicated: "Organization duplicated",
  organization_deleted: "Organization deleted",
  organization_restored: "Organization restored",
  organization_enabled: "Organization enabled",
  organization_disabled: "Organization disabled",
  users_added: "Users added",
  users_imported: "Users imported",
  users_moved: "Users moved",
  users_edited: "Users edited",
  users_deleted: "Users deleted",
  credentials_stored: "Credentials stored",
  credentials_replaced: "Credentials replaced",
  credentials_removed: "Credentials removed",
  oauth_signed_in: "Signed in with OAuth",
  oauth_signed_out: "Signed out of OAuth",
  oauth_account_accepted: "Other account accepted",
  check_started: "Check started",
  check_finished: "Check finished",
  check_canceled: "Check canceled",
  activated: "Activated",
  settings_changed: "Settings changed",
};

/** The word of a kind: `users_imported` is `Users imported`. */
export function kindWords(kind: string): string {
  const words = kind.replaceAll("_", " ");
  return known[kind] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** Kinds to filter by. */
export const kinds = Object.keys(known);
