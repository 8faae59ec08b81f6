//! The step ladder as JSON, of a check and of the account test. Field names are a public contract:
//! added, never renamed.

use contract::{Blame, Cause, StepStatus};
use serde::Serialize;

/// A rung.
#[derive(Debug, Clone, Serialize)]
pub struct Step<'a> {
    /// `form`, `dns`, `tcp`, …
    pub id: &'a str,
    /// A few words.
    pub title: &'a str,
    /// `pass`, `warning`, `fail`, `skipped`; `running` while it goes on.
    pub status: StepStatus,
    /// What is broken.
    pub cause: Option<Cause>,
    /// One plain sentence.
    pub message: &'a str,
    /// Milliseconds, where measured.
    pub elapsed_ms: Option<u64>,
    /// Whose job it is.
    pub blame: Option<Blame>,
    /// The next step, in one plain sentence.
    pub next: Option<&'a str>,
    /// What was seen, a line each.
    pub evidence: &'a [String],
}

impl<'a> From<&'a contract::Step> for Step<'a> {
    fn from(step: &'a contract::Step) -> Self {
        Self {
            id: &step.id,
            title: &step.title,
            status: step.status,
            cause: step.cause,
            message: &step.message,
            elapsed_ms: step.elapsed_ms,
            blame: step.blame,
            next: step.next.as_deref(),
            evidence: &step.evidence,
        }
    }
}
