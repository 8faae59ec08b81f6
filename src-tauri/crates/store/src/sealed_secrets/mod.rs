//! Secrets too long for a key store, sealed elsewhere: bytes that only a key in the key store of this
//! machine opens. This table sees neither key nor secret.

use contract::OrganizationId;
use rusqlite::named_params;

use crate::{StoreError, Tx};

/// What is sealed. One of each kind an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SealedKind {
    /// Access and refresh token of whoever is signed in.
    Tokens,
    /// Client secret or certificate of an app.
    AppCredential,
}

impl SealedKind {
    /// As it stands in the column.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::AppCredential => "app_credential",
        }
    }
}

/// Keeps sealed bytes, in the place of those that were there.
///
/// # Errors
/// [`StoreError::NotFound`] when the organization is gone.
pub fn store(
    tx: &Tx<'_>,
    organization: OrganizationId,
    kind: SealedKind,
    sealed: &[u8],
    now: &str,
) -> Result<(), StoreError> {
    tx.execute_one(
        include_str!("store.sql"),
        named_params! {
            ":organization": organization.0,
            ":kind": kind.as_str(),
            ":sealed": sealed,
            ":now": now,
        },
    )
}

/// The sealed bytes, if there are any.
///
/// # Errors
/// As [`StoreError`].
pub fn load(
    tx: &Tx<'_>,
    organization: OrganizationId,
    kind: SealedKind,
) -> Result<Option<Vec<u8>>, StoreError> {
    tx.first(
        include_str!("load.sql"),
        named_params! { ":organization": organization.0, ":kind": kind.as_str() },
        |row| row.get("sealed"),
    )
}

/// Forgets one kind; fine if there is none.
///
/// # Errors
/// As [`StoreError`].
pub fn forget(
    tx: &Tx<'_>,
    organization: OrganizationId,
    kind: SealedKind,
) -> Result<(), StoreError> {
    tx.execute(
        include_str!("forget.sql"),
        named_params! { ":organization": organization.0, ":kind": kind.as_str() },
    )
    .map(|_| ())
}

/// How many an organization has: with none left its key is of no use.
///
/// # Errors
/// As [`StoreError`].
pub fn count(tx: &Tx<'_>, organization: OrganizationId) -> Result<u64, StoreError> {
    tx.count(
        include_str!("count.sql"),
        named_params! { ":organization": organization.0 },
    )
}
