//! Reading results: pages, the whole list in pieces, one row.

use contract::{
    Cause, Evidence, FolderResult, ResultRow, ResultsPage, ResultsQuery, ResultsSort, RunId,
    SortDirection, UserId, Verdict,
};
use rusqlite::named_params;
use rusqlite::types::Value;

use super::{StoredResult, read_folders, read_row};
use crate::runs::{self, RunNumber};
use crate::values::{bind, search_key};
use crate::{StoreError, Tx};

/// One page of results.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such run.
pub fn page(tx: &Tx<'_>, query: &ResultsQuery) -> Result<ResultsPage, StoreError> {
    let run = runs::number(tx, &query.run)?.ok_or(StoreError::NotFound)?;
    let mut filter = String::new();
    let mut params: Vec<(&str, Value)> = vec![(":run", run.0.into())];
    if let Some(search) = search_key(query.search.as_deref()) {
        filter
            .push_str(" AND (instr(r.mailbox_key, :search) > 0 OR instr(r.name_key, :search) > 0)");
        params.push((":search", search.into()));
    }
    if let Some(verdict) = query.verdict {
        filter.push_str(" AND r.verdict = :verdict");
        params.push((":verdict", Verdict::as_str(verdict).to_owned().into()));
    }
    if let Some(cause) = query.cause {
        filter.push_str(" AND r.cause = :cause");
        params.push((":cause", Cause::as_str(cause).to_owned().into()));
    }
    if query.findings_only {
        filter.push_str(" AND r.rank = 0");
    }
    // SQLite knows nothing of how many rows a run has: on its own it would read them all.
    let index = if query.findings_only {
        "INDEXED BY run_results_rank"
    } else {
        ""
    };
    let sql = include_str!("page_count.sql")
        .replace("{index}", index)
        .replace("{filter}", &filter);
    let total = tx.count(&sql, bind(&params).as_slice())?;
    let sql = include_str!("page.sql")
        .replace("{index}", index)
        .replace("{filter}", &filter)
        .replace("{order}", order(query.sort, query.direction));
    params.push((":limit", query.limit.cast_signed().into()));
    params.push((":offset", query.offset.cast_signed().into()));
    let rows = tx.all(&sql, bind(&params).as_slice(), read_row)?;
    Ok(ResultsPage { total, rows })
}

/// Rows after the place `after` (-1: from the start), in the order of the list.
///
/// # Errors
/// As [`StoreError`].
pub fn each(
    tx: &Tx<'_>,
    run: RunNumber,
    after: i64,
    limit: u64,
) -> Result<Vec<ResultRow>, StoreError> {
    tx.all(
        include_str!("each.sql"),
        named_params! { ":run": run.0, ":after": after, ":limit": limit.cast_signed() },
        read_row,
    )
}

/// As [`each`], with the verdict by folder where several were asked for.
///
/// # Errors
/// As [`StoreError`].
pub fn each_with_folders(
    tx: &Tx<'_>,
    run: RunNumber,
    after: i64,
    limit: u64,
) -> Result<Vec<(ResultRow, Vec<FolderResult>)>, StoreError> {
    tx.all(
        include_str!("each.sql"),
        named_params! { ":run": run.0, ":after": after, ":limit": limit.cast_signed() },
        |row| Ok((read_row(row)?, read_folders(row)?)),
    )
}

/// Every row that showed this folder identity, in the order of the list, whatever its verdict.
///
/// # Errors
/// As [`StoreError`].
pub fn rows_by_folder_key(
    tx: &Tx<'_>,
    run: RunNumber,
    folder_key: &[u8; 16],
) -> Result<Vec<ResultRow>, StoreError> {
    tx.all(
        include_str!("rows_by_folder_key.sql"),
        named_params! { ":run": run.0, ":folder_key": folder_key },
        read_row,
    )
}

/// One row with its evidence, and its neighbors in the list.
///
/// # Errors
/// As [`StoreError`].
pub fn show(tx: &Tx<'_>, run: &RunId, seq: i64) -> Result<Option<StoredResult>, StoreError> {
    let Some(run) = runs::number(tx, run)? else {
        return Ok(None);
    };
    let place = named_params! { ":run": run.0, ":seq": seq };
    let evidence = tx.first(include_str!("evidence_show.sql"), place, |row| {
        Ok(Evidence {
            request: row.get("request")?,
            reply: row.get("reply")?,
        })
    })?;
    tx.first(include_str!("show.sql"), place, |row| {
        Ok(StoredResult {
            row: read_row(row)?,
            identity: row.get("identity")?,
            kind: row.get("kind")?,
            user: row.get::<_, Option<i64>>("user_id")?.map(UserId),
            folder_key: row.get("folder_key")?,
            by_guid: row.get("by_guid")?,
            listed_guid: row.get("listed_guid")?,
            folders: read_folders(row)?,
            evidence: evidence.clone(),
            previous: row.get("previous")?,
            next: row.get("next")?,
        })
    })
}

/// Findings first, then what is open, then the rest; the place in the list closes every order.
const fn order(sort: ResultsSort, direction: SortDirection) -> &'static str {
    use ResultsSort::{Cause, CheckedAt, Latency, Listed, Mailbox, Name, Verdict};
    use SortDirection::{Ascending, Descending};
    match (sort, direction) {
        (Listed, Ascending) => "r.seq",
        (Listed, Descending) => "r.seq DESC",
        (Name, Ascending) => "r.name_key, r.seq",
        (Name, Descending) => "r.name_key DESC, r.seq DESC",
        (Mailbox, Ascending) => "r.mailbox_key, r.seq",
        (Mailbox, Descending) => "r.mailbox_key DESC, r.seq DESC",
        (Verdict, Ascending) => "r.rank, r.verdict, r.seq",
        (Verdict, Descending) => "r.rank DESC, r.verdict DESC, r.seq DESC",
        (Cause, Ascending) => "r.cause, r.seq",
        (Cause, Descending) => "r.cause DESC, r.seq DESC",
        (Latency, Ascending) => "r.latency_ms, r.seq",
        (Latency, Descending) => "r.latency_ms DESC, r.seq DESC",
        (CheckedAt, Ascending) => "r.checked_at, r.seq",
        (CheckedAt, Descending) => "r.checked_at DESC, r.seq DESC",
    }
}
