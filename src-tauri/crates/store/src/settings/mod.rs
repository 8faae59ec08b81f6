//! Settings of the app: one JSON value a key. Never a secret.

use rusqlite::named_params;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::values::{json, to_json};
use crate::{StoreError, Tx};

/// The value of a key, if it was ever saved.
///
/// # Errors
/// [`StoreError::Sqlite`] when what is stored is not a `T`.
pub fn load<T: DeserializeOwned>(tx: &Tx<'_>, key: &str) -> Result<Option<T>, StoreError> {
    tx.first(
        include_str!("load.sql"),
        named_params! { ":key": key },
        |row| json(row, "value"),
    )
}

/// Saves the value of a key.
///
/// # Errors
/// [`StoreError::Json`] when the value has no JSON.
pub fn save<T: Serialize>(tx: &Tx<'_>, key: &str, value: &T) -> Result<(), StoreError> {
    tx.execute_one(
        include_str!("save.sql"),
        named_params! { ":key": key, ":value": to_json(value)? },
    )
}
