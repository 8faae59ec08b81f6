//! A run that ends before its time: what its open mailboxes are called (ruling 9).

use contract::{Problem, Verdict};

use super::conductor::Conductor;
use super::record::Sentence;
use super::ticket::{Purpose, Ticket};
use crate::diagnosis::wording::{self, RowFacts};

impl Conductor {
    /// Mailboxes that wait for a retry, or are being asked again, when the run is cancelled are
    /// undetermined with their last cause (ruling 9).
    pub(super) async fn leave_waiting(&mut self) {
        if self.stop.is_some() || !self.cancelled() {
            return;
        }
        for ticket in self.left_open() {
            if ticket.purpose == Purpose::Check && ticket.last.is_some() {
                self.spend_cancelled(ticket).await;
            }
        }
    }

    /// Mailboxes that were asked and not decided when the run was stopped: how often stays with them.
    pub(super) async fn leave_stopped(&mut self) -> Result<(), Problem> {
        let Some((cause, message)) = self.stop.clone() else {
            return Ok(());
        };
        for ticket in self.left_open() {
            match ticket.purpose {
                Purpose::Check if ticket.attempts > 0 && ticket.recorded.is_none() => {
                    let message = Some(message.clone());
                    let sentence = Sentence::new(Verdict::NotChecked, Some(cause), message);
                    self.record(&ticket, None, sentence).await;
                }
                Purpose::SecondAsking => self.refusal_stands(&ticket).await?,
                _ => {}
            }
        }
        Ok(())
    }

    fn left_open(&mut self) -> Vec<Ticket> {
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
        waiting.chain(again).chain(held).chain(urgent).collect()
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
