//! Organizations: their names, their settings, their removal. Names and External Ids come in
//! checked; whether one may be deleted is decided elsewhere (the default one never goes).

use contract::{
    AccessType, OrganizationId, OrganizationRow, OrganizationSettings, OrganizationsQuery, Platform,
};
use rusqlite::types::Value;
use rusqlite::{Row, named_params};

use crate::values::{Id, id, json, key, search_key, to_json};
use crate::{StoreError, Tx, runs, users};

/// Name and External Id of the organization that is there from the start.
const DEFAULT_NAME: &str = "Default Organization";
const DEFAULT_EXTERNAL_ID: &str = "default";

/// An organization to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrganization {
    /// Unique ignoring case.
    pub name: String,
    /// Unique ignoring case.
    pub external_id: String,
    /// How its mailboxes are accessed.
    pub access_type: AccessType,
    /// Where its mailboxes live.
    pub platform: Platform,
}

/// Makes sure that there is a default organization, and answers which it is.
///
/// # Errors
/// As [`StoreError`].
pub fn ensure_default(tx: &Tx<'_>, now: &str) -> Result<OrganizationId, StoreError> {
    if let Some(found) = tx.first(include_str!("default.sql"), (), |row| row.get(0))? {
        return Ok(OrganizationId(found));
    }
    let organization = NewOrganization {
        name: DEFAULT_NAME.to_owned(),
        external_id: DEFAULT_EXTERNAL_ID.to_owned(),
        access_type: AccessType::default(),
        platform: Platform::default(),
    };
    insert(tx, &organization, true, now)
}

/// Organizations by name, the default one first.
///
/// # Errors
/// As [`StoreError`].
pub fn list(tx: &Tx<'_>, query: &OrganizationsQuery) -> Result<Vec<OrganizationRow>, StoreError> {
    match search_key(query.search.as_deref()) {
        None => rows(tx, "1", &[]),
        Some(search) => rows(
            tx,
            "(instr(o.name_key, :search) > 0 OR instr(lower(o.external_id), :search) > 0)",
            &[(":search", search.into())],
        ),
    }
}

/// One organization.
///
/// # Errors
/// As [`StoreError`].
pub fn show(
    tx: &Tx<'_>,
    organization: OrganizationId,
) -> Result<Option<OrganizationRow>, StoreError> {
    Ok(rows(tx, "o.id = :id", &[(":id", organization.0.into())])?.pop())
}

/// The organization with this name or, if there is none, with this External Id, ignoring case.
///
/// # Errors
/// As [`StoreError`].
pub fn by_name(tx: &Tx<'_>, text: &str) -> Result<Option<OrganizationId>, StoreError> {
    tx.first(
        include_str!("by_name.sql"),
        named_params! { ":key": key(text.trim()), ":external_id": text.trim() },
        |row| row.get(0).map(OrganizationId),
    )
}

/// Adds an organization.
///
/// # Errors
/// [`StoreError::Taken`] (`name`, `external id`).
pub fn add(
    tx: &Tx<'_>,
    organization: &NewOrganization,
    now: &str,
) -> Result<OrganizationId, StoreError> {
    insert(tx, organization, false, now)
}

/// Changes an organization. `None` stays.
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Taken`] (`name`).
pub fn edit(
    tx: &Tx<'_>,
    organization: OrganizationId,
    name: Option<&str>,
    platform: Option<Platform>,
    now: &str,
) -> Result<(), StoreError> {
    tx.execute_one(
        include_str!("edit.sql"),
        named_params! {
            ":id": organization.0,
            ":name": name,
            ":name_key": name.map(key),
            ":platform": platform.as_ref().map(Id::id),
            ":now": now,
        },
    )
}

/// Turns `Synchronization Status` on or off.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn set_enabled(
    tx: &Tx<'_>,
    organization: OrganizationId,
    enabled: bool,
    now: &str,
) -> Result<(), StoreError> {
    tx.execute_one(
        include_str!("set_enabled.sql"),
        named_params! { ":id": organization.0, ":enabled": enabled, ":now": now },
    )
}

/// The settings tab.
///
/// # Errors
/// As [`StoreError`].
pub fn settings(
    tx: &Tx<'_>,
    organization: OrganizationId,
) -> Result<Option<OrganizationSettings>, StoreError> {
    tx.first(
        include_str!("settings_load.sql"),
        named_params! { ":id": organization.0 },
        |row| {
            Ok(OrganizationSettings {
                concurrency: row.get("concurrency")?,
                timeout_seconds: row.get("timeout_seconds")?,
                folders: json(row, "folders")?,
                host_pattern: row.get("host_pattern")?,
                notes: row.get("notes")?,
            })
        },
    )
}

/// Saves the settings tab.
///
/// # Errors
/// [`StoreError::NotFound`].
pub fn save_settings(
    tx: &Tx<'_>,
    organization: OrganizationId,
    settings: &OrganizationSettings,
    now: &str,
) -> Result<(), StoreError> {
    tx.execute_one(
        include_str!("settings_save.sql"),
        named_params! {
            ":id": organization.0,
            ":concurrency": settings.concurrency,
            ":timeout_seconds": settings.timeout_seconds,
            ":folders": to_json(&settings.folders)?,
            ":host_pattern": settings.host_pattern,
            ":notes": settings.notes,
            ":now": now,
        },
    )
}

/// Deletes an organization and its users until they are restored or purged, and answers how many
/// users went with it. `now` is what [`restore`] finds them by: use it for one deletion only.
///
/// # Errors
/// [`StoreError::NotFound`], for the default organization too.
pub fn soft_delete(
    tx: &Tx<'_>,
    organization: OrganizationId,
    now: &str,
) -> Result<u64, StoreError> {
    let place = named_params! { ":id": organization.0, ":now": now };
    tx.execute_one(include_str!("soft_delete.sql"), place)?;
    tx.execute(include_str!("soft_delete_users.sql"), place)
}

/// Brings back an organization and the users that were deleted with it, and answers how many.
///
/// # Errors
/// [`StoreError::NotFound`] when it was not deleted then, or purged; [`StoreError::Taken`] when its
/// name or External Id is in use by now.
pub fn restore(
    tx: &Tx<'_>,
    organization: OrganizationId,
    deleted_at: &str,
    now: &str,
) -> Result<u64, StoreError> {
    tx.execute_one(
        include_str!("restore.sql"),
        named_params! { ":id": organization.0, ":deleted_at": deleted_at, ":now": now },
    )?;
    tx.execute(
        include_str!("restore_users.sql"),
        named_params! { ":id": organization.0, ":deleted_at": deleted_at },
    )
}

/// Removes for good what was deleted before `before` (RFC 3339, UTC), with its users. Runs stay.
///
/// # Errors
/// As [`StoreError`].
pub fn purge(tx: &Tx<'_>, before: &str) -> Result<u64, StoreError> {
    tx.execute(
        include_str!("purge.sql"),
        named_params! { ":before": before },
    )
}

/// Sets how mailboxes are accessed: part of the Email Configuration, kept here.
pub(crate) fn set_access_type(
    tx: &Tx<'_>,
    organization: OrganizationId,
    access_type: AccessType,
    now: &str,
) -> Result<(), StoreError> {
    tx.execute_one(
        include_str!("set_access_type.sql"),
        named_params! { ":id": organization.0, ":access_type": access_type.id(), ":now": now },
    )
}

fn insert(
    tx: &Tx<'_>,
    organization: &NewOrganization,
    is_default: bool,
    now: &str,
) -> Result<OrganizationId, StoreError> {
    let id = tx.insert(
        include_str!("add.sql"),
        named_params! {
            ":name": organization.name,
            ":name_key": key(&organization.name),
            ":external_id": organization.external_id,
            ":access_type": organization.access_type.id(),
            ":platform": organization.platform.id(),
            ":is_default": is_default,
            ":now": now,
        },
    )?;
    Ok(OrganizationId(id))
}

fn rows(
    tx: &Tx<'_>,
    filter: &str,
    params: &[(&str, Value)],
) -> Result<Vec<OrganizationRow>, StoreError> {
    let sql = include_str!("row.sql").replace("{filter}", filter);
    let mut rows = tx.all(&sql, crate::values::bind(params).as_slice(), read_row)?;
    for row in &mut rows {
        row.counts = users::counts(tx, row.id)?;
        row.last_run = match runs::latest(tx, Some(row.id))? {
            Some(run) => runs::show(tx, &run)?.map(|run| run.row),
            None => None,
        };
    }
    Ok(rows)
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<OrganizationRow> {
    Ok(OrganizationRow {
        id: OrganizationId(row.get("id")?),
        name: row.get("name")?,
        external_id: row.get("external_id")?,
        access_type: id(row, "access_type")?,
        platform: id(row, "platform")?,
        enabled: row.get("enabled")?,
        is_default: row.get("is_default")?,
        counts: contract::SyncCounts::default(),
        last_run: None,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
