//! A double of Microsoft Graph, as much of it as a check of mailboxes asks for: a folder of a user,
//! alone or in a batch (<https://learn.microsoft.com/graph/api/mailfolder-get>). It knows the same
//! mailboxes as EWS does. Reads and answers; who may ask is decided by the token in
//! `crate::front_end`. Changes nothing, and lists nothing.

mod batch;
mod ledger;
mod outcome;
mod question;

use std::time::Duration;

pub(crate) use batch::Batch;
pub use ledger::GraphCounts;
pub(crate) use ledger::Ledger;
pub(crate) use outcome::{Ids, Outcome};
pub(crate) use question::Question;

/// Roles of which the token of an application must have one to read folders.
pub const GRAPH_ROLES: [&str; 4] = [
    "Mail.Read",
    "Mail.ReadBasic.All",
    "Mail.ReadBasic",
    "Mail.ReadWrite",
];

/// How Graph behaves. `BearerRules::graph` takes it: keys, issuers, skew and applications are those
/// of the rules around it. It answers under `/v1.0` on the port that EWS has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphRules {
    /// Accepted `aud`, compared without case and closing slash.
    pub audiences: Vec<String>,
    /// How many questions are answered; nothing: all.
    pub limit: Option<GraphLimit>,
}

impl Default for GraphRules {
    fn default() -> Self {
        Self {
            audiences: vec![
                "https://graph.microsoft.com".to_owned(),
                "00000003-0000-0000-c000-000000000000".to_owned(),
            ],
            limit: None,
        }
    }
}

/// A limit of service: what goes beyond it gets 429 with `Retry-After`, in a batch question by
/// question. <https://learn.microsoft.com/graph/throttling>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GraphLimit {
    /// So many questions; each of a batch is one.
    pub questions: u32,
    /// In this time.
    pub per: Duration,
}
