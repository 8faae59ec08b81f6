//! Adding many users at once, and taking them back.

use contract::OrganizationId;
use rusqlite::named_params;

use super::{NewUser, WaitingList, insert};
use crate::values::count;
use crate::{StoreError, Tx};

/// Users taken from a waiting list at once.
const PIECE: u64 = 1_000;

/// What taking a batch back did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchUndo {
    /// The users are gone, this many.
    Removed(u64),
    /// Nothing was removed: some of the users were activated or moved meanwhile.
    InUse {
        /// Users with sync access, renewal or failure.
        activated: u64,
        /// Users in another organization now.
        moved: u64,
    },
}

/// Adds users in their order, all or none, and answers the number of the batch.
///
/// # Errors
/// [`StoreError::Taken`] when an address is there already or comes twice: the transaction has to be
/// given up.
pub fn import(
    tx: &Tx<'_>,
    organization: OrganizationId,
    users: &[NewUser],
    now: &str,
) -> Result<i64, StoreError> {
    let batch = tx.insert(
        include_str!("batch_add.sql"),
        named_params! { ":organization": organization.0, ":now": now },
    )?;
    for user in users {
        insert(tx, organization, user, Some(batch), now)?;
    }
    Ok(batch)
}

/// Adds what a list holds, in its order, all or none, and answers the number of the batch.
///
/// # Errors
/// As [`import`].
pub fn import_waiting(
    tx: &Tx<'_>,
    organization: OrganizationId,
    list: &WaitingList,
    now: &str,
) -> Result<i64, StoreError> {
    let batch = import(tx, organization, &[], now)?;
    let mut after = 0;
    loop {
        let piece = list.users(after, PIECE)?;
        let Some((end, _)) = piece.last() else {
            return Ok(batch);
        };
        after = *end;
        for (_, user) in &piece {
            insert(tx, organization, user, Some(batch), now)?;
        }
    }
}

/// Removes the users of a batch that are still there, unless one was activated or moved.
///
/// # Errors
/// [`StoreError::NotFound`] when none of the batch is there any more.
pub fn undo_import(tx: &Tx<'_>, batch: i64, now: &str) -> Result<BatchUndo, StoreError> {
    let found = tx.first(
        include_str!("batch_show.sql"),
        named_params! { ":batch": batch },
        |row| {
            Ok((
                count(row, "users")?,
                count(row, "activated")?,
                count(row, "moved")?,
            ))
        },
    )?;
    match found {
        None | Some((0, ..)) => Err(StoreError::NotFound),
        Some((_, 0, 0)) => tx
            .execute(
                include_str!("batch_undo.sql"),
                named_params! { ":batch": batch, ":now": now },
            )
            .map(BatchUndo::Removed),
        Some((_, activated, moved)) => Ok(BatchUndo::InUse { activated, moved }),
    }
}
