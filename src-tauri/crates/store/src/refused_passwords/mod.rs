//! Passwords that a server refused lately, each as 32 bytes of a keyed hash. What is hashed, with
//! which key, and how long it counts is decided elsewhere; neither key nor password ever comes here.

use rusqlite::named_params;

use crate::{StoreError, Tx};

/// Notes a refusal, or its newer time.
///
/// # Errors
/// As [`StoreError`].
pub fn note(tx: &Tx<'_>, hash: &[u8; 32], refused_at: &str) -> Result<(), StoreError> {
    tx.execute_one(
        include_str!("note.sql"),
        named_params! { ":hash": hash, ":refused_at": refused_at },
    )
}

/// Whether any is noted.
///
/// # Errors
/// As [`StoreError`].
pub fn any(tx: &Tx<'_>) -> Result<bool, StoreError> {
    let found = tx.first(include_str!("any.sql"), (), |row| row.get(0))?;
    Ok(found.unwrap_or(false))
}

/// When it was refused (RFC 3339, UTC), if that is still noted.
///
/// # Errors
/// As [`StoreError`].
pub fn refused_at(tx: &Tx<'_>, hash: &[u8; 32]) -> Result<Option<String>, StoreError> {
    tx.first(
        include_str!("refused_at.sql"),
        named_params! { ":hash": hash },
        |row| row.get(0),
    )
}

/// Forgets one that was accepted after all; fine if there is none.
///
/// # Errors
/// As [`StoreError`].
pub fn forget(tx: &Tx<'_>, hash: &[u8; 32]) -> Result<(), StoreError> {
    tx.execute(include_str!("forget.sql"), named_params! { ":hash": hash })
        .map(|_| ())
}

/// Forgets all that are older (RFC 3339, UTC). Answers how many.
///
/// # Errors
/// As [`StoreError`].
pub fn forget_before(tx: &Tx<'_>, before: &str) -> Result<u64, StoreError> {
    tx.execute(
        include_str!("forget_before.sql"),
        named_params! { ":before": before },
    )
}
