//! Names that commands are filled in with: one JSON value an organization. Which of them are good
//! names is decided elsewhere.

use contract::{ExchangeNames, OrganizationId};
use rusqlite::named_params;

use crate::values::{json, to_json};
use crate::{StoreError, Tx};

/// The names of an organization, if they were ever saved.
///
/// # Errors
/// As [`StoreError`].
pub fn load(
    tx: &Tx<'_>,
    organization: OrganizationId,
) -> Result<Option<ExchangeNames>, StoreError> {
    tx.first(
        include_str!("load.sql"),
        named_params! { ":organization": organization.0 },
        |row| json(row, "names"),
    )
}

/// Saves the names of an organization.
///
/// # Errors
/// As [`StoreError`].
pub fn save(
    tx: &Tx<'_>,
    organization: OrganizationId,
    names: &ExchangeNames,
) -> Result<(), StoreError> {
    tx.execute_one(
        include_str!("save.sql"),
        named_params! { ":organization": organization.0, ":names": to_json(names)? },
    )
}
