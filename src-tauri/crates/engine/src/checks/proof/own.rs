//! The service account's own Inbox where the log-on could not read it (ruling 7): asked for once more when
//! all mailboxes have been. What showed its identity meanwhile is asked again; where it stays unknown, a
//! single opened mailbox could be the account's own, and is no proof.

use contract::{Cause, Expectation, Problem, Verdict};
use store::run_results;

use super::super::conductor::Conductor;
use super::super::rewrite::Anew;
use super::super::ticket::{Purpose, Ticket};
use crate::diagnosis::Seen;
use crate::diagnosis::wording;

impl Conductor {
    /// Only an opened mailbox can be taken for another one.
    pub(in super::super) fn ask_for_own_inbox_again(&mut self) {
        let unknown = self.proofs.own_unread.is_some() && !self.proofs.own_asked_again;
        if !unknown || self.tally.summary().granted == 0 {
            return;
        }
        self.proofs.own_asked_again = true;
        let mut question = Ticket::of_account(&self.spec.access.account, self.schema);
        question.purpose = Purpose::OwnInbox;
        self.urgent.push_back(question);
    }

    /// An un-impersonated request was answered.
    pub(in super::super) async fn own_inbox_said(&mut self, seen: Seen) -> Result<(), Problem> {
        match seen {
            Seen::Opened(identity) => {
                self.proofs.own = Some(identity);
                self.proofs.own_unread = None;
                self.facts.own_mailbox = Some(true);
                self.ask_those_with_the_own_identity().await
            }
            // What the account cannot open itself, no request opened by accident.
            Seen::NoOwnMailbox => {
                self.proofs.own_unread = None;
                self.facts.own_mailbox = Some(false);
                self.facts.warnings.push(wording::NO_OWN_MAILBOX.to_owned());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Rows that are recorded as opened with the identity of the account's own Inbox, which nobody knew then.
    pub(super) async fn ask_those_with_the_own_identity(&mut self) -> Result<(), Problem> {
        let Some(own) = self.proofs.own_key() else {
            return Ok(());
        };
        let run = self.spec.number;
        let rows = self
            .db
            .read(move |tx| run_results::rows_by_folder_key(tx, run, &own.bytes));
        for row in rows.await.map_err(crate::problems::of_store)? {
            let explained = row.message.as_deref() == Some(wording::OWN_MAILBOX);
            if row.verdict != Some(Verdict::Granted) || explained {
                continue;
            }
            if let Some(stored) = self.stored(row.seq).await? {
                let again = Ticket::again(stored, Purpose::Check, self.schema);
                self.urgent.push_back(again);
            }
        }
        Ok(())
    }

    /// Says at the end that it stayed unknown, and takes a verdict back that nothing else supports.
    pub(in super::super) async fn tell_of_own_unread(&mut self) -> Result<(), Problem> {
        let granted = self.tally.summary().granted;
        let Some(cause) = self.proofs.own_unread.filter(|_| granted > 0) else {
            return Ok(());
        };
        self.facts
            .warnings
            .push(wording::own_unread(&self.why_unread(cause)));
        // Several that differ cannot all be the account's own.
        if granted == 1 {
            self.writer.flush().await;
            self.take_back_the_only_one(cause).await?;
            self.writer.flush().await;
        }
        Ok(())
    }

    async fn take_back_the_only_one(&mut self, cause: Cause) -> Result<(), Problem> {
        let run = self.spec.number;
        let opened = self.db.read(move |tx| run_results::one_granted(tx, run));
        let opened = opened.await.map_err(crate::problems::of_store)?;
        // A canary that opened is an alarm, whatever mailbox it was.
        let opened = opened.filter(|row| row.expectation == Expectation::MustOpen);
        let Some(row) = opened else { return Ok(()) };
        let anew = Anew {
            verdict: Verdict::Undetermined,
            cause: Some(cause),
            message: Some(wording::maybe_own(&self.why_unread(cause))),
            alias_of: None,
            folder_key: None,
        };
        self.rewrite(&row, anew).await
    }

    fn why_unread(&self, cause: Cause) -> String {
        wording::row_message(cause, &wording::RowFacts::default(), &self.words())
    }
}
