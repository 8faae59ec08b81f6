//! How many lanes at once: starts low, grows while latency is flat, halves when the server says
//! that it is too much, and pauses everything only when busy spreads over several mailboxes.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// Lanes at the start (Microsoft advises at most ten open requests).
const START: u32 = 4;
/// Answers looked at to see whether busy spreads.
const WINDOW: usize = 12;
/// Clean answers after a halving before one lane more is tried.
const CLEAN: u32 = 50;

/// Decides on the number of lanes.
#[derive(Debug)]
pub(super) struct Governor {
    ceiling: u32,
    learned: Option<u32>,
    target: u32,
    /// Latency with little load, in milliseconds.
    base: f64,
    /// Smoothed latency now, in milliseconds.
    now: f64,
    clean: u32,
    halved: bool,
    halved_at: Option<Instant>,
    recent: VecDeque<bool>,
    paused_until: Option<Instant>,
}

impl Governor {
    /// At most `ceiling` lanes, one at first: the first lane logs on alone. `learned`: what an
    /// earlier run of the same server found to be allowed; growth is quick up to it and careful
    /// beyond.
    pub(super) fn new(ceiling: u32, learned: Option<u32>) -> Self {
        Self {
            ceiling: ceiling.clamp(1, 27),
            learned,
            target: 1,
            base: f64::MAX,
            now: 0.0,
            clean: 0,
            halved: false,
            halved_at: None,
            recent: VecDeque::with_capacity(WINDOW),
            paused_until: None,
        }
    }

    /// The first lane is logged on: the others may open.
    pub(super) fn logged_on(&mut self) {
        self.target = START.min(self.ceiling);
    }

    /// Lanes that may be in use now.
    pub(super) fn target(&self) -> u32 {
        self.target
    }

    /// How many lanes the server seems to allow: known only after it objected to more and then
    /// answered a clean stretch with fewer.
    pub(super) fn allowed(&self) -> Option<u32> {
        (self.halved && self.clean >= CLEAN / 2).then_some(self.target)
    }

    /// Until when everything waits.
    pub(super) fn paused_until(&mut self, now: Instant) -> Option<Instant> {
        if self.paused_until.is_some_and(|until| until <= now) {
            self.paused_until = None;
        }
        self.paused_until
    }

    /// An answer came that is neither busy nor lost.
    pub(super) fn answered(&mut self, latency: Duration) {
        let ms = latency.as_secs_f64() * 1_000.0;
        self.base = self.base.min(ms);
        self.now = if self.now == 0.0 {
            ms
        } else {
            self.now * 0.8 + ms * 0.2
        };
        self.note(false);
        self.clean += 1;
        let flat = self.now <= self.base * 2.0 + 20.0;
        let careful = self.halved || self.learned.is_some_and(|known| self.target >= known);
        let due = !careful || self.clean >= CLEAN;
        if flat && due && self.target > 0 && self.target < self.ceiling {
            // Three times as many a round trip until the server objects; then one at a time.
            let step = if careful { 1 } else { 2 };
            self.target = (self.target + step).min(self.ceiling);
            self.clean = 0;
        }
    }

    /// The server is busy. `too_many`: fewer lanes are the remedy, whichever mailbox it was.
    /// `asked`: when the request went out that was answered so.
    pub(super) fn busy(&mut self, too_many: bool, wait: Duration, asked: Instant, now: Instant) {
        self.note(true);
        // Answers to requests that were under way at the last halving say nothing about it; a later
        // one says that it was not enough. By the clock, mailboxes told to ask again at once would
        // have spent their budget before the next halving.
        let fresh = self.halved_at.is_none_or(|at| asked > at);
        if too_many && fresh {
            self.target = (self.target / 2).max(1);
            self.halved = true;
            self.halved_at = Some(now);
            self.clean = 0;
        }
        let spread = self.recent.len() == WINDOW
            && self.recent.iter().filter(|busy| **busy).count() * 3 >= WINDOW * 2;
        if spread {
            self.paused_until = Some(now + wait.min(Duration::from_mins(1)));
            self.recent.clear();
        }
    }

    /// A further lane could not be opened while others work: the server allows no more.
    pub(super) fn lane_refused(&mut self, in_use: u32) {
        self.target = in_use.max(1).min(self.target);
        self.ceiling = self.target;
    }

    fn note(&mut self, busy: bool) {
        if self.recent.len() == WINDOW {
            self.recent.pop_front();
        }
        self.recent.push_back(busy);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::Governor;

    const MS: Duration = Duration::from_millis(30);

    #[tokio::test]
    async fn one_lane_until_logged_on_then_four_then_up_to_the_ceiling() {
        let mut governor = Governor::new(10, None);
        assert_eq!(governor.target(), 1, "the first lane logs on alone");
        governor.logged_on();
        assert_eq!(governor.target(), 4);
        (0..50).for_each(|_| governor.answered(MS));
        assert_eq!(governor.target(), 10);
    }

    #[tokio::test]
    async fn rising_latency_stops_growth() {
        let mut governor = Governor::new(27, None);
        governor.logged_on();
        governor.answered(Duration::from_millis(10));
        (0..100).for_each(|_| governor.answered(Duration::from_millis(500)));
        assert!(governor.target() < 10, "{}", governor.target());
    }

    #[tokio::test]
    async fn too_many_halves_once_for_a_burst() {
        let mut governor = Governor::new(16, None);
        governor.logged_on();
        (0..50).for_each(|_| governor.answered(MS));
        let now = Instant::now();
        (0..5).for_each(|_| governor.busy(true, MS, now, now));
        assert_eq!(governor.target(), 8);
        governor.busy(true, MS, now + MS, now + MS);
        assert_eq!(governor.target(), 4, "asked after the halving: not enough");
    }

    #[tokio::test]
    async fn one_busy_mailbox_pauses_nobody_else() {
        let mut governor = Governor::new(4, None);
        governor.logged_on();
        let now = Instant::now();
        for _ in 0..20 {
            governor.answered(MS);
            governor.answered(MS);
            governor.busy(false, Duration::from_secs(9), now, now);
        }
        assert_eq!(governor.paused_until(now), None);
        (0..12).for_each(|_| governor.busy(false, Duration::from_secs(9), now, now));
        assert!(governor.paused_until(now).is_some(), "busy has spread");
    }
}
