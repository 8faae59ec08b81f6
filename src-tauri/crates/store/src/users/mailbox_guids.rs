//! The mailbox GUIDs that lists named (`ExchangeGuid`). Whether one fits what was opened is decided elsewhere.

use std::collections::HashMap;

use contract::UserId;
use rusqlite::named_params;

use crate::{StoreError, Tx};

/// The mailbox GUIDs of the users from `first` to `last`, as far as lists named them.
///
/// # Errors
/// As [`StoreError`].
pub fn mailbox_guids(
    tx: &Tx<'_>,
    first: UserId,
    last: UserId,
) -> Result<HashMap<UserId, [u8; 16]>, StoreError> {
    let rows = tx.all(
        include_str!("mailbox_guids.sql"),
        named_params! { ":first": first.0, ":last": last.0 },
        |row| Ok((UserId(row.get("id")?), row.get("exchange_guid")?)),
    )?;
    Ok(rows.into_iter().collect())
}
