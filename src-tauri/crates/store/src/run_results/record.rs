//! Deciding rows, and taking decisions back.

use contract::{Cause, Expectation, Verdict};
use rusqlite::named_params;

use super::{Outcome, Pending, Repeat, read_pending};
use crate::runs::RunNumber;
use crate::values::to_json;
use crate::{StoreError, Tx};

/// Rows without a verdict after the place `after` (-1: from the start), in the order of the list.
///
/// # Errors
/// As [`StoreError`].
pub fn pending(
    tx: &Tx<'_>,
    run: RunNumber,
    after: i64,
    limit: u64,
) -> Result<Vec<Pending>, StoreError> {
    tx.all(
        include_str!("pending.sql"),
        named_params! { ":run": run.0, ":after": after, ":limit": limit.cast_signed() },
        read_pending,
    )
}

/// Refused rows that must open and carry this EWS code, after the place `after`: to be asked once
/// more at the end.
///
/// # Errors
/// As [`StoreError`].
pub fn refused_must_open(
    tx: &Tx<'_>,
    run: RunNumber,
    ews_code: &str,
    after: i64,
    limit: u64,
) -> Result<Vec<Pending>, StoreError> {
    tx.all(
        include_str!("refused_must_open.sql"),
        named_params! { ":run": run.0, ":ews_code": ews_code, ":after": after, ":limit": limit.cast_signed() },
        read_pending,
    )
}

/// Records outcomes, replacing what these rows said before, and answers which of them showed the
/// folder identity of another granted row.
///
/// # Errors
/// [`StoreError::NotFound`] when a row is not in the run.
pub fn record(
    tx: &Tx<'_>,
    run: RunNumber,
    outcomes: &[Outcome],
) -> Result<Vec<Repeat>, StoreError> {
    for outcome in outcomes {
        record_one(tx, run, outcome)?;
    }
    let mut repeats = Vec::new();
    for outcome in outcomes {
        let Some(folder_key) = outcome.folder_key else {
            continue;
        };
        let others = tx.all(
            include_str!("repeats.sql"),
            named_params! { ":run": run.0, ":folder_key": folder_key, ":seq": outcome.seq },
            |row| row.get(0),
        )?;
        if !others.is_empty() {
            repeats.push(Repeat {
                seq: outcome.seq,
                others,
            });
        }
    }
    Ok(repeats)
}

/// Gives every row without a verdict `not_checked`, with the cause and message of the run, and
/// answers how many there were.
///
/// # Errors
/// As [`StoreError`].
pub fn close_pending(
    tx: &Tx<'_>,
    run: RunNumber,
    cause: Option<Cause>,
    message: Option<&str>,
) -> Result<u64, StoreError> {
    tx.execute(
        include_str!("close_pending.sql"),
        named_params! { ":run": run.0, ":cause": cause.map(Cause::as_str), ":message": message },
    )
}

/// Opens every undetermined or unchecked row again, system mailboxes apart, for a run that is
/// resumed. Answers how many.
///
/// # Errors
/// As [`StoreError`].
pub fn reopen(tx: &Tx<'_>, run: RunNumber) -> Result<u64, StoreError> {
    tx.execute(include_str!("reopen.sql"), named_params! { ":run": run.0 })
}

/// Gives rows with `impersonation.refused` and this expectation their final cause, and their
/// message where one is given. Answers their places, ascending.
///
/// # Errors
/// As [`StoreError`].
pub fn name_refusals(
    tx: &Tx<'_>,
    run: RunNumber,
    expectation: Expectation,
    cause: Cause,
    message: Option<&str>,
) -> Result<Vec<i64>, StoreError> {
    let mut named: Vec<i64> = tx.all(
        include_str!("name_refusals.sql"),
        named_params! {
            ":run": run.0,
            ":expectation": expectation.as_str(),
            ":cause": cause.as_str(),
            ":message": message,
        },
        |row| row.get(0),
    )?;
    named.sort_unstable();
    Ok(named)
}

fn record_one(tx: &Tx<'_>, run: RunNumber, outcome: &Outcome) -> Result<(), StoreError> {
    let folders = if outcome.folders.is_empty() {
        None
    } else {
        Some(to_json(&outcome.folders)?)
    };
    tx.execute_one(
        include_str!("record.sql"),
        named_params! {
            ":run": run.0,
            ":seq": outcome.seq,
            ":verdict": Verdict::as_str(outcome.verdict),
            ":cause": outcome.cause.map(Cause::as_str),
            ":ews_code": outcome.ews_code,
            ":http_status": outcome.http_status,
            ":attempts": outcome.attempts,
            ":latency_ms": outcome.latency_ms.map(u64::cast_signed),
            ":request_id": outcome.request_id,
            ":message": outcome.message,
            ":alias_of": outcome.alias_of,
            ":folder_key": outcome.folder_key,
            ":folders": folders,
            ":checked_at": outcome.checked_at,
        },
    )?;
    match &outcome.evidence {
        Some(evidence) => tx.execute(
            include_str!("evidence_keep.sql"),
            named_params! {
                ":run": run.0,
                ":seq": outcome.seq,
                ":request": evidence.request,
                ":reply": evidence.reply,
            },
        )?,
        None => tx.execute(
            include_str!("evidence_forget.sql"),
            named_params! { ":run": run.0, ":seq": outcome.seq },
        )?,
    };
    Ok(())
}
