//! Deciding rows, and taking decisions back.

use contract::{Cause, Expectation, Verdict};
use rusqlite::{named_params, params};

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

/// Records outcomes, replacing what these rows said before.
///
/// # Errors
/// [`StoreError::NotFound`] when a row is not in the run.
pub fn record(tx: &Tx<'_>, run: RunNumber, outcomes: &[Outcome]) -> Result<(), StoreError> {
    let mut update = tx.connection().prepare_cached(include_str!("record.sql"))?;
    for outcome in outcomes {
        let folders = if outcome.folders.is_empty() {
            None
        } else {
            Some(to_json(&outcome.folders)?)
        };
        // By place: SQLite looks every name up again for every row.
        let changed = update.execute(params![
            run.0,
            outcome.seq,
            Verdict::as_str(outcome.verdict),
            outcome.cause.map(Cause::as_str),
            outcome.ews_code,
            outcome.http_status,
            outcome.attempts,
            outcome.latency_ms.map(u64::cast_signed),
            outcome.request_id,
            outcome.message,
            outcome.alias_of,
            outcome.folder_key,
            folders,
            outcome.checked_at,
            outcome.by_guid,
        ])?;
        if changed == 0 {
            return Err(StoreError::NotFound);
        }
        keep_evidence(tx, run, outcome)?;
    }
    Ok(())
}

/// Granted rows that show the folder identity of another granted row, second addresses apart: each with
/// the first of its identity.
///
/// # Errors
/// As [`StoreError`].
pub fn repeats(tx: &Tx<'_>, run: RunNumber) -> Result<Vec<Repeat>, StoreError> {
    let any = tx.count(
        include_str!("repeats_any.sql"),
        named_params! { ":run": run.0 },
    )?;
    if any == 0 {
        return Ok(Vec::new());
    }
    let rows: Vec<([u8; 16], i64)> = tx.all(
        include_str!("repeats.sql"),
        named_params! { ":run": run.0 },
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let same = rows.chunk_by(|(a, _), (b, _)| a == b);
    Ok(same
        .filter_map(<[_]>::split_first)
        .flat_map(|((_, first), others)| {
            others.iter().map(|(_, seq)| Repeat {
                seq: *seq,
                other: *first,
            })
        })
        .collect())
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
    tx.execute(
        include_str!("evidence_of_open.sql"),
        named_params! { ":run": run.0 },
    )?;
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

/// Only a row that was asked before can have any: [`reopen`] leaves none behind.
fn keep_evidence(tx: &Tx<'_>, run: RunNumber, outcome: &Outcome) -> Result<(), StoreError> {
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
        None if outcome.attempts > 1 => tx.execute(
            include_str!("evidence_forget.sql"),
            named_params! { ":run": run.0, ":seq": outcome.seq },
        )?,
        None => 0,
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use crate::migrations::MIGRATIONS;

    /// What a list of three behind `IN`, a sort or `RETURNING` would make: a table for every row of a run.
    #[test]
    fn no_row_of_a_run_needs_a_table_of_its_own() {
        let mut database = Connection::open_in_memory().expect("opens");
        MIGRATIONS.to_latest(&mut database).expect("the schema");
        for sql in [include_str!("add.sql"), include_str!("record.sql")] {
            let mut explained = database
                .prepare(&format!("EXPLAIN {sql}"))
                .expect("sound SQL");
            let steps: Vec<String> = explained
                .raw_query()
                .mapped(|row| row.get("opcode"))
                .collect::<Result<_, _>>()
                .expect("reads");
            assert!(steps.iter().any(|step| step == "IdxInsert"), "{steps:?}");
            assert!(
                !steps.iter().any(|step| step == "OpenEphemeral"),
                "{sql}: {steps:?}"
            );
        }
    }
}
