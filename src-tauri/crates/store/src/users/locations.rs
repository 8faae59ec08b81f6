//! Where users' mailboxes live, as far as it was told, and who stands for the rest in an example.

use contract::{MailboxLocation, OrganizationId, UserId};
use rusqlite::named_params;

use crate::values::{Id as _, count, id};
use crate::{StoreError, Tx};

/// Users to fill commands in with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Examples {
    /// The first user that must open.
    pub user: Option<String>,
    /// The first user that must be refused.
    pub canary: Option<String>,
}

/// Notes where a user's mailbox lives, and where Autodiscover sends its address, if anywhere.
/// `updated_at` stays: nobody changed the user.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn set_location(
    tx: &Tx<'_>,
    user: UserId,
    location: MailboxLocation,
    redirect_address: Option<&str>,
) -> Result<(), StoreError> {
    tx.execute_one(
        include_str!("set_location.sql"),
        named_params! {
            ":id": user.0,
            ":location": location.id(),
            ":redirect_address": redirect_address,
        },
    )
}

/// How many users of an organization live where; places without users are left out.
///
/// # Errors
/// As [`StoreError`].
pub fn locations(
    tx: &Tx<'_>,
    organization: OrganizationId,
) -> Result<Vec<(MailboxLocation, u64)>, StoreError> {
    tx.all(
        include_str!("locations.sql"),
        named_params! { ":organization": organization.0 },
        |row| Ok((id(row, "location")?, count(row, "users")?)),
    )
}

/// Users of an organization whose location is not known, with their addresses, from the lowest id
/// above `after`.
///
/// # Errors
/// As [`StoreError`].
pub fn of_unknown_location(
    tx: &Tx<'_>,
    organization: OrganizationId,
    after: UserId,
    limit: u64,
) -> Result<Vec<(UserId, String)>, StoreError> {
    tx.all(
        include_str!("of_unknown_location.sql"),
        named_params! {
            ":organization": organization.0,
            ":after": after.0,
            ":limit": limit.cast_signed(),
        },
        |row| Ok((UserId(row.get("id")?), row.get("address")?)),
    )
}

/// Addresses of users who may be impersonated to ask the directory: who opened lately first.
///
/// # Errors
/// As [`StoreError`].
pub fn stand_ins(
    tx: &Tx<'_>,
    organization: OrganizationId,
    limit: u64,
) -> Result<Vec<String>, StoreError> {
    tx.all(
        include_str!("stand_ins.sql"),
        named_params! { ":organization": organization.0, ":limit": limit.cast_signed() },
        |row| row.get("address"),
    )
}

/// A user and a canary of an organization, the first that were added.
///
/// # Errors
/// As [`StoreError`].
pub fn examples(tx: &Tx<'_>, organization: OrganizationId) -> Result<Examples, StoreError> {
    let found = tx.first(
        include_str!("examples.sql"),
        named_params! { ":organization": organization.0 },
        |row| {
            Ok(Examples {
                user: row.get("user")?,
                canary: row.get("canary")?,
            })
        },
    )?;
    Ok(found.unwrap_or_default())
}
