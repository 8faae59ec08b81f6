//! What a run does to the server, as a series over its time, and what it learns about how many
//! connections the server allows. It only looks on: the governor decides. Memory is flat however long
//! the run: when the series is full, neighbors are merged and the interval doubles.

use std::time::Duration;

use contract::{Code, LearnedLoad, LoadSample, OrganizationId, Problem, RunRef, ServerLoad};
use store::learned_loads::{self, Learned};
use store::{StoreError, Tx, runs};
use tokio::sync::watch;
use tokio::time::Instant;

use super::commands::stored;
use super::conductor::Conductor;
use crate::Engine;
use crate::problems::of_store;

/// Most samples of a series.
const MOST: usize = 240;
/// Finest interval: a run of three seconds has a dozen samples.
const FINEST: Duration = Duration::from_millis(200);

impl Engine {
    /// What a run did to the server, over its time.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn server_load(&self, request: RunRef) -> Result<ServerLoad, Problem> {
        let stage = self.stage();
        let number = stored(&stage, &request.run).await?.number();
        if let Some(check) = stage.running.find(&request.run) {
            return Ok(check.load.borrow().clone());
        }
        let kept = stage.db.read(move |tx| runs::load(tx, number)).await;
        let kept = kept.map_err(of_store)?;
        let mut load =
            kept.ok_or_else(|| Problem::new(Code::NotFound, "This run is not there any more."))?;
        if load.sentence.is_empty() {
            NOTHING.clone_into(&mut load.sentence);
        }
        Ok(load)
    }
}

/// Nothing can be said.
const NOTHING: &str = "Nothing is known of what this run did to the server.";

/// How a run stands at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    /// Mailboxes with a verdict.
    pub(super) done: u64,
    /// Connections that may be in use.
    pub(super) lanes: u32,
    /// Connections that are open.
    pub(super) open: u32,
    /// What the governor takes the server to allow.
    pub(super) allowed: Option<u32>,
}

/// What a run says about the connections its server allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lesson {
    /// Nothing.
    Nothing,
    /// The server objected to more, and to so many not.
    Allows(u32),
    /// It never objected to so many.
    Never(u32),
}

/// The series of a run that goes on.
#[derive(Debug)]
pub(crate) struct LoadSeries {
    began: Instant,
    /// Where an earlier part of the run ended.
    offset: Duration,
    interval: Duration,
    kept: Vec<Kept>,
    open: Open,
    ceiling: u32,
    back_offs: u64,
    /// The most connections that were open at once.
    most: u32,
    objected: bool,
    allowed: Option<u32>,
    told: watch::Sender<ServerLoad>,
}

/// A sample with what it takes to merge it.
#[derive(Debug, Clone, Copy)]
struct Kept {
    /// Since the run began.
    at: Duration,
    /// How long it took.
    span: Duration,
    decided: u64,
    answers: u64,
    /// Of all answers together.
    latency: Duration,
    lanes: u32,
    back_offs: u32,
    /// As an earlier part of the run told it: what was rounded once is not rounded again.
    told: Option<LoadSample>,
}

/// What came since the last sample.
#[derive(Debug, Clone, Copy, Default)]
struct Open {
    since: Duration,
    /// Mailboxes with a verdict when it began; unknown at first.
    done: Option<u64>,
    answers: u64,
    latency: Duration,
    back_offs: u32,
}

impl Conductor {
    /// Takes a sample where one is due.
    pub(super) fn look_at_load(&mut self) {
        let moment = self.moment();
        self.spec.load.look(Instant::now(), moment);
    }

    /// Takes the last one.
    pub(super) fn end_load(&mut self) {
        let moment = self.moment();
        self.spec.load.end(Instant::now(), moment);
    }

    fn moment(&self) -> Moment {
        Moment {
            done: self.tally.done(),
            lanes: self.governor.target(),
            open: self.lanes,
            allowed: self.governor.allowed(),
        }
    }
}

impl LoadSeries {
    /// A series that goes on with what an earlier part of the run left (nothing: [`ServerLoad`]'s
    /// default). Also answers who may look on.
    pub(crate) fn new(ceiling: u32, before: &ServerLoad) -> (Self, watch::Receiver<ServerLoad>) {
        let kept: Vec<Kept> = Kept::all(before);
        let offset = kept.last().map_or(Duration::ZERO, |last| last.at);
        let longest = kept.iter().map(|kept| kept.span).max().unwrap_or_default();
        let (told, looking) = watch::channel(ServerLoad::default());
        let series = Self {
            began: Instant::now(),
            offset,
            interval: longest.max(FINEST),
            kept,
            open: Open {
                since: offset,
                ..Open::default()
            },
            ceiling,
            back_offs: before.back_offs,
            most: 0,
            objected: false,
            allowed: before.allowed,
            told,
        };
        series.told.send_replace(series.shown());
        (series, looking)
    }

    /// An answer came.
    pub(super) fn answered(&mut self, latency: Duration) {
        self.open.answers += 1;
        self.open.latency += latency;
    }

    /// An answer asked to come back later. `too_many`: fewer connections are the remedy.
    pub(super) fn backed_off(&mut self, too_many: bool) {
        self.open.back_offs = self.open.back_offs.saturating_add(1);
        self.back_offs += 1;
        self.objected |= too_many;
    }

    /// A further connection could not be opened while others work.
    pub(super) fn refused_a_lane(&mut self) {
        self.objected = true;
    }

    /// Takes a sample where one is due.
    pub(super) fn look(&mut self, now: Instant, moment: Moment) {
        self.note(moment);
        let at = self.offset + now.duration_since(self.began);
        if at.saturating_sub(self.open.since) >= self.interval {
            self.close(at, moment);
        }
    }

    /// The run ends: what came since the last sample is one too.
    pub(super) fn end(&mut self, now: Instant, moment: Moment) {
        self.note(moment);
        let at = self.offset + now.duration_since(self.began);
        let came = self.open.answers > 0
            || self.open.back_offs > 0
            || self.open.done.is_some_and(|before| before < moment.done);
        if came && at > self.open.since {
            self.close(at, moment);
        }
        self.told.send_replace(self.shown());
    }

    /// As it is told.
    pub(super) fn shown(&self) -> ServerLoad {
        ServerLoad {
            samples: self.kept.iter().map(Kept::shown).collect(),
            ceiling: self.ceiling,
            back_offs: self.back_offs,
            allowed: self.allowed,
            sentence: self.sentence(),
        }
    }

    /// What is to be kept for the next run.
    pub(super) fn lesson(&self) -> Lesson {
        match (self.allowed, self.objected, self.most) {
            (Some(allowed), _, _) => Lesson::Allows(allowed),
            (None, false, most @ 1..) => Lesson::Never(most),
            _ => Lesson::Nothing,
        }
    }

    fn sentence(&self) -> String {
        match self.lesson() {
            Lesson::Allows(allowed) => allows(allowed),
            Lesson::Never(most) => {
                format!("The server never objected to {}.", connections(most))
            }
            Lesson::Nothing if self.objected => {
                "The server objected to that many connections; how many it allows was not found out."
                    .to_owned()
            }
            Lesson::Nothing => "The server has not been asked yet.".to_owned(),
        }
    }

    fn note(&mut self, moment: Moment) {
        self.open.done.get_or_insert(moment.done);
        self.most = self.most.max(moment.open);
        // While it tries one more the governor is not sure; what it knew is still the best guess.
        self.allowed = moment.allowed.or(self.allowed);
    }

    fn close(&mut self, at: Duration, moment: Moment) {
        let open = self.open;
        self.kept.push(Kept {
            at,
            span: at.saturating_sub(open.since),
            // A verdict may be taken back: then less than nothing was decided.
            decided: moment.done.saturating_sub(open.done.unwrap_or(moment.done)),
            answers: open.answers,
            latency: open.latency,
            lanes: moment.lanes,
            back_offs: open.back_offs,
            told: None,
        });
        self.open = Open {
            since: at,
            done: Some(moment.done),
            ..Open::default()
        };
        if self.kept.len() >= MOST {
            self.kept = self.kept.chunks(2).map(merged).collect();
            self.interval *= 2;
        }
        self.told.send_replace(self.shown());
    }
}

/// Two neighbors as one; the last one of an odd number stays.
fn merged(neighbors: &[Kept]) -> Kept {
    let [first, second] = neighbors else {
        return neighbors[0];
    };
    Kept {
        at: second.at,
        span: first.span + second.span,
        decided: first.decided + second.decided,
        answers: first.answers + second.answers,
        latency: first.latency + second.latency,
        lanes: second.lanes,
        back_offs: first.back_offs.saturating_add(second.back_offs),
        told: None,
    }
}

impl Kept {
    /// The series of an earlier part. How many answers a mean was of is not kept: as many as mailboxes.
    fn all(load: &ServerLoad) -> Vec<Self> {
        let mut before = Duration::ZERO;
        let samples = load.samples.iter().map(|sample| {
            let at = Duration::from_millis(sample.at_ms);
            let span = at.saturating_sub(before);
            before = at;
            let decided = whole(sample.rate * span.as_secs_f64());
            let answers = sample.latency_ms.map_or(0, |_| decided.max(1));
            let mean = Duration::try_from_secs_f64(sample.latency_ms.unwrap_or(0.0) / 1_000.0);
            let answers32 = u32::try_from(answers).unwrap_or(u32::MAX);
            Self {
                at,
                span,
                decided,
                answers,
                latency: mean.unwrap_or_default().saturating_mul(answers32),
                lanes: sample.lanes,
                back_offs: sample.back_offs,
                told: Some(*sample),
            }
        });
        samples.collect()
    }

    fn shown(&self) -> LoadSample {
        if let Some(told) = self.told {
            return told;
        }
        let seconds = self.span.as_secs_f64();
        let per = |count: u64| float(count) / seconds;
        LoadSample {
            at_ms: u64::try_from(self.at.as_millis()).unwrap_or(u64::MAX),
            rate: if seconds > 0.0 {
                tenths(per(self.decided))
            } else {
                0.0
            },
            latency_ms: (self.answers > 0)
                .then(|| tenths(self.latency.as_secs_f64() * 1_000.0 / float(self.answers))),
            lanes: self.lanes,
            back_offs: self.back_offs,
        }
    }
}

/// What is known of the server of an organization; `None` where it was another server.
pub(super) fn learned_about(
    tx: &Tx<'_>,
    organization: OrganizationId,
    ews_url: &str,
) -> Result<Option<Learned>, StoreError> {
    let learned = learned_loads::load(tx, organization)?;
    Ok(learned.filter(|learned| same_server(&learned.ews_url, ews_url)))
}

/// What the page of an organization tells of its server; without a URL of its own (it is looked for at
/// every check) what was found last.
pub(crate) fn learned_page(
    tx: &Tx<'_>,
    organization: OrganizationId,
    ews_url: Option<&str>,
) -> Result<Option<LearnedLoad>, StoreError> {
    let learned = match ews_url.filter(|url| !url.trim().is_empty()) {
        Some(url) => learned_about(tx, organization, url)?,
        None => learned_loads::load(tx, organization)?,
    };
    Ok(learned.map(|learned| LearnedLoad {
        allowed: learned.allowed,
        sentence: allows(learned.allowed),
        learned_at: learned.learned_at,
    }))
}

/// Keeps what a run learned. A server that never objected to more than was known allows more, or
/// everything: then the old number is forgotten.
pub(super) fn learn(
    tx: &Tx<'_>,
    organization: OrganizationId,
    ews_url: &str,
    lesson: Lesson,
    now: &str,
) -> Result<(), StoreError> {
    match lesson {
        Lesson::Nothing => Ok(()),
        Lesson::Allows(allowed) => {
            let learned = Learned {
                allowed: allowed.clamp(1, 27),
                ews_url: ews_url.to_owned(),
                learned_at: now.to_owned(),
            };
            learned_loads::save(tx, organization, &learned)
        }
        Lesson::Never(most) => match learned_about(tx, organization, ews_url)? {
            Some(known) if known.allowed < most => learned_loads::forget(tx, organization),
            _ => Ok(()),
        },
    }
}

fn same_server(one: &str, other: &str) -> bool {
    let plain = |url: &str| url.trim().trim_end_matches('/').to_ascii_lowercase();
    plain(one) == plain(other)
}

fn allows(allowed: u32) -> String {
    format!("Your server seems to allow about {}.", connections(allowed))
}

fn connections(n: u32) -> String {
    match n {
        1 => "1 connection".to_owned(),
        n => format!("{n} connections"),
    }
}

/// One digit behind the point: a series is stored every second.
fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of one interval lie far below 2^53"
)]
fn float(count: u64) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast from a float saturates, and counts are never negative"
)]
fn whole(count: f64) -> u64 {
    count.round() as u64
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use contract::ServerLoad;
    use tokio::time::Instant;

    use super::{Lesson, LoadSeries, MOST, Moment};

    const TICK: Duration = Duration::from_millis(100);

    fn moment(done: u64) -> Moment {
        Moment {
            done,
            lanes: 4,
            open: 4,
            allowed: None,
        }
    }

    /// So many ticks, with two answers and two mailboxes each.
    async fn play(series: &mut LoadSeries, ticks: u64, from: u64) -> u64 {
        let mut done = from;
        for _ in 0..ticks {
            tokio::time::advance(TICK).await;
            (0..2).for_each(|_| series.answered(Duration::from_millis(30)));
            done += 2;
            series.look(Instant::now(), moment(done));
        }
        done
    }

    #[tokio::test(start_paused = true)]
    async fn three_seconds_are_a_dozen_samples_of_what_happened() {
        let (mut series, looking) = LoadSeries::new(10, &ServerLoad::default());
        series.look(Instant::now(), moment(0));
        let done = play(&mut series, 30, 0).await;
        series.backed_off(false);
        tokio::time::advance(TICK).await;
        series.end(Instant::now(), moment(done));
        let load = series.shown();
        assert_eq!(load, *looking.borrow(), "who looks on sees the same");
        assert!(load.samples.len() >= 10, "{}", load.samples.len());
        assert!(load.samples.is_sorted_by(|a, b| a.at_ms < b.at_ms));
        let first = load.samples[0];
        assert_eq!((first.at_ms, first.lanes), (200, 4));
        assert_eq!((first.rate, first.latency_ms), (20.0, Some(30.0)));
        let last = load.samples[load.samples.len() - 1];
        assert_eq!((last.at_ms, last.back_offs, load.back_offs), (3_100, 1, 1));
        assert_eq!(last.latency_ms, None, "no answer came");
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_run_has_no_more_samples_and_loses_nothing() {
        let (mut series, _looking) = LoadSeries::new(10, &ServerLoad::default());
        series.look(Instant::now(), moment(0));
        let mut done = 0;
        for _ in 0..300 {
            series.backed_off(false);
            done = play(&mut series, 30, done).await;
            assert!(series.shown().samples.len() < MOST);
        }
        series.end(Instant::now(), moment(done));
        let load = series.shown();
        assert!(load.samples.len() >= MOST / 2, "{}", load.samples.len());
        let back_offs: u32 = load.samples.iter().map(|sample| sample.back_offs).sum();
        assert_eq!((back_offs, load.back_offs), (300, 300));
        assert!(
            load.samples
                .iter()
                .all(|sample| (sample.rate - 20.0).abs() < 1e-9)
        );
        assert!(
            load.samples
                .iter()
                .all(|sample| sample.latency_ms == Some(30.0))
        );
        assert_eq!(load.samples[load.samples.len() - 1].at_ms, 900_000);
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_that_goes_on_continues_its_series() {
        let (mut series, _looking) = LoadSeries::new(10, &ServerLoad::default());
        series.look(Instant::now(), moment(0));
        series.backed_off(true);
        let done = play(&mut series, 30, 0).await;
        let before = series.shown();
        tokio::time::advance(Duration::from_hours(1)).await;
        let (mut series, _looking) = LoadSeries::new(10, &before);
        assert_eq!(series.shown().samples, before.samples);
        series.look(Instant::now(), moment(done));
        play(&mut series, 30, done).await;
        let load = series.shown();
        assert_eq!(load.samples.len(), before.samples.len() * 2);
        assert!(load.samples.is_sorted_by(|a, b| a.at_ms < b.at_ms));
        let next = load.samples[before.samples.len()];
        assert_eq!((next.at_ms, next.rate), (3_200, 20.0), "no hour in between");
        assert_eq!(load.back_offs, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_learned_is_what_was_seen() {
        let (mut series, _looking) = LoadSeries::new(10, &ServerLoad::default());
        assert_eq!(series.lesson(), Lesson::Nothing);
        series.look(
            Instant::now(),
            Moment {
                open: 7,
                ..moment(0)
            },
        );
        series.look(Instant::now(), moment(1));
        assert_eq!(series.lesson(), Lesson::Never(7), "the most that were open");
        assert_eq!(
            series.shown().sentence,
            "The server never objected to 7 connections."
        );
        series.backed_off(false);
        assert_eq!(
            series.lesson(),
            Lesson::Never(7),
            "a busy mailbox is no objection"
        );
        series.refused_a_lane();
        assert_eq!(series.lesson(), Lesson::Nothing, "not settled yet");
        let settled = Moment {
            allowed: Some(5),
            ..moment(2)
        };
        series.look(Instant::now(), settled);
        series.look(Instant::now(), moment(3));
        assert_eq!(series.lesson(), Lesson::Allows(5), "still the best guess");
        assert_eq!(
            series.shown().sentence,
            "Your server seems to allow about 5 connections."
        );
    }
}
