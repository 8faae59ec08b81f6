import type { CommandName } from "@/ipc/host";

const organizations = ["organizations_list", "organization_show", "organization_draft"] as const;
const users = ["users_page", ...organizations] as const;
const runs = ["runs_list", "run_show", "results_page", "result_show", "email_configuration_show"] as const;

/**
 * What a command that changes something makes stale: reading commands, whatever their request. `another world` is the
 * other database of practice mode: what was read from the one is never shown for the other, not for a moment.
 */
export const staleAfter = {
  settings_save: ["app_state"],
  organization_add: [...organizations, "activity_page"],
  organization_edit: [...users, "activity_page", "runs_list"],
  organization_duplicate: [...users, "activity_page"],
  organization_remove: "everything",
  organization_set_enabled: [...organizations, "activity_page"],
  organization_deactivate: [...users, "activity_page"],
  organization_settings_save: [...organizations, "activity_page"],
  user_add: [...users, "activity_page", "email_configuration_show"],
  user_edit: [...users, "activity_page"],
  users_set: [...users, "activity_page"],
  users_remove: [...users, "activity_page"],
  users_export: ["activity_page"],
  users_import_apply: [...users, "activity_page"],
  users_import_undo: [...users, "activity_page"],
  email_configuration_save: [...users, ...runs, "activity_page", "app_state"],
  sign_in_start: ["sign_in_show"],
  sign_in_open: [],
  sign_in_cancel: ["sign_in_show"],
  sign_in_use: ["sign_in_show", "activity_page"],
  sign_in_refresh: ["sign_in_show"],
  sign_in_disconnect: ["sign_in_show", ...users, "activity_page"],
  app_authorize: ["sign_in_show"],
  check_start: [...organizations, ...runs, "activity_page"],
  check_pause: [],
  check_continue: [],
  run_resume: [...organizations, ...runs, "activity_page"],
  check_cancel: [...users, ...runs, "activity_page"],
  run_remove: [...organizations, ...runs, "activity_page"],
  run_export: ["activity_page"],
  guide_mark: ["guides_list", "guide_show"],
  // The names stand in every command, those of cause cards and hand-off cards too.
  exchange_names_save: ["guide_show", "run_show", "result_show", "hand_off_card", "activity_page"],
  page_open: [],
  hybrid_map_start: ["hybrid_map", "activity_page"],
  hybrid_map_cancel: ["hybrid_map", ...users],
  activity_undo: "everything",
  practice_start: "another world",
  practice_stop: "another world",
} as const satisfies Partial<Record<CommandName, readonly CommandName[] | "everything" | "another world">>;

/** A command that changes something. */
export type WriteName = keyof typeof staleAfter;
