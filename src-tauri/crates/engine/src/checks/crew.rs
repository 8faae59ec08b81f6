//! The lanes at work. Each takes the next mailbox by itself as long as mailboxes simply open; with any
//! other answer it comes back and waits for what the conductor makes of it. Decides no verdict.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ews::SchemaVersion;
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use super::ask::{self, Answered};
use super::spec::Access;
use super::ticket::{Purpose, Ticket};
use crate::diagnosis::Seen;
use crate::ports::MailLane;

/// An answer, and the lane where it has come back with it.
pub(super) struct Landed {
    pub(super) lane: Option<Box<dyn MailLane>>,
    pub(super) ticket: Ticket,
    pub(super) answered: Result<Answered, ews::RequestError>,
    /// It was the first request of this lane.
    pub(super) fresh: bool,
}

/// A mailbox, and the schema version that is spoken now.
pub(super) type Taken = (Ticket, SchemaVersion);

/// The lanes that are out, and what is laid out for them.
pub(super) struct Crew {
    board: Arc<Board>,
    send: mpsc::UnboundedSender<Landed>,
    landed: mpsc::UnboundedReceiver<Landed>,
    tasks: JoinSet<()>,
    /// Lanes that have not come back yet.
    out: u32,
}

/// What lanes and conductor share.
struct Board {
    access: Arc<Access>,
    state: Mutex<State>,
}

struct State {
    tickets: VecDeque<Ticket>,
    /// Nothing is handed out for now.
    closed: bool,
    schema: SchemaVersion,
    /// Lanes that may be out, and those that are.
    target: u32,
    out: u32,
    /// Requests beyond the first one of each mailbox.
    retries: u64,
}

impl Crew {
    pub(super) fn new(access: Arc<Access>, schema: SchemaVersion) -> Self {
        let (send, landed) = mpsc::unbounded_channel();
        let state = State {
            tickets: VecDeque::new(),
            closed: true,
            schema,
            target: 1,
            out: 0,
            retries: 0,
        };
        Self {
            board: Arc::new(Board {
                access,
                state: Mutex::new(state),
            }),
            send,
            landed,
            tasks: JoinSet::new(),
            out: 0,
        }
    }

    /// Lanes that are out.
    pub(super) fn out(&self) -> u32 {
        self.out
    }

    /// Requests beyond the first one of each mailbox.
    pub(super) fn retries(&self) -> u64 {
        self.board.state().retries
    }

    /// Mailboxes that are laid out and not taken yet.
    pub(super) fn laid_out(&self) -> usize {
        self.board.state().tickets.len()
    }

    /// Lays out mailboxes: some before those that are there, in their order, and some behind.
    pub(super) fn lay_out(&self, before: Vec<Ticket>, behind: Vec<Ticket>) {
        let mut state = self.board.state();
        for ticket in before.into_iter().rev() {
            state.tickets.push_front(ticket);
        }
        state.tickets.extend(behind);
    }

    /// Places of the mailboxes that no lane has taken.
    pub(super) fn never_taken(&self) -> HashSet<i64> {
        let state = self.board.state();
        state.tickets.iter().map(|ticket| ticket.seq).collect()
    }

    /// Takes a time in which nothing was asked out of what the mailboxes that are laid out have used.
    pub(super) fn pass_over(&self, since: Instant, until: Instant) {
        for ticket in &mut self.board.state().tickets {
            ticket.pass_over(since, until);
        }
    }

    /// Hands out nothing more; what is under way comes back.
    pub(super) fn close(&self) {
        self.board.state().closed = true;
    }

    /// Lets at most so many lanes take what is laid out.
    pub(super) fn open(&self, target: u32, schema: SchemaVersion) {
        let mut state = self.board.state();
        (state.closed, state.target, state.schema) = (false, target, schema);
    }

    /// The mailbox that one more lane goes out with; none: nothing is laid out, or enough are out.
    ///
    /// A lane counts until it was heard of: one that is on its way back must not be replaced by one more
    /// connection.
    pub(super) fn first(&mut self) -> Option<Taken> {
        let first = self.board.first(self.out)?;
        self.out += 1;
        Some(first)
    }

    /// Sends a lane out; it comes back with its last answer.
    pub(super) fn send_out(&mut self, lane: Box<dyn MailLane>, first: Taken, fresh: bool) {
        let (board, send) = (Arc::clone(&self.board), self.send.clone());
        self.tasks.spawn(work(board, lane, first, fresh, send));
    }

    /// Waits for answers, at most so many at once.
    ///
    /// # Errors
    /// When a lane broke down.
    pub(super) async fn landed(
        &mut self,
        into: &mut Vec<Landed>,
        most: usize,
    ) -> Result<(), JoinError> {
        loop {
            tokio::select! {
                biased;
                _ = self.landed.recv_many(into, most) => return Ok(()),
                Some(ended) = self.tasks.join_next() => ended?,
            }
        }
    }

    /// What has landed already, without waiting.
    pub(super) fn landed_now(&mut self) -> Option<Landed> {
        self.landed.try_recv().ok()
    }

    /// A lane came back.
    pub(super) fn back(&mut self) {
        self.out = self.out.saturating_sub(1);
    }

    /// Ends what is under way.
    pub(super) fn abort(&mut self) {
        self.close();
        self.tasks.abort_all();
        self.out = 0;
    }
}

impl Board {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn first(&self, out: u32) -> Option<Taken> {
        let mut state = self.state();
        if out >= state.target {
            return None;
        }
        let taken = state.take()?;
        state.out += 1;
        Some(taken)
    }

    /// The next mailbox of a lane that is out; none: it goes back.
    fn next(&self, well: bool) -> Option<Taken> {
        let mut state = self.state();
        let goes_on = well && state.out <= state.target;
        let taken = if goes_on { state.take() } else { None };
        state.out -= u32::from(taken.is_none());
        taken
    }
}

impl State {
    /// The next mailbox, counted as asked.
    fn take(&mut self) -> Option<Taken> {
        if self.closed {
            return None;
        }
        let mut ticket = self.tickets.pop_front()?;
        self.retries += u64::from(ticket.attempts > 0);
        ticket.attempts += 1;
        ticket.first_at.get_or_insert_with(Instant::now);
        ticket.sent = ticket.schema.unwrap_or(self.schema);
        Some((ticket, self.schema))
    }
}

async fn work(
    board: Arc<Board>,
    mut lane: Box<dyn MailLane>,
    first: Taken,
    mut fresh: bool,
    send: mpsc::UnboundedSender<Landed>,
) {
    let mut taken = Some(first);
    while let Some((ticket, schema)) = taken.take() {
        let answered = match ask::prepare(&ticket, &board.access, schema) {
            Ok(prepared) => Ok(ask::ask(lane.as_mut(), &prepared).await),
            Err(error) => Err(error),
        };
        taken = board.next(is_well(&ticket, &answered));
        let landed = |lane| Landed {
            lane,
            ticket,
            answered,
            fresh,
        };
        // An error means that the conductor is gone, and with it the run.
        if taken.is_some() {
            let _ = send.send(landed(None));
        } else {
            let _ = send.send(landed(Some(lane)));
            return;
        }
        fresh = false;
    }
}

/// The mailbox opened, and nothing is to be thought about before the next one.
fn is_well(ticket: &Ticket, answered: &Result<Answered, ews::RequestError>) -> bool {
    let opened = |answered: &Answered| matches!(answered.observed.seen, Seen::Opened(..));
    ticket.purpose == Purpose::Check && answered.as_ref().is_ok_and(opened)
}
