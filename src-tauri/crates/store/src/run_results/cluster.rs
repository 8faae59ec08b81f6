//! The rows of a run that carry one cause: how many, which, and what they were told apart by. A canary
//! that was refused as it must be is never among them, whatever its cause.

use contract::{Cause, Evidence};
use rusqlite::named_params;

use crate::runs::RunNumber;
use crate::values::count;
use crate::{StoreError, Tx};

/// Rows of a cause that got the same answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeCount {
    /// `ResponseCode` as Exchange sent it.
    pub ews_code: Option<String>,
    /// HTTP status.
    pub http_status: Option<u16>,
    /// How many rows.
    pub rows: u64,
}

/// How many rows carry a cause.
///
/// # Errors
/// As [`StoreError`].
pub fn cause_count(tx: &Tx<'_>, run: RunNumber, cause: Cause) -> Result<u64, StoreError> {
    tx.count(
        include_str!("cause_count.sql"),
        named_params! { ":run": run.0, ":cause": cause.as_str() },
    )
}

/// The answers behind a cause, most frequent first.
///
/// # Errors
/// As [`StoreError`].
pub fn cause_codes(
    tx: &Tx<'_>,
    run: RunNumber,
    cause: Cause,
    limit: u64,
) -> Result<Vec<CodeCount>, StoreError> {
    tx.all(
        include_str!("cause_codes.sql"),
        named_params! { ":run": run.0, ":cause": cause.as_str(), ":limit": limit.cast_signed() },
        |row| {
            Ok(CodeCount {
                ews_code: row.get("ews_code")?,
                http_status: row.get("http_status")?,
                rows: count(row, "rows")?,
            })
        },
    )
}

/// Mailboxes that carry a cause, after the place `after` (-1: from the start), in the order of the list.
///
/// # Errors
/// As [`StoreError`].
pub fn cause_mailboxes(
    tx: &Tx<'_>,
    run: RunNumber,
    cause: Cause,
    after: i64,
    limit: u64,
) -> Result<Vec<(i64, String)>, StoreError> {
    tx.all(
        include_str!("cause_mailboxes.sql"),
        named_params! {
            ":run": run.0,
            ":cause": cause.as_str(),
            ":after": after,
            ":limit": limit.cast_signed(),
        },
        |row| Ok((row.get("seq")?, row.get("mailbox")?)),
    )
}

/// What went over the wire for the first of them that it is kept of.
///
/// # Errors
/// As [`StoreError`].
pub fn cause_evidence(
    tx: &Tx<'_>,
    run: RunNumber,
    cause: Cause,
) -> Result<Option<Evidence>, StoreError> {
    tx.first(
        include_str!("cause_evidence.sql"),
        named_params! { ":run": run.0, ":cause": cause.as_str() },
        |row| {
            Ok(Evidence {
                request: row.get("request")?,
                reply: row.get("reply")?,
            })
        },
    )
}
