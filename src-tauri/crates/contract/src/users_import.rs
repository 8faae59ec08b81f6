//! Adding many users: paste or CSV, with a preview before anything is stored.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::OrganizationId;

/// Where the list comes from.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ImportSource {
    /// Where the users will go.
    pub organization: OrganizationId,
    /// File name for messages, or `Pasted text`.
    pub name: String,
    /// The bytes of the file in base64 (RFC 4648 §4), 64 MiB at most.
    pub base64: String,
}

/// What happens to a row of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ImportGroup {
    /// Added.
    New,
    /// Remote mailbox (Exchange Online): added, tagged, warned.
    Remote,
    /// Already in this organization: skipped.
    AlreadyHere,
    /// In another organization: skipped.
    Elsewhere,
    /// Again in the same file: the first is kept.
    Duplicate,
    /// An alias of another row or user: skipped.
    Alias,
    /// System mailbox: skipped.
    System,
    /// Not an address: skipped, with the reason.
    Bad,
}

/// How many rows are in a group.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ImportGroupCount {
    /// The group.
    pub group: ImportGroup,
    /// Rows in it.
    pub count: u64,
}

/// The preview, held in memory until it is applied or cancelled.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ImportPreview {
    /// Names this preview.
    pub token: String,
    /// `UTF-8`, `UTF-16LE`, `windows-1252`, …
    pub encoding: String,
    /// `comma`, `semicolon`, `tab`, `lines`.
    pub separator: String,
    /// Columns that are used, by their header.
    pub columns: Vec<String>,
    /// Rows by group; groups without rows are left out.
    pub groups: Vec<ImportGroupCount>,
    /// How many users applying it will add.
    pub to_add: u64,
}

/// One page of the preview.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ImportRows {
    /// Which preview.
    pub token: String,
    /// Only this group.
    #[ts(optional)]
    pub group: Option<ImportGroup>,
    /// First row, from 0.
    #[serde(default)]
    pub offset: u64,
    /// Most rows, 1 to 1,000.
    pub limit: u64,
}

/// A row of the preview.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ImportPreviewRow {
    /// Line of the file, from 1.
    pub line: u64,
    /// The address, or the text that is none.
    pub address: String,
    /// Display name.
    pub name: String,
    /// `RecipientTypeDetails`.
    pub kind: Option<String>,
    /// What happens to it.
    pub group: ImportGroup,
    /// Why, where it is not added.
    pub reason: Option<String>,
}

/// One page of the preview.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ImportRowsPage {
    /// How many rows the group has.
    pub total: u64,
    /// The rows from `offset` on.
    pub rows: Vec<ImportPreviewRow>,
}

/// Adds what the preview shows, all or nothing.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ImportApply {
    /// Which preview.
    pub token: String,
}

/// Forgets a preview.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ImportCancel {
    /// Which preview.
    pub token: String,
}

/// A batch of users that was added.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ImportBatch {
    /// Names the batch, for undo.
    pub batch: i64,
    /// Users added.
    pub added: u64,
    /// Rows left out.
    pub skipped: u64,
}

/// Takes a batch back, while none of it was activated or moved.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ImportUndo {
    /// Which batch.
    pub batch: i64,
}

/// A batch that was taken back.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ImportUndone {
    /// Users removed.
    pub removed: u64,
}
