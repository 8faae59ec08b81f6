//! Hosts that an administrator allowed to be sent the service account's password, each with the
//! certificate that was seen then. Whether a host may be used is decided elsewhere; no password ever
//! comes here.

use contract::OrganizationId;
use rusqlite::named_params;

use crate::{StoreError, Tx};

/// A host that was confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmedHost {
    /// In lower case; with its port where that is not 443.
    pub host: String,
    /// Of the certificate's DER, upper-case hexadecimal.
    pub sha256: String,
    /// RFC 3339, UTC.
    pub confirmed_at: String,
}

/// Confirms a host, or confirms it anew with another certificate.
///
/// # Errors
/// [`StoreError::NotFound`] when the organization is gone.
pub fn confirm(
    tx: &Tx<'_>,
    organization: OrganizationId,
    host: &ConfirmedHost,
) -> Result<(), StoreError> {
    tx.execute_one(
        include_str!("confirm.sql"),
        named_params! {
            ":organization": organization.0,
            ":host": host.host.to_lowercase(),
            ":sha256": host.sha256.to_uppercase(),
            ":confirmed_at": host.confirmed_at,
        },
    )
}

/// Every confirmed host of an organization, by name.
///
/// # Errors
/// As [`StoreError`].
pub fn list(tx: &Tx<'_>, organization: OrganizationId) -> Result<Vec<ConfirmedHost>, StoreError> {
    tx.all(
        include_str!("list.sql"),
        named_params! { ":organization": organization.0 },
        |row| {
            Ok(ConfirmedHost {
                host: row.get("host")?,
                sha256: row.get("sha256")?,
                confirmed_at: row.get("confirmed_at")?,
            })
        },
    )
}

/// Forgets every confirmed host of an organization: they were confirmed for another account. Answers
/// how many there were.
///
/// # Errors
/// As [`StoreError`].
pub fn forget(tx: &Tx<'_>, organization: OrganizationId) -> Result<u64, StoreError> {
    tx.execute(
        include_str!("forget.sql"),
        named_params! { ":organization": organization.0 },
    )
}
