//! Whether busy spreads: over mailboxes, not over answers. One mailbox that is busy eight times, or
//! ten neighbors in a list that are busy once, hold up nobody else.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// Outcomes looked at: of busy mailboxes the last one each.
const WINDOW: usize = 24;
/// Different mailboxes that were busy lately, at least, and two thirds of what is looked at.
const SEVERAL: usize = 16;
/// What is remembered after a pause: a few more busy mailboxes then are enough for the next one.
const REMEMBERED: usize = 12;
/// Longest pause for all; a single mailbox waits for as long as it was told.
const LONGEST: Duration = Duration::from_mins(1);

/// The last outcomes, and the pause that came of them.
#[derive(Debug, Default)]
pub(super) struct Spread {
    recent: VecDeque<Option<Busy>>,
    paused_at: Option<Instant>,
    until: Option<Instant>,
}

#[derive(Debug, Clone, Copy)]
struct Busy {
    mailbox: i64,
    wait: Duration,
}

impl Spread {
    /// Until when everything waits.
    pub(super) fn until(&mut self, now: Instant) -> Option<Instant> {
        if self.until.is_some_and(|until| until <= now) {
            self.until = None;
        }
        self.until
    }

    /// An answer that is not busy.
    pub(super) fn clean(&mut self, asked: Instant) {
        if self.is_news(asked) {
            self.note(None);
        }
    }

    /// A busy mailbox, and how long it waits itself.
    pub(super) fn busy(&mut self, mailbox: i64, wait: Duration, asked: Instant, now: Instant) {
        if !self.is_news(asked) {
            return;
        }
        self.recent
            .retain(|seen| seen.is_none_or(|busy| busy.mailbox != mailbox));
        self.note(Some(Busy { mailbox, wait }));
        let mut waits: Vec<Duration> = self.recent.iter().flatten().map(|busy| busy.wait).collect();
        if waits.len() < SEVERAL || waits.len() * 3 < self.recent.len() * 2 {
            return;
        }
        waits.sort_unstable();
        self.paused_at = Some(now);
        self.until = Some(now + waits[waits.len() / 2].min(LONGEST));
        self.recent.drain(..self.recent.len() - REMEMBERED);
    }

    /// Answers to what was asked before the pause tell nothing that it was not made for.
    fn is_news(&self, asked: Instant) -> bool {
        self.paused_at.is_none_or(|at| asked > at)
    }

    fn note(&mut self, seen: Option<Busy>) {
        if self.recent.len() == WINDOW {
            self.recent.pop_front();
        }
        self.recent.push_back(seen);
    }
}
