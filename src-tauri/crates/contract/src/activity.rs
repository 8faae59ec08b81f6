//! The activity log: who changed what, as a hash chain.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ActivityId, OrganizationId};

/// Which entries, newest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct ActivityQuery {
    /// Left out: of all organizations.
    pub organization: Option<OrganizationId>,
    /// Only this type.
    pub kind: Option<String>,
    /// First row, from 0.
    pub offset: u64,
    /// Most rows; 0: 60.
    pub limit: u64,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ActivityRow {
    /// Its id.
    pub id: ActivityId,
    /// RFC 3339, UTC.
    pub at: String,
    /// User of the operating system.
    pub changed_by: String,
    /// `organization_created`, `users_imported`, `credentials_stored`, …
    pub kind: String,
    /// One plain sentence.
    pub details: String,
    /// Which organization.
    pub organization: Option<OrganizationId>,
    /// Its name then.
    pub organization_name: Option<String>,
    /// Whether it can be taken back now.
    pub undoable: bool,
}

/// One page of entries.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ActivityPage {
    /// How many match.
    pub total: u64,
    /// The entries from `offset` on.
    pub rows: Vec<ActivityRow>,
    /// The first entry whose hash does not fit the one before, if any.
    pub broken_at: Option<ActivityId>,
}

/// Takes an entry back.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Undo {
    /// Which entry.
    pub activity: ActivityId,
}

/// What was restored.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct UndoDone {
    /// One plain sentence.
    pub message: String,
}
