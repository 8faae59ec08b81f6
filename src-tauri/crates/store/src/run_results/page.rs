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
        filter.push_str(" AND r.rank = 0 AND r.rank < 2");
    }
    let asked = Asked {
        filter: &filter,
        params: &params,
    };
    let total = asked.count(tx, Part::Whole)?;
    let rows = match (query.findings_only, query.sort) {
        (true, ResultsSort::Verdict) => {
            let orders = match query.direction {
                SortDirection::Ascending => (OPEN, OPEN_BACKWARDS),
                SortDirection::Descending => (OPEN_BACKWARDS, OPEN),
            };
            asked.nearer(tx, Part::Open, orders, total, query)?
        }
        (true, _) => asked.nearer(tx, Part::Open, orders(query), total, query)?,
        (false, ResultsSort::Verdict) => asked.open_first(tx, query)?,
        (false, _) => asked.nearer(tx, Part::Whole, orders(query), total, query)?,
    };
    Ok(ResultsPage { total, rows })
}

/// Findings, then what is open, each kind in the order of the list.
const OPEN: &str = "r.rank, r.verdict, r.seq";
/// The same backwards.
const OPEN_BACKWARDS: &str = "r.rank DESC, r.verdict DESC, r.seq DESC";

/// Which rows of a run: what is a finding or open stands in an index of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Whole,
    Open,
    Rest,
}

/// A question for a page: its filter, with the values in it.
struct Asked<'a> {
    filter: &'a str,
    params: &'a [(&'a str, Value)],
}

impl Asked<'_> {
    fn sql(&self, template: &str, part: Part) -> String {
        // SQLite knows nothing of how many rows a run has: on its own it would read them all.
        let (index, only) = match part {
            Part::Whole => ("", ""),
            Part::Open => ("INDEXED BY run_results_open", " AND r.rank < 2"),
            Part::Rest => ("", " AND r.rank >= 2"),
        };
        template
            .replace("{index}", index)
            .replace("{filter}", &format!("{}{only}", self.filter))
    }

    fn count(&self, tx: &Tx<'_>, part: Part) -> Result<u64, StoreError> {
        let sql = self.sql(include_str!("page_count.sql"), part);
        tx.count(&sql, bind(self.params).as_slice())
    }

    /// The page of a part that has `total` rows, from the nearer end: what is sorted before it is
    /// never more than half of them. `orders`: an order and the same backwards.
    fn nearer(
        &self,
        tx: &Tx<'_>,
        part: Part,
        (order, backwards): (&str, &str),
        total: u64,
        query: &ResultsQuery,
    ) -> Result<Vec<ResultRow>, StoreError> {
        let rows = query.limit.min(total.saturating_sub(query.offset));
        if rows == 0 {
            return Ok(Vec::new());
        }
        let behind = total - query.offset - rows;
        if query.offset > behind {
            let mut found = self.rows(tx, part, backwards, behind, rows)?;
            found.reverse();
            Ok(found)
        } else {
            self.rows(tx, part, order, query.offset, rows)
        }
    }

    fn rows(
        &self,
        tx: &Tx<'_>,
        part: Part,
        order: &str,
        offset: u64,
        limit: u64,
    ) -> Result<Vec<ResultRow>, StoreError> {
        let sql = self
            .sql(include_str!("page.sql"), part)
            .replace("{order}", order);
        let mut params = self.params.to_vec();
        params.push((":limit", limit.cast_signed().into()));
        params.push((":offset", offset.cast_signed().into()));
        tx.all(&sql, bind(&params).as_slice(), read_row)
    }

    /// Findings, then what is open, then the rest in the order of the list; or all that backwards.
    fn open_first(&self, tx: &Tx<'_>, query: &ResultsQuery) -> Result<Vec<ResultRow>, StoreError> {
        let parts = match query.direction {
            SortDirection::Ascending => [(Part::Open, OPEN), (Part::Rest, "r.seq")],
            SortDirection::Descending => [(Part::Rest, "r.seq DESC"), (Part::Open, OPEN_BACKWARDS)],
        };
        let mut rows: Vec<ResultRow> = Vec::new();
        let mut skip = query.offset;
        for (part, order) in parts {
            let left = query.limit.saturating_sub(rows.len() as u64);
            if left == 0 {
                break;
            }
            let found = self.rows(tx, part, order, skip, left)?;
            // Only a part that is skipped whole has to be counted.
            if found.is_empty() && skip > 0 {
                skip = skip.saturating_sub(self.count(tx, part)?);
            } else {
                skip = 0;
            }
            rows.extend(found);
        }
        Ok(rows)
    }
}

/// Rows after the place `after` (-1: from the start), in the order of the list, with the verdict by folder
/// where several were asked for.
///
/// # Errors
/// As [`StoreError`].
pub fn each(
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

/// Rows after the place `after` that were decided and never asked, in the order of the list.
///
/// # Errors
/// As [`StoreError`].
pub fn each_unasked(
    tx: &Tx<'_>,
    run: RunNumber,
    after: i64,
    limit: u64,
) -> Result<Vec<ResultRow>, StoreError> {
    tx.all(
        include_str!("each_unasked.sql"),
        named_params! { ":run": run.0, ":after": after, ":limit": limit.cast_signed() },
        read_row,
    )
}

/// An opened row, any of them.
///
/// # Errors
/// As [`StoreError`].
pub fn one_granted(tx: &Tx<'_>, run: RunNumber) -> Result<Option<ResultRow>, StoreError> {
    let found = tx.all(
        include_str!("one_granted.sql"),
        named_params! { ":run": run.0 },
        read_row,
    )?;
    Ok(found.into_iter().next())
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

/// The order of a page, and the same backwards.
const fn orders(query: &ResultsQuery) -> (&'static str, &'static str) {
    let ascending = order(query.sort, SortDirection::Ascending);
    let descending = order(query.sort, SortDirection::Descending);
    match query.direction {
        SortDirection::Ascending => (ascending, descending),
        SortDirection::Descending => (descending, ascending),
    }
}

/// Findings first, then what is open, then the rest; the place in the list closes every order.
const fn order(sort: ResultsSort, direction: SortDirection) -> &'static str {
    use ResultsSort::{Cause, CheckedAt, Latency, Listed, Mailbox, Name, Verdict};
    use SortDirection::{Ascending, Descending};
    match (sort, direction) {
        // By verdict: in two parts, by `open_first`.
        (Listed | Verdict, Ascending) => "r.seq",
        (Listed | Verdict, Descending) => "r.seq DESC",
        (Name, Ascending) => "r.name_key, r.seq",
        (Name, Descending) => "r.name_key DESC, r.seq DESC",
        (Mailbox, Ascending) => "r.mailbox_key, r.seq",
        (Mailbox, Descending) => "r.mailbox_key DESC, r.seq DESC",
        (Cause, Ascending) => "r.cause, r.seq",
        (Cause, Descending) => "r.cause DESC, r.seq DESC",
        (Latency, Ascending) => "r.latency_ms, r.seq",
        (Latency, Descending) => "r.latency_ms DESC, r.seq DESC",
        (CheckedAt, Ascending) => "r.checked_at, r.seq",
        (CheckedAt, Descending) => "r.checked_at DESC, r.seq DESC",
    }
}
