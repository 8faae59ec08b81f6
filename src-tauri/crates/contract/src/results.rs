//! Results of a run: paged rows, and the detail of one with its evidence.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Cause, Expectation, Remedy, RunId, SortDirection, Verdict};

/// What to sort results by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ResultsSort {
    /// In the order of the list.
    #[default]
    Listed,
    /// Display name.
    Name,
    /// Address.
    Mailbox,
    /// Findings first, then the rest of what is open.
    Verdict,
    /// Cause.
    Cause,
    /// Latency.
    Latency,
    /// Checked at.
    CheckedAt,
}

/// One page of results.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ResultsQuery {
    /// Which run.
    pub run: RunId,
    /// Name or address contains this, ignoring case.
    #[ts(optional)]
    pub search: Option<String>,
    /// Only this verdict.
    #[ts(optional)]
    pub verdict: Option<Verdict>,
    /// Only this cause.
    #[ts(optional)]
    pub cause: Option<Cause>,
    /// Only findings.
    #[serde(default)]
    pub findings_only: bool,
    /// Sorted by.
    #[serde(default)]
    #[ts(optional, as = "Option<ResultsSort>")]
    pub sort: ResultsSort,
    /// Up or down.
    #[serde(default)]
    #[ts(optional, as = "Option<SortDirection>")]
    pub direction: SortDirection,
    /// First row, from 0.
    #[serde(default)]
    pub offset: u64,
    /// Most rows, 1 to 1,000.
    pub limit: u64,
}

/// One page of results.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ResultsPage {
    /// How many match the filter.
    pub total: u64,
    /// The rows from `offset` on.
    pub rows: Vec<ResultRow>,
}

/// The result of one mailbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ResultRow {
    /// Place in the list, from 0.
    pub seq: i64,
    /// Display name; may be empty.
    pub name: String,
    /// Address, or the identity sent where there is none.
    pub mailbox: String,
    /// What was expected.
    pub expectation: Expectation,
    /// The verdict; absent while it is not reached yet.
    pub verdict: Option<Verdict>,
    /// Why.
    pub cause: Option<Cause>,
    /// Whether the verdict breaks the expectation.
    pub finding: bool,
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
    /// One plain sentence (`Check Results`).
    pub message: Option<String>,
    /// The address this one is a second address of.
    pub alias_of: Option<String>,
    /// RFC 3339, UTC.
    pub checked_at: Option<String>,
}

/// Names one result.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ResultRef {
    /// Which run.
    pub run: RunId,
    /// Place in the list.
    pub seq: i64,
}

/// What went over the wire, redacted: no `Authorization`, no cookie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Evidence {
    /// Request line, headers, body.
    pub request: String,
    /// Status line, headers, body (at most 16 KiB).
    pub reply: String,
}

/// What proves that the mailbox asked for is the one that opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MailboxProof {
    /// The mailbox GUID that the folder identity carries, with dashes; left out where it carries none.
    pub mailbox_guid: Option<String>,
    /// The `ExchangeGuid` of the list, where it has one.
    pub listed_guid: Option<String>,
    /// What is proven by that, in one plain sentence.
    pub sentence: String,
}

/// One result with everything that is known.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ResultDetail {
    /// The row.
    pub row: ResultRow,
    /// What the verdict means and what to do, in two sentences.
    pub explanation: Option<String>,
    /// Likely reasons, the likeliest first.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// Commands, with this organization's names.
    pub remedy: Vec<Remedy>,
    /// What went over the wire; kept for all but `granted`.
    pub evidence: Option<Evidence>,
    /// Verdict by folder, where several were asked for.
    pub folders: Vec<FolderResult>,
    /// What proves that the mailbox asked for is the one that opened; of opened ones only.
    #[serde(default)]
    pub proof: Option<MailboxProof>,
    /// Place of the row before this one in the list, and after it.
    pub previous: Option<i64>,
    /// Place of the next row.
    pub next: Option<i64>,
}

/// One folder of one mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FolderResult {
    /// `inbox`, `calendar`, `contacts`, `tasks`.
    pub folder: String,
    /// `NoError` or what Exchange answered.
    pub ews_code: String,
    /// Whether it opened.
    pub opened: bool,
}

/// A file format for results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ExportFormat {
    /// Comma-separated values, UTF-8 with BOM.
    Csv,
    /// `understudy.check/1`.
    Json,
}

/// Writes results to a file in the Downloads folder.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ExportRun {
    /// Which run.
    pub run: RunId,
    /// How.
    pub format: ExportFormat,
}
