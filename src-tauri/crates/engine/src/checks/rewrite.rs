//! Replacing what is recorded of a row: withdrawn, found to be a second address, asked once more.

use contract::{Cause, Problem, ResultRow, Verdict};
use store::run_results::{self, StoredResult};

use super::conductor::Conductor;
use super::record::outcome;
use super::ticket::Ticket;
use super::writer::Decided;
use crate::diagnosis::MailboxKey;

/// What a row says from now on.
pub(super) struct Anew {
    pub(super) verdict: Verdict,
    pub(super) cause: Option<Cause>,
    pub(super) message: Option<String>,
    pub(super) alias_of: Option<String>,
    pub(super) folder_key: Option<MailboxKey>,
}

impl Conductor {
    /// Replaces what is recorded of a row; its folders and its evidence stay.
    pub(super) async fn rewrite(&mut self, before: &ResultRow, anew: Anew) -> Result<(), Problem> {
        let Anew {
            verdict,
            cause,
            message,
            alias_of,
            folder_key,
        } = anew;
        if let Some(old) = before.verdict {
            self.tally.take(old, before.cause, before.expectation);
        }
        self.tally.add(verdict, cause, before.expectation);
        let stored = self.stored(before.seq).await?;
        let (folders, evidence) =
            stored.map_or_else(Default::default, |stored| (stored.folders, stored.evidence));
        let mut row = before.clone();
        (row.verdict, row.cause) = (Some(verdict), cause);
        (row.message, row.alias_of) = (message, alias_of);
        row.finding = verdict.is_finding(row.expectation);
        let news = (before.verdict, before.cause, &before.alias_of)
            != (row.verdict, row.cause, &row.alias_of);
        let told = (news && self.writer.streams()).then(|| (Box::new(row.clone()), true));
        let outcome = outcome(row, folder_key, folders, evidence);
        self.writer.decided(Decided { outcome, told }).await;
        Ok(())
    }

    /// A second asking that was not answered: the refusal stands, and it was asked this often.
    pub(super) async fn refusal_stands(&mut self, ticket: &Ticket) -> Result<(), Problem> {
        if let Some(stored) = self.stored(ticket.seq).await? {
            let key = key_of(&stored);
            let row = ResultRow {
                attempts: ticket.attempts,
                ..stored.row
            };
            let outcome = outcome(row, key, stored.folders, stored.evidence);
            self.writer
                .decided(Decided {
                    outcome,
                    told: None,
                })
                .await;
        }
        Ok(())
    }

    pub(super) async fn stored(&self, seq: i64) -> Result<Option<StoredResult>, Problem> {
        let run = self.spec.run.clone();
        self.db
            .read(move |tx| run_results::show(tx, &run, seq))
            .await
            .map_err(crate::problems::of_store)
    }
}

/// What the mailbox of a stored row is told apart by.
pub(super) fn key_of(stored: &StoredResult) -> Option<MailboxKey> {
    let by_guid = stored.by_guid;
    stored.folder_key.map(|bytes| MailboxKey { bytes, by_guid })
}
