//! How many mailboxes of a run must be refused.

use rusqlite::named_params;

use crate::runs::RunNumber;
use crate::{StoreError, Tx};

/// Counts the rows that must be refused.
///
/// # Errors
/// As [`StoreError`].
pub fn canaries(tx: &Tx<'_>, run: RunNumber) -> Result<u64, StoreError> {
    let count: Option<i64> = tx.first(
        include_str!("canaries.sql"),
        named_params! { ":run": run.0 },
        |row| row.get(0),
    )?;
    Ok(count.unwrap_or_default().cast_unsigned())
}
