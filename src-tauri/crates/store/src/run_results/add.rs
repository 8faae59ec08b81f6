//! Filling the list of a run.

use contract::{Cause, IdentifyBy, OrganizationId, Verdict};
use rusqlite::types::Value;
use rusqlite::{ToSql, named_params, params};

use super::{NewResult, Selection};
use crate::runs::RunNumber;
use crate::values::{bind, key, to_json};
use crate::{StoreError, Tx};

/// Users that are added at a time.
const PIECE: i64 = 1_000;

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
    let insertion = Insertion {
        tx,
        run,
        organization,
        identify_by,
    };
    let (fragment, extra): (_, Vec<(&str, Value)>) = match selection {
        Selection::All => return insertion.all(first_seq),
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
    insertion.of(fragment, &extra, first_seq)
}

/// Adds users of an organization to a run.
struct Insertion<'t, 'c> {
    tx: &'t Tx<'c>,
    run: RunNumber,
    organization: OrganizationId,
    identify_by: IdentifyBy,
}

impl Insertion<'_, '_> {
    /// Adds all that are checked, piece by piece, and answers the next free place.
    fn all(&self, first_seq: i64) -> Result<i64, StoreError> {
        let mut next = first_seq;
        for must_refuse in [false, true] {
            let mut after = 0;
            while let Some(up_to) = self.end_of_piece(after, must_refuse)? {
                let piece = [
                    (":must_refuse", Value::from(must_refuse)),
                    (":after", after.into()),
                    (":up_to", up_to.into()),
                ];
                next = self.of(include_str!("selection_piece.sql"), &piece, next)?;
                after = up_to;
            }
        }
        Ok(next)
    }

    /// The last user of the piece behind `after`; `None` where nobody is left.
    fn end_of_piece(&self, after: i64, must_refuse: bool) -> Result<Option<i64>, StoreError> {
        let last: Option<Option<i64>> = self.tx.first(
            include_str!("piece_of_users.sql"),
            named_params! {
                ":organization": self.organization.0,
                ":after": after,
                ":must_refuse": must_refuse,
                ":limit": PIECE,
            },
            |row| row.get(0),
        )?;
        Ok(last.flatten())
    }

    /// Adds those of one selection, and answers the next free place.
    fn of(
        &self,
        selection: &str,
        extra: &[(&str, Value)],
        first_seq: i64,
    ) -> Result<i64, StoreError> {
        let sql = include_str!("add_from_users.sql").replace("{selection}", selection);
        let by = self.identify_by.as_str();
        let mut params = bind(extra);
        params.extend([
            (":run", &self.run.0 as &dyn ToSql),
            (":first_seq", &first_seq),
            (":organization", &self.organization.0),
            (":identify_by", &by),
        ]);
        let added = self.tx.execute(&sql, params.as_slice())?;
        Ok(first_seq + added.cast_signed())
    }
}
