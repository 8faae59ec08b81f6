//! For tests: a server under tokio's paused clock, and the least of a run that asks it. It knows
//! how long an answer takes, how many it works on at once, and how many it lets in.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Governor;

/// What a server does with a request.
pub(super) struct Server {
    /// How long it works on one, by the time since the start.
    pub(super) service: fn(Duration) -> Duration,
    /// Requests it works on at once; the others queue.
    pub(super) capacity: usize,
    /// Requests it lets in; to the others it says that they are too many.
    pub(super) limit: u32,
    /// Mailboxes that are busy: how often, and for how long.
    pub(super) busy: HashMap<i64, (u32, Duration)>,
    /// Answers take between 1 and this many times as long.
    pub(super) unevenness: f64,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            service: |_| Duration::from_millis(30),
            capacity: 1_000,
            limit: 1_000,
            busy: HashMap::new(),
            unevenness: 1.0,
        }
    }
}

/// What a run was like.
#[derive(Debug, Default)]
pub(super) struct Trace {
    pub(super) wall: Duration,
    /// Every request: when, and for which mailbox.
    pub(super) asked: Vec<(Duration, i64)>,
    /// The target after every answer.
    pub(super) targets: Vec<(Duration, u32)>,
    pub(super) objections: u32,
    pub(super) paused: bool,
    pub(super) peak: u32,
}

impl Trace {
    /// The targets from then on.
    pub(super) fn targets_after(&self, then: Duration) -> Vec<u32> {
        let later = self.targets.iter().filter(|(at, _)| *at >= then);
        later.map(|(_, target)| *target).collect()
    }

    /// When a mailbox was asked.
    pub(super) fn asked_at(&self, mailbox: i64) -> Vec<Duration> {
        let its = self.asked.iter().filter(|(_, of)| *of == mailbox);
        its.map(|(at, _)| *at).collect()
    }
}

enum Said {
    Fine(Duration),
    Busy { too_many: bool, wait: Duration },
}

struct Desk {
    server: Mutex<Server>,
    seats: Semaphore,
    inside: AtomicU32,
    peak: AtomicU32,
    roll: Mutex<u64>,
    since: Instant,
}

impl Desk {
    async fn answer(&self, mailbox: i64) -> Said {
        let inside = self.inside.fetch_add(1, Relaxed) + 1;
        self.peak.fetch_max(inside, Relaxed);
        let said = self.let_in(mailbox, inside).await;
        self.inside.fetch_sub(1, Relaxed);
        said
    }

    async fn let_in(&self, mailbox: i64, inside: u32) -> Said {
        let asked = Instant::now();
        let work = {
            let mut server = self.server.lock().unwrap();
            if inside > server.limit {
                let wait = Duration::from_millis(500);
                return Said::Busy {
                    too_many: true,
                    wait,
                };
            }
            if let Some((times, wait)) = server.busy.get_mut(&mailbox).filter(|(n, _)| *n > 0) {
                *times -= 1;
                let wait = *wait;
                return Said::Busy {
                    too_many: false,
                    wait,
                };
            }
            let factor = 1.0 + (server.unevenness - 1.0) * self.roll();
            (server.service)(self.since.elapsed()).mul_f64(factor)
        };
        let seat = self.seats.acquire().await.unwrap();
        tokio::time::sleep(work).await;
        drop(seat);
        Said::Fine(asked.elapsed())
    }

    /// Evenly between 0 and 1, the same in every run.
    fn roll(&self) -> f64 {
        let mut state = self.roll.lock().unwrap();
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(*state >> 33).unwrap()) / f64::from(1u32 << 31)
    }
}

/// Asks `mailboxes` mailboxes, as the conductor does: what is ready again first, then the list.
pub(super) async fn play(mut governor: Governor, server: Server, mailboxes: i64) -> Trace {
    let since = Instant::now();
    let desk = Arc::new(Desk {
        seats: Semaphore::new(server.capacity),
        server: Mutex::new(server),
        inside: AtomicU32::new(0),
        peak: AtomicU32::new(0),
        roll: Mutex::new(7),
        since,
    });
    let mut fresh: VecDeque<i64> = (0..mailboxes).collect();
    let mut waiting: BinaryHeap<Reverse<(Instant, i64)>> = BinaryHeap::new();
    let mut flying = JoinSet::new();
    let mut trace = Trace::default();
    governor.logged_on();
    loop {
        let now = Instant::now();
        let paused = governor.paused_until(now);
        trace.paused |= paused.is_some();
        while paused.is_none() && flying.len() < governor.target() as usize {
            let due = waiting.peek().is_some_and(|Reverse((at, _))| *at <= now);
            let next = if due {
                waiting.pop().map(|Reverse((_, mailbox))| mailbox)
            } else {
                fresh.pop_front()
            };
            let Some(mailbox) = next else { break };
            trace.asked.push((since.elapsed(), mailbox));
            let desk = Arc::clone(&desk);
            flying.spawn(async move { (mailbox, Instant::now(), desk.answer(mailbox).await) });
        }
        if flying.is_empty() && waiting.is_empty() && fresh.is_empty() {
            break;
        }
        let free = flying.len() < governor.target() as usize;
        let ready = waiting.peek().filter(|_| free);
        let ready = ready.map(|Reverse((at, _))| *at);
        let wake = paused.or(ready).unwrap_or(now + Duration::from_hours(1));
        tokio::select! {
            biased;
            Some(landed) = flying.join_next() => {
                let (mailbox, asked, said) = landed.unwrap();
                match said {
                    Said::Fine(took) => governor.answered(took),
                    Said::Busy { too_many, wait } => {
                        let now = Instant::now();
                        trace.objections += u32::from(too_many);
                        governor.busy(mailbox, too_many, wait, asked, now);
                        waiting.push(Reverse((now + wait, mailbox)));
                    }
                }
                trace.targets.push((since.elapsed(), governor.target()));
            }
            () = tokio::time::sleep_until(wake) => {}
        }
    }
    trace.wall = since.elapsed();
    trace.peak = desk.peak.load(Relaxed);
    trace
}
