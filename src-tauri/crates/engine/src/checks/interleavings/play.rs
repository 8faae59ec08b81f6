//! One program after the other on one data folder, each on a runtime of its own with the clock
//! paused: a kill drops the runtime, and what was not saved with it.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use contract::{
    Authentication, Cause, Expectation, IdentifyBy, ResultRow, RunId, RunProgress, RunState,
    Secret, ServerLoad, Summary, TlsTrust, Verdict,
};
use store::Db;
use store::run_results::{self, NewResult};
use store::runs::{self, NewRun, RunNumber};
use tokio::sync::watch;
use tokio::time::Instant;

use super::super::conductor::{Conductor, Listeners, Orders};
use super::super::finish::{self, Context};
use super::super::guard::Watched;
use super::super::redact::Redactor;
use super::super::server_load::LoadSeries;
use super::super::spec::{Access, RunSpec};
use super::super::{Guard, Plan, ProxyChoice, SendAgain, first_progress};
use super::world::{Mailbox, Room, World, address};
use crate::adapters::MemoryVault;
use crate::ports::{Clock, Dice};
use crate::stage::{Parts, Stage};

/// Longest time to cancel a run.
const CANCEL: Duration = Duration::from_millis(200);

/// One program.
#[derive(Debug, Clone)]
pub(super) struct Session {
    /// After so many milliseconds a pause of so many.
    pub(super) pauses: Vec<(u64, u64)>,
    pub(super) ending: Ending,
}

/// How it ends, after so many milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Killed(u64),
    Canceled(u64),
    /// With the run.
    Done,
}

/// What is said of a mailbox in the end.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Said {
    pub(super) mailbox: String,
    pub(super) verdict: Option<Verdict>,
    pub(super) cause: Option<Cause>,
    pub(super) alias_of: Option<String>,
}

pub(super) type Verdicts = Vec<Said>;

/// How it ended.
pub(super) struct Outcome {
    pub(super) end: (RunState, Option<Cause>),
    pub(super) rows: Verdicts,
    pub(super) violations: Vec<String>,
}

/// Plays a run in as many programs as there are sessions, and one more that nobody disturbs.
pub(super) fn play(list: &[Mailbox], lanes: u32, seed: u64, sessions: &[Session]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(list, lanes, seed);
    let calm = Session {
        pauses: Vec::new(),
        ending: Ending::Done,
    };
    let mut goes_on = true;
    for session in sessions.iter().chain([&calm]) {
        if goes_on {
            goes_on = program(folder.path(), &world, list, lanes, session);
        }
    }
    let (end, rows) = on_a_runtime(async {
        let db = Db::open(folder.path()).unwrap();
        assert_eq!(db.check_integrity().await.unwrap(), Vec::<String>::new());
        let rows = rows(&db).await;
        let stored = db.read(|tx| runs::show(tx, &id())).await.unwrap().unwrap();
        ((stored.row.state, stored.row.cause), rows)
    });
    let said = |row: ResultRow| Said {
        mailbox: row.mailbox,
        verdict: row.verdict,
        cause: row.cause,
        alias_of: row.alias_of,
    };
    Outcome {
        end,
        rows: rows.into_iter().map(said).collect(),
        violations: world.violations(),
    }
}

fn on_a_runtime<T>(work: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build().unwrap();
    runtime.block_on(work)
}

fn id() -> RunId {
    RunId("0199a000-0000-7000-8000-000000000001".to_owned())
}

async fn rows(db: &Db) -> Vec<ResultRow> {
    let rows = db.read(|tx| match runs::number(tx, &id())? {
        Some(number) => run_results::each(tx, number, -1, 1_000),
        None => Ok(Vec::new()),
    });
    rows.await
        .unwrap()
        .into_iter()
        .map(|(row, _)| row)
        .collect()
}

/// One program; whether the run can still go on after it.
fn program(
    folder: &Path,
    world: &Arc<World>,
    list: &[Mailbox],
    lanes: u32,
    session: &Session,
) -> bool {
    on_a_runtime(async {
        let stage = stage(folder);
        let before = rows(&stage.db).await;
        let decided = |row: &&ResultRow| {
            !matches!(
                row.verdict,
                None | Some(Verdict::Undetermined | Verdict::NotChecked)
            )
        };
        let decided = before.iter().filter(decided);
        world.begin(decided.map(|row| row.mailbox.clone()).collect());
        let Some((number, recorded, twice)) = enter(&stage.db, list).await else {
            return false;
        };
        let (cancel, cancelled) = watch::channel(false);
        let (pause, paused) = watch::channel(false);
        let conductor = conductor(
            &stage,
            world,
            lanes,
            (number, &recorded, twice),
            Orders { cancelled, paused },
        )
        .await;
        let context = Context {
            stage: Arc::clone(&stage),
            organization: None,
            events: None,
        };
        let run = tokio::spawn(finish::play(conductor, context));
        let ended = disturb(world, session, run, &cancel, &pause).await;
        if let Some(problem) = ended.flatten() {
            world.note(format!("it broke down: {problem:?}"));
        }
        for row in rows(&stage.db).await {
            judge(world, list, &row);
        }
        true
    })
}

/// Never more than five attempts for one word, and never a refusal where nobody refused.
fn judge(world: &World, list: &[Mailbox], row: &ResultRow) {
    let of = (0..list.len())
        .find(|n| address(*n) == row.mailbox)
        .unwrap();
    let denied = list[of].last == super::world::Last::Denied;
    if row.verdict == Some(Verdict::Refused) && !denied {
        world.note(format!("{row:?} was never refused"));
    }
    if row.attempts
        > if denied || list[of].alias_of.is_some() || of == 0 {
            10
        } else {
            5
        }
    {
        world.note(format!("{row:?} took too many attempts"));
    }
}

/// Does to it what the session says; `None`: it was killed.
async fn disturb(
    world: &World,
    session: &Session,
    mut run: tokio::task::JoinHandle<Option<contract::Problem>>,
    cancel: &watch::Sender<bool>,
    pause: &watch::Sender<bool>,
) -> Option<Option<contract::Problem>> {
    let pauses = async {
        for (after, lasts) in &session.pauses {
            tokio::time::sleep(Duration::from_millis(*after)).await;
            pause.send_replace(true);
            world.paused(true);
            tokio::time::sleep(Duration::from_millis(*lasts)).await;
            world.paused(false);
            pause.send_replace(false);
        }
        std::future::pending::<()>().await;
    };
    let end = async {
        match session.ending {
            Ending::Killed(after) | Ending::Canceled(after) => {
                tokio::time::sleep(Duration::from_millis(after)).await;
            }
            Ending::Done => std::future::pending().await,
        }
    };
    tokio::select! {
        ended = &mut run => return Some(ended.unwrap()),
        () = pauses => {}
        () = end => {}
    }
    world.paused(false);
    if matches!(session.ending, Ending::Killed(_)) {
        // The runtime goes with everything on it as soon as this returns.
        run.abort();
        return None;
    }
    let canceled = Instant::now();
    cancel.send_replace(true);
    let ended = run.await.unwrap();
    if canceled.elapsed() > CANCEL {
        world.note(format!("canceling took {:?}", canceled.elapsed()));
    }
    Some(ended)
}

/// Enters the run, or goes on with it: its number, what is recorded, whom it asked twice. `None`: it
/// is complete.
async fn enter(db: &Db, list: &[Mailbox]) -> Option<(RunNumber, Summary, HashSet<i64>)> {
    let new: Vec<NewResult> = list.iter().enumerate().map(new_row).collect();
    let entered = db.write(move |tx| {
        let Some(number) = runs::number(tx, &id())? else {
            let number = runs::create(tx, &header())?;
            run_results::add(tx, number, 0, &new)?;
            return Ok(Some((
                number,
                run_results::summary(tx, number)?,
                HashSet::new(),
            )));
        };
        runs::mark_interrupted(tx, &[])?;
        let state = runs::show(tx, &id())?.map(|stored| stored.row.state);
        if state == Some(RunState::Complete) {
            return Ok(None);
        }
        runs::resume(tx, number)?;
        run_results::reopen(tx, number)?;
        let twice = if state == Some(RunState::Incomplete) {
            let denied = "ErrorImpersonateUserDenied";
            let rows = run_results::refused_must_open(tx, number, denied, -1, 1_000)?;
            rows.into_iter().map(|row| row.seq).collect()
        } else {
            HashSet::new()
        };
        Ok(Some((number, run_results::summary(tx, number)?, twice)))
    });
    entered.await.unwrap()
}

fn new_row((n, mailbox): (usize, &Mailbox)) -> NewResult {
    NewResult {
        mailbox: address(n),
        identity: None,
        name: format!("User {n}"),
        kind: None,
        user: None,
        expectation: if mailbox.canary {
            Expectation::MustRefuse
        } else {
            Expectation::MustOpen
        },
        listed_guid: None,
        decided: None,
    }
}

fn header() -> NewRun {
    NewRun {
        id: id(),
        organization: None,
        organization_name: None,
        started_at: "2026-11-22T12:00:00.000Z".to_owned(),
        ews_url: plan().ews_url,
        account: plan().account,
        auth: "basic".to_owned(),
        scope: "users".to_owned(),
        fingerprint: String::new(),
        draft: false,
        options: serde_json::Value::Null,
    }
}

fn plan() -> Plan {
    Plan {
        ews_url: "https://mail.contoso.com/EWS/Exchange.asmx".to_owned(),
        account: "CONTOSO\\svc-ews".to_owned(),
        authentication: Authentication::Basic,
        tls_trust: TlsTrust::System,
        identify_by: IdentifyBy::Smtp,
        folders: vec!["inbox".to_owned()],
        concurrency: None,
        timeout_seconds: 30,
        resolve: Vec::new(),
        proxy: ProxyChoice::default(),
        approach: crate::checks::Approach::default(),
    }
}

async fn conductor(
    stage: &Arc<Stage>,
    world: &Arc<World>,
    lanes: u32,
    (number, recorded, asked_twice): (RunNumber, &Summary, HashSet<i64>),
    orders: Orders,
) -> Conductor {
    let password = Secret::new("Practice-Pa55!".to_owned());
    let plan = plan();
    let watched = Watched::begin(stage, &plan, &password, SendAgain::Yes).await;
    let access = Access {
        account: plan.account.clone(),
        authentication: plan.authentication,
        approach: plan.approach,
        graph: None,
        identify_by: plan.identify_by,
        folders: vec![ews::DistinguishedFolder::Inbox],
        url: plan.ews_url.clone(),
        host: "mail.contoso.com".to_owned(),
        port: 443,
        secure: true,
        trust: "of the system".to_owned(),
        proxied: false,
        mailroom: Arc::new(Room(Arc::clone(world))),
        token_carried: None,
        password: Arc::new(watched.unwrap()),
        redactor: Arc::new(Redactor::new(&plan.account, password.expose())),
        clock: Arc::clone(&stage.clock),
        dice: Arc::clone(&stage.dice),
    };
    let (load, _) = LoadSeries::new(lanes, &ServerLoad::default());
    let spec = RunSpec {
        run: id(),
        number,
        ceiling: lanes,
        asked_twice,
        rooms: false,
        learned: None,
        load,
        access: Arc::new(access),
    };
    let done = recorded.granted + recorded.refused + recorded.no_mailbox + recorded.unusable;
    let pending = recorded.total - (done + recorded.undetermined + recorded.not_checked);
    let told: RunProgress = first_progress(&id(), recorded);
    let (progress, _) = watch::channel(told);
    let (ladder, _) = watch::channel(Vec::new());
    let listeners = Listeners {
        events: None,
        progress,
        ladder,
    };
    Conductor::new(spec, stage.db.clone(), recorded, pending, orders, listeners)
}

fn stage(folder: &Path) -> Arc<Stage> {
    Arc::new(Stage::new(Parts {
        db: Db::open(folder).unwrap(),
        vault: Arc::new(MemoryVault::default()),
        clock: Arc::new(Paused(Instant::now())),
        dice: Arc::new(Counter(AtomicU64::new(1))),
        folder: None,
        downloads: None,
        guard: Guard::new(None),
        names: None,
        practice: false,
    }))
}

/// Wall-clock time that goes with the paused clock.
struct Paused(Instant);

impl Clock for Paused {
    fn now(&self) -> jiff::Timestamp {
        let since = jiff::SignedDuration::try_from(self.0.elapsed()).unwrap();
        let began: jiff::Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        began.checked_add(since).unwrap()
    }
}

/// Dice that fall differently every time, and the same in every run.
struct Counter(AtomicU64);

impl Dice for Counter {
    fn roll(&self) -> [u8; 16] {
        let n = self.0.fetch_add(1, Relaxed);
        u128::from(n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).to_le_bytes()
    }
}
