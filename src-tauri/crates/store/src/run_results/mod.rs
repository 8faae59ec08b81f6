//! Results of a run, a row a mailbox in the order of the list. Rows are added pending, recorded as
//! they are decided, and read in pages; nothing here decides a verdict.

mod add;
mod applied;
mod canaries;
mod cluster;
mod listed;
mod page;
mod record;
mod summary;
mod unasked;

use contract::{Cause, Evidence, Expectation, FolderResult, ResultRow, UserId, Verdict};
use rusqlite::Row;

pub use add::{add, add_from_users};
pub use applied::{Applied, apply_to_users, note_results};
pub use canaries::canaries;
pub use cluster::{CodeCount, cause_codes, cause_count, cause_evidence, cause_mailboxes};
pub use listed::{Misfits, listed_by_others, misfits, only_digests};
pub use page::{each, each_unasked, one_granted, page, rows_by_folder_key, show};
pub use record::{
    close_pending, name_refusals, pending, record, refused_must_open, reopen, repeats,
};
pub use summary::{CauseGroup, cause_groups, summary};
pub use unasked::{decide_kinds, decide_without_identity, expect_refusal, link_users};

use crate::values::InOrder;

/// In the place of a listed GUID: the list has a text there that is none. No mailbox has this one.
pub const UNREADABLE: [u8; 16] = [0; 16];

/// A row that is added to a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewResult {
    /// Address, or the identity sent where there is none, or the text that is no address.
    pub mailbox: String,
    /// What is sent when that is not the address.
    pub identity: Option<String>,
    /// Display name; may be empty.
    pub name: String,
    /// `RecipientTypeDetails`.
    pub kind: Option<String>,
    /// The stored user it is for.
    pub user: Option<UserId>,
    /// What is expected.
    pub expectation: Expectation,
    /// `ExchangeGuid` of the list; [`UNREADABLE`] where that is no GUID.
    pub listed_guid: Option<[u8; 16]>,
    /// Decided without asking: system mailboxes, texts that are no address.
    pub decided: Option<Decided>,
}

/// What is known of a row without asking the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The verdict.
    pub verdict: Verdict,
    /// Why.
    pub cause: Option<Cause>,
    /// One plain sentence.
    pub message: Option<String>,
}

/// Which users of an organization are checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// All but those with `Synchronization Disabled`.
    All,
    /// These, whatever their flags.
    Users(Vec<UserId>),
    /// These, and all canaries but those with `Synchronization Disabled`.
    Sample(Vec<UserId>),
    /// What broke its expectation or stayed open in this older run, but for those with
    /// `Synchronization Disabled`.
    FailedIn(super::runs::RunNumber),
    /// What carried this cause in this older run, whatever their flags; canaries that were refused as they
    /// must be apart.
    OfCause(super::runs::RunNumber, Cause),
}

/// A row that has to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Place in the list.
    pub seq: i64,
    /// Address.
    pub mailbox: String,
    /// What is sent when that is not the address.
    pub identity: Option<String>,
    /// Display name; may be empty.
    pub name: String,
    /// `RecipientTypeDetails`.
    pub kind: Option<String>,
    /// What is expected.
    pub expectation: Expectation,
    /// `ExchangeGuid` of the list; [`UNREADABLE`] where that is no GUID.
    pub listed_guid: Option<[u8; 16]>,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Place in the list.
    pub seq: i64,
    /// The verdict.
    pub verdict: Verdict,
    /// Why.
    pub cause: Option<Cause>,
    /// `ResponseCode` as Exchange sent it.
    pub ews_code: Option<String>,
    /// HTTP status of the deciding answer.
    pub http_status: Option<u16>,
    /// How often it was asked.
    pub attempts: u32,
    /// Milliseconds of the deciding request.
    pub latency_ms: Option<u64>,
    /// `client-request-id` of the deciding request.
    pub request_id: Option<String>,
    /// One plain sentence.
    pub message: Option<String>,
    /// The address this one is a second address of.
    pub alias_of: Option<String>,
    /// The mailbox GUID that the folder identity carries, else its digest, for the right-mailbox proof.
    pub folder_key: Option<[u8; 16]>,
    /// Whether that is the mailbox GUID.
    pub by_guid: bool,
    /// Verdict by folder, where several were asked for.
    pub folders: Vec<FolderResult>,
    /// RFC 3339, UTC.
    pub checked_at: Option<String>,
    /// What went over the wire, redacted. `None` removes what was kept before of a row that was asked more
    /// than once.
    pub evidence: Option<Evidence>,
}

/// A folder identity that was seen before in the same run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    /// The row that showed it again.
    pub seq: i64,
    /// The row that showed it first.
    pub other: i64,
}

/// One result with everything that is kept of it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredResult {
    /// As in a page.
    pub row: ResultRow,
    /// What is sent when that is not the address.
    pub identity: Option<String>,
    /// `RecipientTypeDetails`.
    pub kind: Option<String>,
    /// The stored user it is for; it may be gone.
    pub user: Option<UserId>,
    /// The mailbox GUID that the folder identity carries, else its digest.
    pub folder_key: Option<[u8; 16]>,
    /// Whether that is the mailbox GUID.
    pub by_guid: bool,
    /// `ExchangeGuid` of the list; [`UNREADABLE`] where that is no GUID.
    pub listed_guid: Option<[u8; 16]>,
    /// Verdict by folder, where several were asked for.
    pub folders: Vec<FolderResult>,
    /// What went over the wire.
    pub evidence: Option<Evidence>,
    /// Place of the row before this one.
    pub previous: Option<i64>,
    /// Place of the row after this one.
    pub next: Option<i64>,
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<ResultRow> {
    let mut columns = InOrder::of(row);
    Ok(ResultRow {
        seq: columns.next("seq")?,
        name: columns.next("name")?,
        mailbox: columns.next("mailbox")?,
        expectation: columns.next_id("expectation")?,
        verdict: columns.next_id_opt("verdict")?,
        cause: columns.next_id_opt("cause")?,
        finding: columns.next("finding")?,
        ews_code: columns.next("ews_code")?,
        http_status: columns.next("http_status")?,
        attempts: columns.next("attempts")?,
        latency_ms: columns
            .next::<Option<i64>>("latency_ms")?
            .map(i64::cast_unsigned),
        request_id: columns.next("request_id")?,
        message: columns.next("message")?,
        alias_of: columns.next("alias_of")?,
        checked_at: columns.next("checked_at")?,
    })
}

fn read_pending(row: &Row<'_>) -> rusqlite::Result<Pending> {
    let mut columns = InOrder::of(row);
    Ok(Pending {
        seq: columns.next("seq")?,
        mailbox: columns.next("mailbox")?,
        identity: columns.next("identity")?,
        name: columns.next("name")?,
        kind: columns.next("kind")?,
        expectation: columns.next_id("expectation")?,
        listed_guid: columns.next("listed_guid")?,
    })
}

fn read_folders(row: &Row<'_>) -> rusqlite::Result<Vec<FolderResult>> {
    match row.get_ref("folders")? {
        rusqlite::types::ValueRef::Null => Ok(Vec::new()),
        _ => crate::values::json(row, "folders"),
    }
}
