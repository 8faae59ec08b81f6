//! The activity log: who changed what, each entry's hash covering the one before. What an undo does,
//! and which hash function is used, is decided elsewhere.

use contract::{ActivityId, ActivityQuery, ActivityRow, OrganizationId};
use rusqlite::types::Value;
use rusqlite::{Row, named_params};

use crate::values::{bind, json, to_json};
use crate::{StoreError, Tx};

/// Rows of [`page`] where the query names no limit.
const DEFAULT_LIMIT: u64 = 60;

/// Turns the bytes of an entry into its hash, as text. The same function must be used on one
/// database for ever.
pub type Hash = fn(&[u8]) -> String;

/// An entry to append.
#[derive(Debug, Clone, PartialEq)]
pub struct NewActivity {
    /// RFC 3339, UTC.
    pub at: String,
    /// User of the operating system.
    pub changed_by: String,
    /// `organization_created`, `users_imported`, …
    pub kind: String,
    /// One plain sentence. Never a secret.
    pub details: String,
    /// Which organization.
    pub organization: Option<OrganizationId>,
    /// Its name now.
    pub organization_name: Option<String>,
    /// How to take it back, where that is possible.
    pub undo: Option<serde_json::Value>,
}

/// How an entry can be taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct UndoPlan {
    /// When it happened (RFC 3339, UTC).
    pub at: String,
    /// `organization_deleted`, …
    pub kind: String,
    /// Which organization.
    pub organization: Option<OrganizationId>,
    /// As it was appended.
    pub undo: serde_json::Value,
    /// When it was taken back, if it was.
    pub undone_at: Option<String>,
}

/// Appends an entry.
///
/// # Errors
/// As [`StoreError`].
pub fn append(tx: &Tx<'_>, entry: &NewActivity, hash: Hash) -> Result<ActivityId, StoreError> {
    let last: Option<String> = tx.first(include_str!("last_hash.sql"), (), |row| row.get(0))?;
    let chained = Chained {
        previous_hash: last.unwrap_or_default(),
        at: entry.at.clone(),
        changed_by: entry.changed_by.clone(),
        kind: entry.kind.clone(),
        details: entry.details.clone(),
        organization: entry.organization.map(|organization| organization.0),
        organization_name: entry.organization_name.clone(),
        undo: entry.undo.as_ref().map(to_json).transpose()?,
    };
    let id = tx.insert(
        include_str!("append.sql"),
        named_params! {
            ":at": chained.at,
            ":changed_by": chained.changed_by,
            ":kind": chained.kind,
            ":details": chained.details,
            ":organization": chained.organization,
            ":organization_name": chained.organization_name,
            ":undo": chained.undo,
            ":previous_hash": chained.previous_hash,
            ":hash": chained.hash(hash)?,
        },
    )?;
    Ok(ActivityId(id))
}

/// One page of entries, newest first, and how many match. An entry is undoable when it carries an
/// undo, was not taken back, and is no older than `undoable_since` (RFC 3339, UTC).
///
/// # Errors
/// As [`StoreError`].
pub fn page(
    tx: &Tx<'_>,
    query: &ActivityQuery,
    undoable_since: &str,
) -> Result<(u64, Vec<ActivityRow>), StoreError> {
    let mut filter = String::new();
    let mut params: Vec<(&str, Value)> = Vec::new();
    if let Some(organization) = query.organization {
        filter.push_str(" AND organization_id = :organization");
        params.push((":organization", organization.0.into()));
    }
    if let Some(kind) = &query.kind {
        filter.push_str(" AND kind = :kind");
        params.push((":kind", kind.clone().into()));
    }
    let sql = include_str!("page_count.sql").replace("{filter}", &filter);
    let total = tx.count(&sql, bind(&params).as_slice())?;
    let limit = if query.limit == 0 {
        DEFAULT_LIMIT
    } else {
        query.limit
    };
    params.push((":limit", limit.cast_signed().into()));
    params.push((":offset", query.offset.cast_signed().into()));
    params.push((":undoable_since", undoable_since.to_owned().into()));
    let sql = include_str!("page.sql").replace("{filter}", &filter);
    Ok((total, tx.all(&sql, bind(&params).as_slice(), read_row)?))
}

/// The first entry that was changed, or follows one that was removed; `None`: the chain is whole.
/// The first entry of all is taken on trust, so that old entries can be retired from that end.
///
/// # Errors
/// As [`StoreError`].
pub fn verify(tx: &Tx<'_>, hash: Hash) -> Result<Option<ActivityId>, StoreError> {
    let mut statement = tx.connection().prepare_cached(include_str!("chain.sql"))?;
    let mut rows = statement.query(())?;
    let mut before: Option<String> = None;
    while let Some(row) = rows.next()? {
        let chained = Chained::read(row)?;
        let kept: String = row.get("hash")?;
        let follows = before.is_none_or(|before| before == chained.previous_hash);
        if !follows || chained.hash(hash)? != kept {
            return Ok(Some(ActivityId(row.get("id")?)));
        }
        before = Some(kept);
    }
    Ok(None)
}

/// How an entry can be taken back; `None` when there is no such entry or it cannot.
///
/// # Errors
/// As [`StoreError`].
pub fn undo_plan(tx: &Tx<'_>, entry: ActivityId) -> Result<Option<UndoPlan>, StoreError> {
    tx.first(
        include_str!("undo.sql"),
        named_params! { ":id": entry.0 },
        |row| {
            Ok(UndoPlan {
                at: row.get("at")?,
                kind: row.get("kind")?,
                organization: row
                    .get::<_, Option<i64>>("organization_id")?
                    .map(OrganizationId),
                undo: json(row, "undo")?,
                undone_at: row.get("undone_at")?,
            })
        },
    )
}

/// Notes that an entry was taken back.
///
/// # Errors
/// [`StoreError::NotFound`] when it cannot be, or was already.
pub fn mark_undone(tx: &Tx<'_>, entry: ActivityId, now: &str) -> Result<(), StoreError> {
    tx.execute_one(
        include_str!("mark_undone.sql"),
        named_params! { ":id": entry.0, ":now": now },
    )
}

/// What a hash covers.
struct Chained {
    previous_hash: String,
    at: String,
    changed_by: String,
    kind: String,
    details: String,
    organization: Option<i64>,
    organization_name: Option<String>,
    undo: Option<String>,
}

impl Chained {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            previous_hash: row.get("previous_hash")?,
            at: row.get("at")?,
            changed_by: row.get("changed_by")?,
            kind: row.get("kind")?,
            details: row.get("details")?,
            organization: row.get("organization_id")?,
            organization_name: row.get("organization_name")?,
            undo: row.get("undo")?,
        })
    }

    /// A JSON array: no two entries share their bytes.
    fn hash(&self, hash: Hash) -> Result<String, StoreError> {
        let text = to_json(&(
            &self.previous_hash,
            &self.at,
            &self.changed_by,
            &self.kind,
            &self.details,
            self.organization,
            &self.organization_name,
            &self.undo,
        ))?;
        Ok(hash(text.as_bytes()))
    }
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<ActivityRow> {
    Ok(ActivityRow {
        id: ActivityId(row.get("id")?),
        at: row.get("at")?,
        changed_by: row.get("changed_by")?,
        kind: row.get("kind")?,
        details: row.get("details")?,
        organization: row
            .get::<_, Option<i64>>("organization_id")?
            .map(OrganizationId),
        organization_name: row.get("organization_name")?,
        undoable: row.get("undoable")?,
    })
}
