//! The users that a check of all asks: whom a random sample is drawn from. What makes a system mailbox
//! is the caller's rule.

use contract::{OrganizationId, UserId};
use rusqlite::named_params;

use crate::values::to_json;
use crate::{StoreError, Tx};

/// Users after the id `after` (0: from the start) with their addresses in lower case, in the order
/// they were added: not canaries, not with `Synchronization Disabled`, and neither of one of these
/// `kinds` nor with a name or address that begins with one of `beginnings` (all in lower case).
///
/// # Errors
/// As [`StoreError`].
pub fn askable(
    tx: &Tx<'_>,
    organization: OrganizationId,
    (kinds, beginnings): (&[String], &[&str]),
    after: UserId,
    limit: u64,
) -> Result<Vec<(UserId, String)>, StoreError> {
    tx.all(
        include_str!("askable.sql"),
        named_params! {
            ":organization": organization.0,
            ":kinds": to_json(kinds)?,
            ":beginnings": to_json(beginnings)?,
            ":after": after.0,
            ":limit": limit.cast_signed(),
        },
        |row| Ok((UserId(row.get("id")?), row.get("address_key")?)),
    )
}
