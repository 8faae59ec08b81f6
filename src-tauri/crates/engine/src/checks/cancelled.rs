//! A run that is cancelled: what its open mailboxes are called (ruling 9).

use contract::Verdict;

use super::conductor::Conductor;
use super::record::Sentence;
use super::ticket::{Purpose, Ticket};
use crate::diagnosis::wording::{self, RowFacts};

impl Conductor {
    /// Mailboxes that wait for a retry, or are being asked again, when the run is cancelled are
    /// undetermined with their last cause (ruling 9).
    pub(super) async fn leave_waiting(&mut self) {
        if !self.cancelled() {
            return;
        }
        let waiting = std::mem::take(&mut self.waiting)
            .into_iter()
            .map(|waiting| waiting.ticket);
        // They are kept as asked once more, which those are not that no lane has taken.
        let laid_out = self.crew.never_taken();
        let again = std::mem::take(&mut self.again)
            .into_values()
            .map(|mut ticket| {
                ticket.attempts -= u32::from(laid_out.contains(&ticket.seq));
                ticket
            });
        let held = self.hold.take().map(|hold| hold.ticket);
        let urgent = std::mem::take(&mut self.urgent);
        let open: Vec<Ticket> = waiting.chain(again).chain(held).chain(urgent).collect();
        for ticket in open {
            if ticket.purpose == Purpose::Check && ticket.last.is_some() {
                self.spend_cancelled(ticket).await;
            }
        }
    }

    /// A mailbox that waited for its retry when the run was cancelled (ruling 9).
    async fn spend_cancelled(&mut self, ticket: Ticket) {
        let Some(cause) = ticket.last else { return };
        let facts = RowFacts {
            attempts: ticket.attempts,
            authority: ticket.last_authority.clone(),
            ..RowFacts::default()
        };
        self.facts
            .note_authority(cause, ticket.last_authority.as_deref());
        let message = wording::row_message(cause, &facts, &self.words());
        let sentence = Sentence::new(Verdict::Undetermined, Some(cause), Some(message));
        self.record(&ticket, None, sentence).await;
    }
}
