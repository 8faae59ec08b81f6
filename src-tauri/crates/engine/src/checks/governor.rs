//! How many lanes at once: starts low, doubles with every round trip while that brings more, halves
//! when the server says that it is too much, and feels its way up one lane at a time from then on.
//! Pauses everything only when busy spreads over many mailboxes. Never below one lane, never above
//! the ceiling; it asks nothing and opens nothing itself.

mod pace;
mod spread;

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

use std::time::Duration;

use tokio::time::Instant;

use self::pace::{Footing, Stretch};
use self::spread::Spread;

/// Lanes at the start (Microsoft advises at most ten open requests).
const START: u32 = 4;
/// The most lanes there are: `EwsMaxConcurrency` of Exchange 2013 and later.
const MOST: u32 = 27;
/// Clean answers before one lane more is tried.
const CLEAN: u32 = 50;
/// Clean answers after which the server is taken to allow so many lanes.
const HELD: u32 = 25;
/// How many times more patience after a trial that failed, and the most there is.
const RISING: u32 = 3;
const PATIENCE: u32 = 5_000;
/// Fewest answers that tell a pace once growth is careful.
const STRETCH: u32 = 20;
/// Stretches before quick growth is called fruitless: the first answers of fresh lanes are slow.
const BENEFIT: u32 = 3;

/// Decides on the number of lanes.
#[derive(Debug)]
pub(super) struct Governor {
    ceiling: u32,
    /// Growth is quick up to here.
    quick_to: u32,
    target: u32,
    stage: Stage,
    /// Clean answers to what was asked since the target changed.
    clean: u32,
    /// Clean answers before the next trial.
    patience: u32,
    changed_at: Option<Instant>,
    lowered_at: Option<Instant>,
    /// The server said that there were too many.
    objected: bool,
    /// Lanes that it bore since.
    held: Option<u32>,
    stretch: Stretch,
    /// The last number of lanes that was worth it.
    footing: Option<Footing>,
    spread: Spread,
}

/// What the present number of lanes is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    /// One step of quick growth.
    Quick,
    /// Good enough for now.
    Settled,
    /// One more than that, to see.
    Trial,
    /// Fewer, to see whether answers come sooner: what it was before, and what was usual.
    Relief { before: Footing, usual: Footing },
}

impl Governor {
    /// At most `ceiling` lanes, one at first: the first lane logs on alone. `learned`: what an
    /// earlier run of the same server found to be allowed; growth is quick up to it and careful
    /// beyond.
    pub(super) fn new(ceiling: u32, learned: Option<u32>) -> Self {
        let ceiling = ceiling.clamp(1, MOST);
        Self {
            ceiling,
            quick_to: learned.unwrap_or(ceiling).clamp(1, ceiling),
            target: 1,
            stage: Stage::Quick,
            clean: 0,
            patience: CLEAN,
            changed_at: None,
            lowered_at: None,
            objected: false,
            held: None,
            stretch: Stretch::default(),
            footing: None,
            spread: Spread::default(),
        }
    }

    /// The first lane is logged on: the others may open.
    pub(super) fn logged_on(&mut self) {
        self.change(START.min(self.quick_to), Stage::Quick);
    }

    /// Lanes that may be in use now.
    pub(super) fn target(&self) -> u32 {
        self.target
    }

    /// Lanes that may stay open. Unless the server objected, those that are not needed now are kept: each
    /// new one is one more log-on.
    pub(super) fn may_stay_open(&self) -> u32 {
        if self.objected {
            self.target
        } else {
            self.ceiling
        }
    }

    /// How many lanes the server seems to allow: known only after it objected to more and then
    /// answered a clean stretch with fewer.
    pub(super) fn allowed(&self) -> Option<u32> {
        self.held
    }

    /// Until when everything waits.
    pub(super) fn paused_until(&mut self, now: Instant) -> Option<Instant> {
        self.spread.until(now)
    }

    /// An answer came that is neither busy nor lost.
    pub(super) fn answered(&mut self, latency: Duration) {
        let now = Instant::now();
        let asked = now.checked_sub(latency).unwrap_or(now);
        self.spread.clean(asked);
        if self.changed_at.is_some_and(|at| asked < at) {
            return;
        }
        self.clean = self.clean.saturating_add(1);
        self.stretch.add(latency);
        if self.objected && self.clean >= HELD && self.stage != Stage::Trial {
            self.held = Some(self.target);
        }
        match self.stage {
            Stage::Quick => self.grow_quickly(),
            Stage::Settled => self.stay_or_try(),
            Stage::Trial => self.judge_trial(),
            Stage::Relief { before, usual } => self.judge_relief(before, usual),
        }
    }

    /// The server is busy with a mailbox that waits for so long itself. `too_many`: fewer lanes are
    /// the remedy, whichever mailbox it was. `asked`: when the request went out that was answered so.
    pub(super) fn busy(
        &mut self,
        mailbox: i64,
        too_many: bool,
        wait: Duration,
        asked: Instant,
        now: Instant,
    ) {
        if !too_many || self.target == 1 {
            self.spread.busy(mailbox, wait, asked, now);
        }
        // Answers to requests that were under way when the target fell say nothing about it; a later
        // one says that it was not enough. By the clock, mailboxes told to ask again at once would
        // have spent their budget before the next halving.
        let fresh = self.lowered_at.is_none_or(|at| asked > at);
        if too_many && fresh {
            let on_trial =
                self.stage == Stage::Trial && self.changed_at.is_some_and(|at| asked >= at);
            let fewer = if on_trial {
                self.target - 1
            } else {
                self.target / 2
            };
            self.object(fewer.max(1), on_trial, now);
        }
    }

    /// A further lane could not be opened, or was cut off before its first answer, while `open`
    /// others work: the server allows no more.
    pub(super) fn lane_refused(&mut self, open: u32) {
        let fewer = open.clamp(1, self.target);
        let on_trial = self.stage == Stage::Trial && fewer + 1 >= self.target;
        self.object(fewer, on_trial, Instant::now());
    }

    /// The server objected: `fewer` lanes from now on.
    fn object(&mut self, fewer: u32, on_trial: bool, now: Instant) {
        self.objected = true;
        self.lowered_at = Some(now);
        if on_trial {
            self.withdraw(fewer);
            return;
        }
        if self.held.is_some_and(|held| held > fewer) {
            self.held = None;
        }
        self.patience = CLEAN;
        self.change(fewer, Stage::Settled);
    }

    /// A trial failed: back, and more patience before the next one.
    fn withdraw(&mut self, lanes: u32) {
        self.patience = (self.patience * RISING).min(PATIENCE);
        self.change(lanes, Stage::Settled);
    }

    fn change(&mut self, target: u32, stage: Stage) {
        (self.target, self.stage) = (target, stage);
        self.changed_at = Some(Instant::now());
        self.clean = 0;
        self.stretch.end(target);
    }

    /// Twice as many a round trip, until that brings no more.
    fn grow_quickly(&mut self) {
        if self.stretch.len() < self.target {
            return;
        }
        let Some(here) = self.stretch.peek(self.target) else {
            return;
        };
        if let Some(footing) = self.footing.filter(|footing| !footing.paid(here)) {
            if self.stretch.len() >= self.target * BENEFIT {
                self.change(footing.lanes, Stage::Settled);
            }
            return;
        }
        self.footing = Some(here);
        let more = (self.target * 2).min(self.quick_to);
        let stage = if more > self.target {
            Stage::Quick
        } else {
            Stage::Settled
        };
        self.change(more, stage);
    }

    /// Settled: one more when patience is used up, fewer when the server slows down.
    fn stay_or_try(&mut self) {
        if self.clean >= self.patience && self.target < self.ceiling {
            self.look_back();
            self.change(self.target + 1, Stage::Trial);
            return;
        }
        if self.stretch.len() < STRETCH.max(self.target * 2) {
            return;
        }
        let usual = self.footing;
        let Some(here) = self.look_back() else {
            return;
        };
        if let Some(usual) = usual.filter(|usual| usual.is_slower(here) && self.target > 1) {
            let before = here;
            let fewer = (self.target * 3 / 4).max(1);
            self.change(fewer, Stage::Relief { before, usual });
        }
    }

    /// Ends a stretch and keeps its pace as what is usual.
    fn look_back(&mut self) -> Option<Footing> {
        let here = self.stretch.end(self.target)?;
        self.footing = Some(match self.footing {
            Some(footing) if footing.lanes == here.lanes => footing.aged(here),
            // Trials are held against where they began, or each of them would look harmless.
            Some(footing) if footing.lanes < here.lanes => footing,
            _ => here,
        });
        Some(here)
    }

    /// One more was tried for long enough.
    fn judge_trial(&mut self) {
        if self.clean < CLEAN {
            return;
        }
        let Some(here) = self.stretch.end(self.target) else {
            return;
        };
        if let Some(footing) = self.footing {
            if !footing.paid(here) {
                self.withdraw(footing.lanes);
                return;
            }
            if here.lanes * 4 >= footing.lanes * 5 {
                self.footing = Some(here);
            }
        }
        if self.objected {
            self.held = Some(self.target);
        }
        self.patience = CLEAN;
        self.stage = Stage::Settled;
        self.stay_or_try();
    }

    /// Fewer were tried for long enough: did answers come sooner?
    fn judge_relief(&mut self, before: Footing, usual: Footing) {
        if self.stretch.len() < STRETCH.max(self.target * 2) {
            return;
        }
        let Some(here) = self.stretch.end(self.target) else {
            return;
        };
        if here.paid(before) {
            // The rate fell with the lanes: the server is slower today, with any number of them.
            self.footing = Some(before);
            self.change(before.lanes, Stage::Settled);
            return;
        }
        self.patience = CLEAN;
        self.footing = Some(here);
        if usual.is_slower(here) && self.target > 1 {
            let before = here;
            let fewer = (self.target * 3 / 4).max(1);
            self.change(fewer, Stage::Relief { before, usual });
        } else {
            self.stage = Stage::Settled;
        }
    }
}
