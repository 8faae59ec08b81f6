//! Holding: all lanes wait while one request on a fresh connection finds out whether a cause is real
//! (ruling 1), or whether credentials that worked are refused for good (ruling 5).

use std::time::Duration;

use contract::{Cause, Problem};
use ews::SchemaVersion;
use exchange::Fault;

use super::ask;
use super::conductor::Conductor;
use super::ticket::Ticket;
use crate::diagnosis::Seen;

/// Within this long a server notices that a connection was closed.
const NOTICED: Duration = Duration::from_millis(100);

/// All lanes wait while one request finds out whether a cause is real (rulings 1 and 5).
pub(super) struct Hold {
    pub(super) ticket: Ticket,
    pub(super) why: Why,
    /// Lanes that were refused with the same credentials while they were being gathered in.
    pub(super) refusals: u32,
}

/// Why all lanes wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// An endpoint or account cause after something was decided.
    Confirm(Cause),
    /// A 401 to credentials that worked earlier.
    LogOnAgain,
}

impl Conductor {
    /// The same question on a fresh connection, alone (rulings 1 and 5).
    pub(super) async fn resolve_hold(&mut self) -> Result<(), Problem> {
        let Some(Hold {
            mut ticket,
            why,
            refusals,
        }) = self.hold.take()
        else {
            return Ok(());
        };
        if why == Why::LogOnAgain && refusals > 1 && refusals >= self.lanes {
            // Every open lane was refused: more than enough, and the next one could lock the account.
            self.stop_with(Cause::AuthLost, None);
            return Ok(());
        }
        let mut lane = self.take_lane();
        lane.close();
        let mut cancel = self.cancel.clone();
        if matches!(why, Why::Confirm(Cause::TcpRefused | Cause::TcpTimeout)) {
            // A server at its limit of connections has to notice first that one is free again.
            let noticed = tokio::time::sleep(NOTICED);
            tokio::select! {
                biased;
                _ = cancel.wait_for(|cancelled| *cancelled) => {}
                () = noticed => {}
            }
        }
        let Ok(prepared) = ask::prepare(&ticket, &self.spec.access, self.schema) else {
            return Ok(());
        };
        self.retries += 1;
        ticket.attempts += 1;
        ticket.sent = ticket.schema.unwrap_or(self.schema);
        self.again.insert(ticket.seq, ticket.clone());
        let answered = tokio::select! {
            biased;
            _ = cancel.wait_for(|cancelled| *cancelled) => None,
            answered = ask::ask(lane.as_mut(), &prepared) => Some(answered),
        };
        self.put_lane(lane);
        let Some(answered) = answered else {
            return Ok(());
        };
        self.again.remove(&ticket.seq);
        match (&last_word(&answered.observed.seen, &ticket), why) {
            (Seen::Challenge, Why::LogOnAgain) => self.stop_with(Cause::AuthLost, None),
            (Seen::Cause(again), Why::Confirm(first))
                if *again == first && ticket.last_authority == answered.observed.authority =>
            {
                self.facts.note_chain(&answered);
                self.stop_by(first, &answered.observed);
                ticket.replied(&answered.observed);
                self.urgent.push_back(ticket);
            }
            (Seen::Cause(Cause::AccountLocked), Why::LogOnAgain)
            | (Seen::Challenge, Why::Confirm(Cause::AccountLocked)) => {
                self.stop_with(Cause::AccountLocked, None);
            }
            _ => self.settle(ticket, answered, true).await?,
        }
        Ok(())
    }

    /// The connection of a lane is gone, and with it the lane: it must not come back as one that
    /// works. One that could not be opened while others work, or never brought an answer, says that
    /// the server allows no more: fewer lanes, no verdict.
    pub(super) fn lane_lost(&mut self, fault: &Fault, fresh: bool) {
        self.lanes = self.lanes.saturating_sub(1);
        let unopened = matches!(
            fault,
            Fault::ConnectionRefused | Fault::ConnectTimeout { .. } | Fault::Tls(_)
        );
        if self.logged_on && self.lanes > 0 && (fresh || unopened) {
            self.governor.lane_refused(self.lanes);
            self.spec.load.refused_a_lane();
        }
    }
}

/// A schema version that cannot be stepped down any further is what it is called otherwise.
fn last_word(seen: &Seen, ticket: &Ticket) -> Seen {
    match seen {
        Seen::StepDown { otherwise, .. } if ticket.sent != SchemaVersion::Exchange2013Sp1 => {
            Seen::Cause(*otherwise)
        }
        seen => seen.clone(),
    }
}
