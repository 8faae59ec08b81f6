//! The schema, as an append-only list of steps. The place of a step in the list, counted from 1, is
//! the `user_version` it leads to. A released step is never edited.

use rusqlite_migration::{M, Migrations};

/// `PRAGMA application_id` of our files, set by the first step.
pub(crate) const APPLICATION_ID: i32 = 1_431_194_707;

const STEPS: &[M<'static>] = &[
    M::up(include_str!("../migrations/0001_organizations.sql")),
    M::up(include_str!("../migrations/0002_import_batches.sql")),
    M::up(include_str!("../migrations/0003_users.sql")),
    M::up(include_str!("../migrations/0004_user_counts.sql")),
    M::up(include_str!("../migrations/0005_email_configurations.sql")),
    M::up(include_str!("../migrations/0006_runs.sql")),
    M::up(include_str!("../migrations/0007_run_results.sql")),
    M::up(include_str!("../migrations/0008_evidence.sql")),
    M::up(include_str!("../migrations/0009_activity.sql")),
    M::up(include_str!("../migrations/0010_settings.sql")),
    M::up(include_str!("../migrations/0011_proxies_and_pins.sql")),
    M::up(include_str!("../migrations/0012_run_authentication.sql")),
    M::up(include_str!("../migrations/0013_refused_passwords.sql")),
    M::up(include_str!("../migrations/0014_find_when_checking.sql")),
    M::up(include_str!("../migrations/0015_guide.sql")),
    M::up(include_str!("../migrations/0016_locations.sql")),
    M::up(include_str!("../migrations/0017_server_load.sql")),
    M::up(include_str!("../migrations/0018_mailbox_guids.sql")),
    M::up(include_str!("../migrations/0019_lean_results.sql")),
    M::up(include_str!("../migrations/0020_long_lists.sql")),
    M::up(include_str!("../migrations/0021_sign_ins.sql")),
    M::up(include_str!("../migrations/0022_plain_ranks.sql")),
];

/// The newest schema version this program knows.
#[expect(clippy::cast_possible_truncation, reason = "a handful of steps")]
pub(crate) const KNOWN: u32 = STEPS.len() as u32;

pub(crate) const MIGRATIONS: Migrations<'static> = Migrations::from_slice(STEPS);

#[cfg(test)]
mod tests {
    use super::MIGRATIONS;

    #[test]
    fn the_steps_run_in_order() {
        MIGRATIONS
            .validate()
            .expect("every step must be sound SQL on top of the ones before");
    }
}
