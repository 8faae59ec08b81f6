//! What the list says of mailbox GUIDs, held against what the mailboxes showed. Counts and finds; what it
//! means is decided elsewhere.

use rusqlite::named_params;

use super::Repeat;
use crate::runs::RunNumber;
use crate::values::count;
use crate::{StoreError, Tx};

/// Opened rows whose listed GUID says nothing, or something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Misfits {
    /// The mailbox that opened has another GUID; second addresses apart.
    pub otherwise: u64,
    /// The list has a text there that is no GUID.
    pub unreadable: u64,
}

/// Opened rows that show the mailbox GUID which the list names for another row, and not for them; each with
/// the first such row. Second addresses apart.
///
/// # Errors
/// As [`StoreError`].
pub fn listed_by_others(tx: &Tx<'_>, run: RunNumber) -> Result<Vec<Repeat>, StoreError> {
    if tx.count(
        include_str!("any_listed.sql"),
        named_params! { ":run": run.0 },
    )? == 0
    {
        return Ok(Vec::new());
    }
    let mut statement = tx
        .connection()
        .prepare_cached(include_str!("listed_by_others.sql"))?;
    let mut rows = statement.query(named_params! { ":run": run.0 })?;
    let mut found = Vec::new();
    // The first two rows that the newest GUID is listed for: one of them may be the row that shows it.
    let mut listed: ([u8; 16], Vec<i64>) = (super::UNREADABLE, Vec::new());
    while let Some(row) = rows.next()? {
        let (guid, seq): ([u8; 16], i64) = (row.get("guid")?, row.get("seq")?);
        if guid != listed.0 {
            listed = (guid, Vec::new());
        }
        if row.get("listed")? {
            if listed.1.len() < 2 {
                listed.1.push(seq);
            }
        } else if let Some(other) = listed.1.iter().find(|other| **other != seq) {
            found.push(Repeat { seq, other: *other });
        }
    }
    found.sort_unstable_by_key(|repeat| repeat.seq);
    Ok(found)
}

/// How many opened rows the list does not fit.
///
/// # Errors
/// As [`StoreError`].
pub fn misfits(tx: &Tx<'_>, run: RunNumber) -> Result<Misfits, StoreError> {
    let counted = tx.first(
        include_str!("misfits.sql"),
        named_params! { ":run": run.0, ":unreadable": super::UNREADABLE },
        |row| {
            Ok(Misfits {
                otherwise: count(row, "otherwise")?,
                unreadable: count(row, "unreadable")?,
            })
        },
    )?;
    Ok(counted.unwrap_or_default())
}

/// Whether the opened rows of a run show digests and no mailbox GUID: it was begun by a version that read none, or
/// its server's identities carry none.
///
/// # Errors
/// As [`StoreError`].
pub fn only_digests(tx: &Tx<'_>, run: RunNumber) -> Result<bool, StoreError> {
    let kinds = tx.count(
        include_str!("only_digests.sql"),
        named_params! { ":run": run.0 },
    )?;
    Ok(kinds > 0)
}
