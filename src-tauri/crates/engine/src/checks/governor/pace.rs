//! What latency says about the number of lanes. With `n` lanes in use and an answer every `l`, the
//! rate is `n / l` whatever else the run waits for, so that one clock is enough to see whether more
//! lanes brought more. Decides nothing itself.

use std::time::Duration;

/// Latencies kept of one stretch: enough for a steady median.
const KEPT: usize = 96;
/// Rises below these are no sign of a full server: a busy client, a garbage collection.
const NOISE: f64 = 0.010;
const NOISE_SHARE: f64 = 0.15;
/// Share of the rate that more lanes should bring which has to be there.
const WANTED: f64 = 0.5;
/// Settled, this much more than before is a server that slowed down.
const SLOWER: f64 = 2.0;
const SLOWER_BY: f64 = 0.020;

/// How long answers take with so many lanes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Footing {
    pub(super) lanes: u32,
    /// Seconds, the median.
    latency: f64,
}

impl Footing {
    pub(super) fn new(lanes: u32, latency: f64) -> Self {
        Self { lanes, latency }
    }

    /// Whether the step from here to there was worth it: it brought at least half of the rate that
    /// its lanes promise.
    pub(super) fn paid(self, there: Self) -> bool {
        let noise = NOISE.max(self.latency * NOISE_SHARE);
        if there.latency <= self.latency + noise {
            return true;
        }
        let promised = f64::from(there.lanes) / f64::from(self.lanes);
        let gained = promised * self.latency / there.latency;
        gained >= 1.0 + WANTED * (promised - 1.0)
    }

    /// Whether answers take much longer now than they did.
    pub(super) fn is_slower(self, now: Self) -> bool {
        now.latency > self.latency * SLOWER + SLOWER_BY
    }

    /// The same number of lanes, later: quickly down, slowly up. A server that is slower in the
    /// afternoon is no full one, and one lucky stretch is no standard.
    pub(super) fn aged(self, now: Self) -> Self {
        let share = if now.latency < self.latency { 0.5 } else { 0.1 };
        Self {
            lanes: self.lanes,
            latency: self.latency + (now.latency - self.latency) * share,
        }
    }
}

/// The latencies of one stretch.
#[derive(Debug, Default)]
pub(super) struct Stretch(Vec<f64>);

impl Stretch {
    pub(super) fn add(&mut self, latency: Duration) {
        if self.0.len() < KEPT {
            self.0.push(latency.as_secs_f64());
        }
    }

    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    /// What it says, and a new one begins; `None` while nothing was answered.
    pub(super) fn end(&mut self, lanes: u32) -> Option<Footing> {
        let footing = self.peek(lanes);
        self.0.clear();
        footing
    }

    /// What it says so far. The median: mailboxes that are slow to open, and the first answers of
    /// fresh lanes, are not the server's pace.
    pub(super) fn peek(&mut self, lanes: u32) -> Option<Footing> {
        let middle = self.0.len() / 2;
        if self.0.is_empty() {
            return None;
        }
        let (_, median, _) = self.0.select_nth_unstable_by(middle, f64::total_cmp);
        Some(Footing::new(lanes, *median))
    }
}
