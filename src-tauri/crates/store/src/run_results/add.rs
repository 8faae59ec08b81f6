//! Filling the list of a run.

use contract::{Cause, IdentifyBy, OrganizationId, Verdict};
use rusqlite::params;

use super::{NewResult, Selection};
use crate::runs::RunNumber;
use crate::values::{key, to_json};
use crate::{StoreError, Tx};

/// Adds rows in their order, from `first_seq` on, and answers the next free place. A mailbox that
/// is there already (ignoring case) is counted once: the first stays, and no place is left empty.
///
/// # Errors
/// As [`StoreError`].
pub fn add(
    tx: &Tx<'_>,
    run: RunNumber,
    first_seq: i64,
    rows: &[NewResult],
) -> Result<i64, StoreError> {
    let mut add = tx.connection().prepare_cached(include_str!("add.sql"))?;
    let mut seq = first_seq;
    for row in rows {
        let decided = row.decided.as_ref();
        // By place: SQLite looks every name up again for every row.
        let added = add.execute(params![
            run.0,
            seq,
            row.mailbox,
            key(&row.mailbox),
            row.identity,
            row.name,
            key(&row.name),
            row.kind,
            row.user.map(|user| user.0),
            row.expectation.as_str(),
            decided.map(|decided| decided.verdict).map(Verdict::as_str),
            decided.and_then(|decided| decided.cause).map(Cause::as_str),
            decided.and_then(|decided| decided.message.as_deref()),
            row.listed_guid,
        ])?;
        seq += (added as u64).cast_signed();
    }
    Ok(seq)
}

/// Adds users of an organization, from `first_seq` on, and answers the next free place: those that
/// must open in the order they were added, then the canaries. With `identify_by` UPN or SID the
/// user's value, which may be missing, becomes the identity of the row.
///
/// # Errors
/// As [`StoreError`].
pub fn add_from_users(
    tx: &Tx<'_>,
    run: RunNumber,
    first_seq: i64,
    organization: OrganizationId,
    selection: &Selection,
    identify_by: IdentifyBy,
) -> Result<i64, StoreError> {
    let template = include_str!("add_from_users.sql");
    let (fragment, extra): (_, Vec<(&str, rusqlite::types::Value)>) = match selection {
        Selection::All => (include_str!("selection_all.sql"), Vec::new()),
        Selection::Users(ids) => (
            include_str!("selection_users.sql"),
            vec![(":ids", to_json(ids)?.into())],
        ),
        Selection::Sample(ids) => (
            include_str!("selection_sample.sql"),
            vec![(":ids", to_json(ids)?.into())],
        ),
        Selection::FailedIn(older) => (
            include_str!("selection_failed.sql"),
            vec![(":older", older.0.into())],
        ),
        Selection::OfCause(older, cause) => (
            include_str!("selection_cause.sql"),
            vec![
                (":older", older.0.into()),
                (":cause", cause.as_str().to_owned().into()),
            ],
        ),
    };
    let sql = template.replace("{selection}", fragment);
    let mut statement = tx.connection().prepare_cached(&sql)?;
    let mut params: Vec<(&str, &dyn rusqlite::ToSql)> = vec![
        (":run", &run.0),
        (":first_seq", &first_seq),
        (":organization", &organization.0),
    ];
    let by = identify_by.as_str();
    params.push((":identify_by", &by));
    for (name, value) in &extra {
        params.push((name, value));
    }
    let added = statement.execute(params.as_slice())?;
    Ok(first_seq + (added as u64).cast_signed())
}
