//! One rung of a ladder: its name, how it ended, how long it took, what was seen.

use std::time::Duration;

use contract::{Blame, Cause, Step, StepStatus};

use crate::diagnosis::explanation::explanation;
use crate::diagnosis::wording::Words;

/// A rung under its id, not reached yet.
pub(crate) fn rung(id: &str, title: impl Into<String>) -> Step {
    Step {
        id: id.to_owned(),
        title: title.into(),
        status: StepStatus::Skipped,
        cause: None,
        message: String::new(),
        elapsed_ms: None,
        blame: None,
        next: None,
        evidence: Vec::new(),
    }
}

/// How a rung ended.
pub(crate) trait Rung: Sized {
    /// Fine.
    fn pass(self, message: impl Into<String>) -> Self;
    /// Fine, but; what to do about it.
    fn warning(self, message: impl Into<String>, blame: Blame, next: &str) -> Self;
    /// Broken: the cause names whose job it is and what comes next.
    fn fail(self, cause: Cause, message: impl Into<String>, words: &Words<'_>) -> Self;
    /// Not reached, or not asked for.
    fn skipped(self, message: impl Into<String>) -> Self;
    /// Going on.
    fn running(self) -> Self;
    /// How long it took, where that was measured.
    fn took(self, elapsed: Option<Duration>) -> Self;
    /// What was seen, a line each.
    fn seen(self, lines: impl IntoIterator<Item = String>) -> Self;
}

impl Rung for Step {
    fn pass(self, message: impl Into<String>) -> Self {
        said(self, StepStatus::Pass, message)
    }

    fn warning(self, message: impl Into<String>, blame: Blame, next: &str) -> Self {
        Self {
            blame: Some(blame),
            next: Some(next.to_owned()),
            ..said(self, StepStatus::Warning, message)
        }
    }

    fn fail(self, cause: Cause, message: impl Into<String>, words: &Words<'_>) -> Self {
        Self {
            cause: Some(cause),
            blame: Some(cause.blame()),
            next: Some(next(cause, words)),
            ..said(self, StepStatus::Fail, message)
        }
    }

    fn skipped(self, message: impl Into<String>) -> Self {
        said(self, StepStatus::Skipped, message)
    }

    fn running(self) -> Self {
        said(self, StepStatus::Running, "")
    }

    fn took(self, elapsed: Option<Duration>) -> Self {
        let elapsed_ms = elapsed.map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        Self { elapsed_ms, ..self }
    }

    fn seen(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.evidence.extend(lines);
        self
    }
}

fn said(step: Step, status: StepStatus, message: impl Into<String>) -> Step {
    Step {
        status,
        message: message.into(),
        ..step
    }
}

/// What to do about a cause: what its explanation says after what it means.
fn next(cause: Cause, words: &Words<'_>) -> String {
    let whole = explanation(cause, words);
    match whole.split_once(". ") {
        Some((_, next)) => next.to_owned(),
        None => whole,
    }
}
