//! How many connections the server of an organization seems to allow: one row an organization. What
//! counts as learned, and for which server it counts, is decided elsewhere.

use contract::OrganizationId;
use rusqlite::named_params;

use crate::{StoreError, Tx};

/// What a run found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learned {
    /// Connections, 1 to 27.
    pub allowed: u32,
    /// The server it was found at.
    pub ews_url: String,
    /// RFC 3339, UTC.
    pub learned_at: String,
}

/// What is known of the server of an organization, if anything.
///
/// # Errors
/// As [`StoreError`].
pub fn load(tx: &Tx<'_>, organization: OrganizationId) -> Result<Option<Learned>, StoreError> {
    tx.first(
        include_str!("load.sql"),
        named_params! { ":organization": organization.0 },
        |row| {
            Ok(Learned {
                allowed: row.get("allowed")?,
                ews_url: row.get("ews_url")?,
                learned_at: row.get("learned_at")?,
            })
        },
    )
}

/// Keeps it in place of what was known.
///
/// # Errors
/// As [`StoreError`], also for an organization that is gone.
pub fn save(
    tx: &Tx<'_>,
    organization: OrganizationId,
    learned: &Learned,
) -> Result<(), StoreError> {
    tx.execute_one(
        include_str!("save.sql"),
        named_params! {
            ":organization": organization.0,
            ":allowed": learned.allowed,
            ":ews_url": learned.ews_url,
            ":learned_at": learned.learned_at,
        },
    )
}

/// Forgets it; fine if there is nothing.
///
/// # Errors
/// As [`StoreError`].
pub fn forget(tx: &Tx<'_>, organization: OrganizationId) -> Result<(), StoreError> {
    tx.execute(
        include_str!("forget.sql"),
        named_params! { ":organization": organization.0 },
    )
    .map(|_| ())
}
