//! Who is signed in with OAuth, as far as it can be shown: decoded from a token, never the token.

use contract::OrganizationId;
use rusqlite::named_params;

use crate::values::{json, to_json};
use crate::{StoreError, Tx};

/// A sign-in that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSignIn {
    /// The account in the token, or the client id of an app.
    pub account: Option<String>,
    /// Tenant in the token.
    pub tenant: Option<String>,
    /// Audience of the token.
    pub audience: Option<String>,
    /// Delegated scopes.
    pub scopes: Vec<String>,
    /// Roles of an app.
    pub roles: Vec<String>,
    /// When the token expires (RFC 3339, UTC).
    pub expires_at: Option<String>,
    /// When somebody signed in (RFC 3339, UTC).
    pub signed_in_at: String,
    /// It can be renewed without a person.
    pub renewable: bool,
    /// It has expired or was revoked: there is no token any more.
    pub expired: bool,
    /// Fingerprint of the values it was made for.
    pub asked_with: String,
    /// The Account Logon, in lower case, for which another account was accepted.
    pub accepted: Option<String>,
}

/// Keeps a sign-in, in the place of the one before.
///
/// # Errors
/// [`StoreError::NotFound`] when the organization is gone.
pub fn save(
    tx: &Tx<'_>,
    organization: OrganizationId,
    sign_in: &StoredSignIn,
) -> Result<(), StoreError> {
    tx.execute_one(
        include_str!("save.sql"),
        named_params! {
            ":organization": organization.0,
            ":account": sign_in.account,
            ":tenant": sign_in.tenant,
            ":audience": sign_in.audience,
            ":scopes": to_json(&sign_in.scopes)?,
            ":roles": to_json(&sign_in.roles)?,
            ":expires_at": sign_in.expires_at,
            ":signed_in_at": sign_in.signed_in_at,
            ":renewable": sign_in.renewable,
            ":expired": sign_in.expired,
            ":asked_with": sign_in.asked_with,
            ":accepted": sign_in.accepted,
        },
    )
}

/// The sign-in that is kept, if any.
///
/// # Errors
/// As [`StoreError`].
pub fn load(tx: &Tx<'_>, organization: OrganizationId) -> Result<Option<StoredSignIn>, StoreError> {
    tx.first(
        include_str!("load.sql"),
        named_params! { ":organization": organization.0 },
        |row| {
            Ok(StoredSignIn {
                account: row.get("account")?,
                tenant: row.get("tenant")?,
                audience: row.get("audience")?,
                scopes: json(row, "scopes")?,
                roles: json(row, "roles")?,
                expires_at: row.get("expires_at")?,
                signed_in_at: row.get("signed_in_at")?,
                renewable: row.get("renewable")?,
                expired: row.get("expired")?,
                asked_with: row.get("asked_with")?,
                accepted: row.get("accepted")?,
            })
        },
    )
}

/// Forgets it; fine if there is none.
///
/// # Errors
/// As [`StoreError`].
pub fn forget(tx: &Tx<'_>, organization: OrganizationId) -> Result<(), StoreError> {
    tx.execute(
        include_str!("forget.sql"),
        named_params! { ":organization": organization.0 },
    )
    .map(|_| ())
}
