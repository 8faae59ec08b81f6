//! What is known of pending rows without asking, and what is expected of them. The rules are the
//! caller's; this only finds the rows.

use contract::{Cause, OrganizationId, Verdict};
use rusqlite::named_params;

use super::Decided;
use crate::runs::RunNumber;
use crate::values::key;
use crate::{StoreError, Tx};

/// Decides pending rows whose type is one of `kinds`, or whose name or address begins with one of
/// `beginnings` (both in lower case). Answers how many.
///
/// # Errors
/// As [`StoreError`].
pub fn decide_kinds(
    tx: &Tx<'_>,
    run: RunNumber,
    kinds: &[String],
    beginnings: &[&str],
    decided: &Decided,
) -> Result<u64, StoreError> {
    tx.execute(
        include_str!("decide_kinds.sql"),
        named_params! {
            ":run": run.0,
            ":kinds": serde_json::to_string(kinds)?,
            ":beginnings": serde_json::to_string(beginnings)?,
            ":verdict": Verdict::as_str(decided.verdict),
            ":cause": decided.cause.map(Cause::as_str),
            ":message": decided.message,
        },
    )
}

/// Decides pending rows without an identity of their own. Answers how many.
///
/// # Errors
/// As [`StoreError`].
pub fn decide_without_identity(
    tx: &Tx<'_>,
    run: RunNumber,
    decided: &Decided,
) -> Result<u64, StoreError> {
    tx.execute(
        include_str!("decide_without_identity.sql"),
        named_params! {
            ":run": run.0,
            ":verdict": Verdict::as_str(decided.verdict),
            ":cause": decided.cause.map(Cause::as_str),
            ":message": decided.message,
        },
    )
}

/// Ties rows of a list to the organization's users with the same address. Answers how many rows were
/// looked at.
///
/// # Errors
/// As [`StoreError`].
pub fn link_users(
    tx: &Tx<'_>,
    run: RunNumber,
    organization: OrganizationId,
) -> Result<u64, StoreError> {
    tx.execute(
        include_str!("link_users.sql"),
        named_params! { ":run": run.0, ":organization": organization.0 },
    )
}

/// Makes a canary of a row that is in the list already. Answers whether there is one.
///
/// # Errors
/// As [`StoreError`].
pub fn expect_refusal(tx: &Tx<'_>, run: RunNumber, mailbox: &str) -> Result<bool, StoreError> {
    let changed = tx.execute(
        include_str!("expect_refusal.sql"),
        named_params! { ":run": run.0, ":mailbox_key": key(mailbox) },
    )?;
    Ok(changed > 0)
}
