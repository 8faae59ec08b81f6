//! The conductor of a run: one task that owns all its state, hands mailboxes to lanes, and settles
//! what comes back. The rulings of the contract are numbered in the comments.

use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use contract::{Cause, Problem, RunProgress, RunState, Step, Summary, Verdict};
use ews::SchemaVersion;
use store::Db;
use store::run_results;
use store::runs::{self, RunHeader};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::ask::Answered;
use super::crew::{Crew, Landed};
use super::facts::Facts;
use super::feed::{Feed, Round};
use super::governor::Governor;
use super::hold::Hold;
use super::proof::Proofs;
use super::spec::RunSpec;
use super::steps;
use super::tally::{self, Tally};
use super::ticket::{Ticket, Waiting};
use super::writer::{RunEvent, Writer};
use crate::diagnosis::wording::{self, Words};
use crate::diagnosis::{Observed, Seen};
use crate::ports::MailLane;

/// Most answers settled before the conductor looks up.
const AT_ONCE: usize = 64;
/// Progress is told at most ten times a second (decision 6).
const TICK: Duration = Duration::from_millis(100);
/// How often the counts of the wire are saved.
const SAVE_COUNTS: Duration = Duration::from_secs(1);

/// How a run ended, apart from its rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ended {
    pub(super) stopped: Option<(Cause, String)>,
    pub(super) cancelled: bool,
}

/// What the person may want while a run goes on.
pub(super) struct Orders {
    /// End it at once.
    pub(super) cancelled: watch::Receiver<bool>,
    /// Ask nothing more for now.
    pub(super) paused: watch::Receiver<bool>,
}

/// Who hears of a run while it goes on.
pub(super) struct Listeners {
    /// Row by row.
    pub(super) events: Option<mpsc::Sender<RunEvent>>,
    pub(super) progress: watch::Sender<RunProgress>,
    /// The step ladder.
    pub(super) ladder: watch::Sender<Vec<Step>>,
}

/// Everything a run knows while it goes on.
pub(super) struct Conductor {
    pub(super) spec: RunSpec,
    pub(super) db: Db,
    pub(super) writer: Writer,
    pub(super) cancel: watch::Receiver<bool>,
    pause: watch::Receiver<bool>,
    paused_at: Option<Instant>,
    pub(super) progress: watch::Sender<RunProgress>,
    pub(super) ladder: watch::Sender<Vec<Step>>,
    pub(super) tally: Tally,
    pub(super) governor: Governor,
    pub(super) proofs: Proofs,
    pub(super) schema: SchemaVersion,
    /// Rows that will be asked: with a verdict already (bad addresses, system mailboxes) they are not.
    pub(super) sendable: u64,
    /// Rows that Exchange has decided.
    pub(super) decided: u64,
    /// Budget spent, by cause (and whether it came from the authority of tokens), while nothing was decided (ruling 2).
    pub(super) spent: HashMap<(Cause, bool), u64>,
    /// What an earlier part of the run sent.
    before: Summary,
    saved_at: Instant,
    /// Mailbox requests beyond the first one each.
    pub(super) retries: u64,
    pub(super) logged_on: bool,
    /// What an un-impersonated request said of the account after an `ErrorAccountDisabled`.
    pub(super) account_state: AccountState,
    pub(super) stop: Option<(Cause, String)>,
    /// Rows whose request and reply are kept.
    pub(super) evidence: u32,
    pub(super) hold: Option<Hold>,
    pub(super) facts: Facts,
    pub(super) feed: Feed,
    /// Mailboxes that are being asked again, counted as asked once more.
    pub(super) again: HashMap<i64, Ticket>,
    pub(super) urgent: VecDeque<Ticket>,
    pub(super) waiting: BinaryHeap<Waiting>,
    idle: Vec<Box<dyn MailLane>>,
    pub(super) lanes: u32,
    pub(super) crew: Crew,
}

/// Ruling 8: whose account is disabled?
#[derive(Default)]
pub(super) enum AccountState {
    #[default]
    Unknown,
    /// Asked; these wait for the answer.
    Asking(Vec<(Ticket, Answered)>),
    /// An un-impersonated request was answered: the account itself is fine.
    Fine,
    /// That could not be found out, for this cause.
    Unsaid(Cause),
}

impl Conductor {
    pub(super) fn new(
        spec: RunSpec,
        db: Db,
        recorded: &Summary,
        pending: u64,
        orders: Orders,
        told: Listeners,
    ) -> Self {
        let Listeners {
            events,
            progress,
            ladder,
        } = told;
        let writer = Writer::start(db.clone(), spec.number, events);
        let decided = tally::decided_by_exchange(recorded);
        // What is disabled cannot be an application: it has no account.
        let account_state = if spec.access.is_app() {
            AccountState::Fine
        } else {
            AccountState::Unknown
        };
        let crew = Crew::new(Arc::clone(&spec.access), SchemaVersion::Exchange2013Sp1);
        Self {
            governor: Governor::new(spec.ceiling, spec.learned),
            proofs: Proofs::new(spec.access.account_address()),
            schema: SchemaVersion::Exchange2013Sp1,
            sendable: pending,
            decided,
            tally: Tally::new(recorded.clone()),
            spec,
            db,
            writer,
            cancel: orders.cancelled,
            pause: orders.paused,
            paused_at: None,
            progress,
            ladder,
            spent: HashMap::new(),
            retries: recorded.retries,
            before: recorded.clone(),
            saved_at: Instant::now(),
            logged_on: false,
            account_state,
            stop: None,
            evidence: 0,
            hold: None,
            facts: Facts::default(),
            feed: Feed::new(Round::First),
            again: HashMap::new(),
            urgent: VecDeque::new(),
            waiting: BinaryHeap::new(),
            idle: Vec::new(),
            lanes: 0,
            crew,
        }
    }

    /// Plays the run to its end. Rows are saved as they are decided; what is left open is closed by
    /// the caller.
    pub(super) async fn play(&mut self) -> Result<Ended, Problem> {
        if !self.cancelled() && self.overture().await? && self.stop.is_none() {
            self.perform().await?;
            if self.goes_on() && self.tally.summary().granted > 0 {
                self.writer.flush().await;
                self.feed = Feed::new(Round::Second);
                self.perform().await?;
            }
        }
        self.crew.abort();
        self.land_the_last().await?;
        self.writer.flush().await;
        while let Some(repeats) = self.writer.repeats_now() {
            // Too late to ask again: only a failure to save still matters.
            repeats?;
        }
        self.leave_waiting().await;
        self.leave_stopped().await?;
        self.writer.flush().await;
        self.tell();
        let ended = Ended {
            stopped: self.stop.clone(),
            cancelled: self.stop.is_none() && self.cancelled(),
        };
        if self.goes_on() {
            self.tell_of_own_unread().await?;
            self.look_for_rooms().await;
        }
        Ok(ended)
    }

    pub(super) fn cancelled(&self) -> bool {
        *self.cancel.borrow()
    }

    /// The person paused it.
    fn paused(&self) -> bool {
        *self.pause.borrow()
    }

    fn goes_on(&self) -> bool {
        self.stop.is_none() && !self.cancelled()
    }

    pub(super) fn words(&self) -> Words<'_> {
        self.spec.access.words(&self.facts.authentication.offered)
    }

    /// Ends the run with a cause.
    pub(super) fn stop_with(&mut self, cause: Cause, detail: Option<&str>) {
        if self.stop.is_none() {
            let message = wording::run_message(cause, detail, &self.words());
            self.stop = Some((cause, message));
        }
    }

    /// The same with what was seen: at Exchange, or at the authority that issues access tokens.
    pub(super) fn stop_by(&mut self, cause: Cause, observed: &Observed) {
        if self.stop.is_none() {
            let authority = observed.authority.as_deref();
            self.facts.note_authority(cause, authority);
            let words = Words {
                authority,
                ..self.words()
            };
            let message = wording::run_message(cause, observed.detail.as_deref(), &words);
            self.stop = Some((cause, message));
        }
    }

    /// A lane that is idle, or a new one.
    pub(super) fn take_lane(&mut self) -> Box<dyn MailLane> {
        self.idle.pop().unwrap_or_else(|| {
            self.lanes += 1;
            let mut lane = self.spec.access.mailroom.lane();
            if self.logged_on || self.facts.auth.is_some() {
                lane.log_on();
            }
            lane
        })
    }

    /// A lane that was opened outside [`Self::take_lane`].
    pub(super) fn count_lane(&mut self) {
        self.lanes += 1;
    }

    /// Gives a lane back.
    pub(super) fn put_lane(&mut self, lane: Box<dyn MailLane>) {
        if self.lanes > self.governor.may_stay_open() {
            self.lanes -= 1;
        } else {
            self.idle.push(lane);
        }
    }

    /// One phase: until nothing is left to ask, the run is stopped or cancelled.
    async fn perform(&mut self) -> Result<(), Problem> {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut landed = Vec::with_capacity(AT_ONCE);
        while self.goes_on() {
            self.writer.hand_over().await;
            if self.paused() {
                self.crew.close();
            } else if self.hold.is_some() {
                self.crew.close();
                if self.crew.out() == 0 {
                    self.resolve_hold().await?;
                    continue;
                }
            } else {
                self.dispatch().await?;
                if self.nothing_is_left() && !self.questions().await? {
                    break;
                }
            }
            let wake = self.next_wake();
            tokio::select! {
                biased;
                _ = self.cancel.changed() => {}
                Ok(()) = self.pause.changed() => {
                    self.note_pause();
                    self.tell();
                }
                broken = self.crew.landed(&mut landed, AT_ONCE) => {
                    broken.map_err(|e| crate::problems::internal("asking a mailbox", &e))?;
                    for landed in landed.drain(..) {
                        if self.stop.is_none() {
                            self.land(landed).await?;
                        }
                    }
                }
                repeats = self.writer.repeats() => {
                    let repeats = repeats?;
                    self.proofs_for(repeats).await?;
                }
                () = tokio::time::sleep_until(wake) => {}
                _ = ticks.tick() => {
                    self.tell();
                    self.save_counts().await?;
                }
            }
        }
        Ok(())
    }

    /// The time of a pause is nobody's: it does not count against the two minutes of a mailbox.
    fn note_pause(&mut self) {
        let now = Instant::now();
        if self.paused() {
            self.paused_at.get_or_insert(now);
            return;
        }
        let Some(since) = self.paused_at.take() else {
            return;
        };
        let waiting = std::mem::take(&mut self.waiting).into_iter();
        self.waiting = waiting
            .map(|mut waiting| {
                waiting.ticket.pass_over(since, now);
                waiting
            })
            .collect();
        let held = self.hold.as_mut().map(|hold| &mut hold.ticket);
        for ticket in self.urgent.iter_mut().chain(held) {
            ticket.pass_over(since, now);
        }
        self.crew.pass_over(since, now);
    }

    fn nothing_is_left(&mut self) -> bool {
        let paused = self.governor.paused_until(Instant::now()).is_some();
        self.crew.out() == 0
            && self.crew.laid_out() == 0
            && self.urgent.is_empty()
            && self.waiting.is_empty()
            && !paused
    }

    /// Everything is answered: what the identities as a whole bring up is asked as well.
    async fn questions(&mut self) -> Result<bool, Problem> {
        self.writer.end_phase().await;
        while let Some(repeats) = self.writer.repeats_now() {
            self.proofs_for(repeats?).await?;
        }
        self.ask_for_own_inbox_again();
        if self.urgent.is_empty() {
            let run = self.spec.number;
            let repeats = self.db.read(move |tx| run_results::repeats(tx, run));
            let repeats = repeats.await.map_err(crate::problems::of_store)?;
            self.proofs_for(repeats).await?;
            self.held_against_the_list().await?;
        }
        Ok(!self.urgent.is_empty())
    }

    fn next_wake(&mut self) -> Instant {
        let now = Instant::now();
        let far = now + Duration::from_hours(1);
        if self.hold.is_some() || self.paused() {
            // Whoever has waited long enough cannot be asked yet: no reason to look again and again.
            return far;
        }
        let waiting = self.waiting.peek().map_or(far, |waiting| waiting.ready);
        self.governor.paused_until(now).unwrap_or(waiting)
    }

    /// Lays out mailboxes for the lanes, and sends out as many lanes as there may be.
    async fn dispatch(&mut self) -> Result<(), Problem> {
        let now = Instant::now();
        if self.governor.paused_until(now).is_some() {
            self.crew.close();
            return Ok(());
        }
        let target = self.governor.target();
        self.crew.open(target, self.schema);
        let first = self.due(now);
        // One each in hand and one laid out: lanes need not wait for the conductor.
        let wanted = (target as usize).saturating_sub(self.crew.laid_out() + first.len());
        let behind = self.list(wanted).await?;
        self.crew.lay_out(first, behind);
        while let Some(taken) = self.crew.first() {
            let fresh = self.idle.is_empty();
            let lane = self.take_lane();
            self.crew.send_out(lane, taken, fresh);
        }
        Ok(())
    }

    /// What was held up, then what has waited long enough.
    fn due(&mut self, now: Instant) -> Vec<Ticket> {
        let mut due: Vec<Ticket> = self.urgent.drain(..).collect();
        while self
            .waiting
            .peek()
            .is_some_and(|waiting| waiting.ready <= now)
        {
            due.extend(self.waiting.pop().map(|waiting| waiting.ticket));
        }
        for ticket in due.iter().filter(|ticket| ticket.last.is_some()) {
            let attempts = ticket.attempts + 1;
            let asked = Ticket {
                attempts,
                ..ticket.clone()
            };
            self.again.insert(ticket.seq, asked);
        }
        due
    }

    /// What a lane brought, and the lane itself where it came back with it.
    async fn land(&mut self, landed: Landed) -> Result<(), Problem> {
        self.again.remove(&landed.ticket.seq);
        let lane = landed.lane.and_then(|lane| {
            self.crew.back();
            let lost = landed.answered.as_ref().ok()?.fault.as_ref();
            // Without a token nothing was sent: the connection is as good as before.
            if let Some(fault) = lost.filter(|fault| !fault.is_no_token()) {
                self.lane_lost(fault, landed.fresh);
                return None;
            }
            Some(lane)
        });
        let settled = match landed.answered {
            Ok(answered) => self.settle(landed.ticket, answered, false).await,
            Err(error) => self.never_sent(landed.ticket, &error).await,
        };
        // Only now: where the answer was that there are too many lanes, it is this one that goes.
        if let Some(lane) = lane {
            self.put_lane(lane);
        }
        settled
    }

    /// Mailboxes that opened before the run was cancelled, and were not heard of yet. A refused log-on
    /// decides no mailbox any more, and is noted.
    async fn land_the_last(&mut self) -> Result<(), Problem> {
        while let Some(landed) = self.crew.landed_now() {
            let opened = |answered: &Answered| matches!(answered.observed.seen, Seen::Opened(..));
            let refused = |answered: &Answered| answered.observed.seen == Seen::LogOnRefused;
            if landed.answered.as_ref().is_ok_and(refused) {
                self.spec.access.password.refused();
            }
            if self.stop.is_none() && landed.answered.as_ref().is_ok_and(opened) {
                self.again.remove(&landed.ticket.seq);
                if let Ok(answered) = landed.answered {
                    self.settle(landed.ticket, answered, false).await?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn tell(&mut self) {
        self.look_at_load();
        let now = Instant::now();
        let rate = self.tally.rate(now);
        let summary = self.summary();
        let (done, total) = (self.tally.done(), summary.total);
        let left = total.saturating_sub(done);
        let left = f64::from(u32::try_from(left).unwrap_or(u32::MAX));
        let eta = (rate > 0.0)
            .then(|| Duration::try_from_secs_f64(left / rate).ok())
            .flatten();
        let pause = self.governor.paused_until(now);
        let waiting_until = pause.and_then(|until| {
            let wait = jiff::SignedDuration::try_from(until - now).ok()?;
            self.spec
                .access
                .clock
                .now()
                .checked_add(wait)
                .ok()
                .map(|at| format!("{at:.0}"))
        });
        let (facts, access) = (&self.facts, &self.spec.access);
        let steps = steps::going_on(facts, access, self.logged_on, &summary);
        self.ladder.send_replace(steps);
        self.progress.send_replace(RunProgress {
            run: self.spec.run.clone(),
            state: RunState::Running,
            cause: self.stop.as_ref().map(|(cause, _)| *cause),
            done,
            total,
            findings: summary.findings,
            rate,
            eta_seconds: eta.map(|eta| eta.as_secs()),
            waiting_until,
            waiting: self.waiting.len() as u64,
            lanes: self.crew.out(),
            paused: self.paused(),
            summary,
        });
    }

    /// Counts with what went over the wire.
    pub(super) fn summary(&self) -> Summary {
        let wire = self.spec.access.mailroom.snapshot();
        Summary {
            requests: self.before.requests + wire.requests,
            connections: self.before.connections + wire.connections,
            log_ons: self.before.log_ons + wire.log_ons,
            retries: self.retries + self.crew.retries() + self.spec.access.mailroom.asked_again(),
            ..self.tally.summary()
        }
    }

    /// Counts of the wire are in no row: a run that is killed would lose them.
    async fn save_counts(&mut self) -> Result<(), Problem> {
        let now = Instant::now();
        if now.duration_since(self.saved_at) < SAVE_COUNTS {
            return Ok(());
        }
        self.saved_at = now;
        let number = self.spec.number;
        let header = RunHeader {
            summary: Some(self.summary()),
            load: Some(self.spec.load.shown()),
            ..RunHeader::default()
        };
        let saved = self
            .db
            .write(move |tx| runs::update_header(tx, number, &header));
        saved.await.map_err(crate::problems::of_store)
    }

    /// Whether a verdict counts as decided by Exchange.
    pub(super) fn note_decided(&mut self, verdict: Verdict) {
        self.decided += u64::from(verdict.is_decided());
    }
}
