//! Saving a verdict: the row, its evidence, and the counts, kept in step. What it is was decided before.

use contract::{Cause, Evidence, ResultRow, Verdict};
use store::run_results::Outcome;

use super::ask::Answered;
use super::conductor::Conductor;
use super::ticket::Ticket;
use super::writer::Decided;
use crate::diagnosis::MailboxKey;

/// Most rows whose request and reply are kept: the others look alike, and a tenant of refusals would
/// fill the disk.
const EVIDENCE: u32 = 5_000;

/// A verdict with everything that is kept of it.
pub(super) struct Sentence {
    pub(super) verdict: Verdict,
    pub(super) cause: Option<Cause>,
    pub(super) message: Option<String>,
    pub(super) alias_of: Option<String>,
    pub(super) folder_key: Option<MailboxKey>,
}

impl Sentence {
    pub(super) fn new(verdict: Verdict, cause: Option<Cause>, message: Option<String>) -> Self {
        Self {
            verdict,
            cause,
            message,
            alias_of: None,
            folder_key: None,
        }
    }
}

impl Conductor {
    /// Saves a verdict, in place of what is recorded of the row already, and keeps the counts in step.
    pub(super) async fn record(
        &mut self,
        ticket: &Ticket,
        answered: Option<&Answered>,
        sentence: Sentence,
    ) {
        let now = format!("{:.3}", self.spec.access.clock.now());
        let observed = answered.map(|answered| &answered.observed);
        if let Some((verdict, cause)) = ticket.recorded {
            self.tally.take(verdict, cause, ticket.expectation);
        } else {
            self.note_decided(sentence.verdict);
        }
        self.tally
            .add(sentence.verdict, sentence.cause, ticket.expectation);
        let changed = ticket
            .recorded
            .is_none_or(|before| before != (sentence.verdict, sentence.cause))
            || sentence.alias_of.is_some();
        let row = ResultRow {
            seq: ticket.seq,
            name: ticket.name.clone(),
            mailbox: ticket.mailbox.clone(),
            expectation: ticket.expectation,
            verdict: Some(sentence.verdict),
            cause: sentence.cause,
            finding: sentence.verdict.is_finding(ticket.expectation),
            ews_code: observed.map_or_else(|| ticket.last_reply.0.clone(), |o| o.ews_code.clone()),
            http_status: observed.map_or(ticket.last_reply.1, |o| o.http_status),
            attempts: ticket.attempts,
            latency_ms: observed
                .and_then(|o| o.elapsed)
                .map(|e| u64::try_from(e.as_millis()).unwrap_or(u64::MAX)),
            request_id: answered.map(|answered| answered.request_id.clone()),
            message: sentence.message,
            alias_of: sentence.alias_of,
            checked_at: Some(now),
        };
        let shown = answered
            .and_then(|answered| answered.evidence.clone())
            .filter(|_| self.evidence < EVIDENCE);
        self.evidence += u32::from(shown.is_some());
        let evidence = shown.map(|(request, reply)| Evidence { request, reply });
        let folders = observed.map(|o| o.folders.clone()).unwrap_or_default();
        let tell = changed && self.writer.streams();
        let told = tell.then(|| (Box::new(row.clone()), ticket.recorded.is_some()));
        let outcome = outcome(row, sentence.folder_key, folders, evidence);
        self.writer.decided(Decided { outcome, told }).await;
    }
}

/// What is saved of a row.
pub(super) fn outcome(
    row: ResultRow,
    folder_key: Option<MailboxKey>,
    folders: Vec<contract::FolderResult>,
    evidence: Option<Evidence>,
) -> Outcome {
    Outcome {
        seq: row.seq,
        verdict: row.verdict.unwrap_or(Verdict::NotChecked),
        cause: row.cause,
        ews_code: row.ews_code,
        http_status: row.http_status,
        attempts: row.attempts,
        latency_ms: row.latency_ms,
        request_id: row.request_id,
        message: row.message,
        alias_of: row.alias_of,
        folder_key: folder_key.map(|key| key.bytes),
        by_guid: folder_key.is_some_and(|key| key.by_guid),
        folders,
        checked_at: row.checked_at,
        evidence,
    }
}
