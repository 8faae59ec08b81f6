//! Starting a run: the list goes into the database, then the conductor plays it on a task of its own.

use std::collections::HashSet;
use std::sync::Arc;

use contract::{
    CheckScope, Code, OrganizationId, Problem, RunId, RunProgress, RunState, Secret, ServerLoad,
    Summary,
};
use store::learned_loads::Learned;
use store::run_results;
use store::runs::{self, NewRun, RunFinish, RunNumber, StoredRun};
use tokio::sync::{mpsc, watch};

use super::conductor::{Conductor, Listeners, Orders};
use super::enter::{enter, mark_cut_off, refuse_second};
use super::finish::{self, Context};
use super::guard::Watched;
use super::load::{Canary, List};
use super::plan::{Approach, Plan};
use super::running::Running;
use super::sending::Sending;
use super::server_load::{LoadSeries, learned_about};
use super::spec::{Access, RunSpec};
use super::writer::RunEvent;
use crate::discovery::Found;
use crate::locks::RunLock;
use crate::stage::{Stage, run_lock};

/// Rows that may wait for whoever streams a run.
const STREAM: usize = 1_000;

/// A run to start.
pub struct Audit {
    /// How to reach Exchange.
    pub plan: Plan,
    /// The password; in memory for this run only.
    pub password: Secret,
    /// Which mailboxes.
    pub mailboxes: Mailboxes,
    /// Further mailboxes that must be refused.
    pub canaries: Vec<Canary>,
    /// The organization it belongs to, with its name.
    pub organization: Option<(OrganizationId, String)>,
    /// Fingerprint of the settings; empty for a one-off audit.
    pub fingerprint: String,
    /// The settings are not saved.
    pub draft: bool,
    /// Hand out rows as they are decided.
    pub stream: bool,
}

/// Which mailboxes.
pub enum Mailboxes {
    /// None but the canaries.
    None,
    /// A user list.
    List(List),
    /// So many mailboxes of a user list, drawn at random; at least 1.
    Sample(List, u64),
    /// Users of the organization.
    Scope(CheckScope),
}

/// A run that goes on.
pub struct StartedCheck {
    /// Its id.
    pub run: RunId,
    /// How far it is; the last value is the final one.
    pub progress: watch::Receiver<RunProgress>,
    /// Rows as they are decided, where asked for. Must be drained: a full stream holds the run back.
    pub events: Option<mpsc::Receiver<RunEvent>>,
    stage: Arc<Stage>,
    ended: watch::Receiver<bool>,
    cut_off: watch::Receiver<Option<Problem>>,
}

impl StartedCheck {
    /// Cancels at once; what is decided stays.
    pub fn cancel(&self) {
        if let Some(check) = self.stage.running.find(&self.run) {
            check.cancel.send_replace(true);
        }
    }

    /// Waits for the end.
    pub async fn ended(&mut self) {
        // An error means that the run's task is gone: then it has ended as well.
        let _ = self.ended.wait_for(|ended| *ended).await;
    }

    /// What cut the run off before its time: nothing can be saved any more. Known when it has ended.
    #[must_use]
    pub fn cut_off(&self) -> Option<Problem> {
        self.cut_off.borrow().clone()
    }
}

/// Starts a run.
///
/// # Errors
/// Bad input costs no request and leaves nothing behind: [`Code::Invalid`], [`Code::BadList`],
/// [`Code::BadCertificate`], [`Code::AlreadyRunning`], [`Code::PasswordRefused`].
pub(crate) async fn start(
    stage: &Arc<Stage>,
    audit: Audit,
    sending: Sending,
    found: Option<Found>,
) -> Result<StartedCheck, Problem> {
    let Audit {
        plan,
        password,
        mailboxes,
        canaries,
        organization,
        fingerprint,
        draft,
        stream,
    } = audit;
    plan.served()?;
    let wire = plan.wire(stage, &password, &sending)?;
    plan.folders()?;
    let watched = Watched::begin(stage, &plan, &password, sending.again).await?;
    drop(password);
    let run = RunId(uuid::Uuid::from_bytes(id_bytes(stage)).to_string());
    let scope = scope_word(&mailboxes);
    // Once for a whole organization: a list or a re-check is about its mailboxes.
    let whole = matches!(mailboxes, Mailboxes::Scope(CheckScope::All));
    let rooms = whole && plan.approach == Approach::Account;
    let header = NewRun {
        id: run.clone(),
        organization: organization.as_ref().map(|(id, _)| *id),
        organization_name: organization.as_ref().map(|(_, name)| name.clone()),
        started_at: stage.now(),
        ews_url: plan.ews_url.clone(),
        account: plan.account.clone(),
        auth: plan.authentication.as_str().to_owned(),
        scope: scope.to_owned(),
        fingerprint,
        draft,
        options: serde_json::to_value(&plan)
            .map_err(|e| crate::problems::internal("noting the settings of the run", &e))?,
    };
    let lock = run_lock(stage, &run)?;
    let (number, recorded) = enter(stage, header, &plan, mailboxes, canaries).await?;
    let asked_twice = HashSet::new();
    begin(
        stage,
        Entered {
            run,
            number,
            recorded,
            lock,
            resumed: false,
            asked_twice,
            rooms,
            found,
        },
        &plan,
        (wire, watched),
        stream,
    )
    .await
}

/// Goes on with a run that was cut off: decided rows are not asked again.
///
/// # Errors
/// [`Code::NotFound`], [`Code::NotAllowed`] for a complete run, [`Code::AlreadyRunning`],
/// [`Code::PasswordRefused`].
pub(crate) async fn resume(
    stage: &Arc<Stage>,
    run: &RunId,
    password: &Secret,
    sending: Sending,
    stream: bool,
) -> Result<StartedCheck, Problem> {
    finish::make_up(stage, run).await?;
    if let Some(folder) = &stage.folder {
        mark_cut_off(stage, folder).await?;
    }
    let stored = super::commands::stored(stage, run).await?;
    if stored.row.state == RunState::Complete {
        return Err(Problem::new(
            Code::NotAllowed,
            "This run is complete; there is nothing to go on with.",
        ));
    }
    let plan = plan_of(&stored)?;
    let wire = plan.wire(stage, password, &sending)?;
    plan.folders()?;
    if let Some(other) = stored
        .row
        .organization
        .and_then(|id| stage.running.running(id))
    {
        return Err(already_running(&other));
    }
    let watched = Watched::begin(stage, &plan, password, sending.again).await?;
    let number = stored.number();
    let lock = run_lock(stage, run)?;
    // A run that came to its end has asked for the second time whom it refused (ruling 4).
    let had_its_end = stored.row.state == RunState::Incomplete;
    let (own, organization) = (run.clone(), stored.row.organization);
    let reopened = stage.write(move |tx| {
        refuse_second(tx, organization, &own)?;
        runs::resume(tx, number)?;
        run_results::reopen(tx, number)?;
        let refused = if had_its_end {
            refused(tx, number)?
        } else {
            HashSet::new()
        };
        Ok((run_results::summary(tx, number)?, refused))
    });
    let (rows, asked_twice) = reopened.await?;
    let whole = stored.row.organization.is_some() && stored.row.scope == "all";
    let rooms = whole && plan.approach == Approach::Account;
    // What went over the wire before counts as well.
    let before = stored.row.summary;
    let recorded = Summary {
        requests: before.requests,
        connections: before.connections,
        log_ons: before.log_ons,
        retries: before.retries,
        ..rows
    };
    let run = run.clone();
    begin(
        stage,
        Entered {
            run,
            number,
            recorded,
            lock,
            resumed: true,
            asked_twice,
            rooms,
            found: None,
        },
        &plan,
        (wire, watched),
        stream,
    )
    .await
}

/// The plan of a run that was started earlier.
///
/// # Errors
/// [`Code::Internal`] when it cannot be read.
pub(super) fn plan_of(stored: &StoredRun) -> Result<Plan, Problem> {
    serde_json::from_value(stored.options.clone())
        .map_err(|e| crate::problems::internal("reading the settings of the run", &e))
}

/// A run whose rows are in the database.
struct Entered {
    run: RunId,
    number: RunNumber,
    recorded: Summary,
    lock: RunLock,
    /// It goes on with an earlier part.
    resumed: bool,
    asked_twice: HashSet<i64>,
    /// It looks for room lists at its end.
    rooms: bool,
    /// How its URL was found, where it was looked for.
    found: Option<Found>,
}

/// Every refused row.
fn refused(tx: &store::Tx<'_>, run: RunNumber) -> Result<HashSet<i64>, store::StoreError> {
    let denied = "ErrorImpersonateUserDenied";
    let rows = run_results::refused_must_open(tx, run, denied, -1, i64::MAX.unsigned_abs())?;
    Ok(rows.into_iter().map(|row| row.seq).collect())
}

pub(crate) fn already_running(run: &RunId) -> Problem {
    Problem::new(
        Code::AlreadyRunning,
        "A check of this organization is already running.",
    )
    .hint(format!("Wait for it or cancel it (run {run})."))
}

async fn begin(
    stage: &Arc<Stage>,
    entered: Entered,
    plan: &Plan,
    (wire, watched): (super::lanes::Wire, Watched),
    stream: bool,
) -> Result<StartedCheck, Problem> {
    let Entered {
        run,
        number,
        recorded,
        lock,
        resumed,
        asked_twice,
        rooms,
        found,
    } = entered;
    let watched = Arc::new(watched);
    let access = Arc::new(Access::new(stage, plan, wire, Arc::clone(&watched))?);
    let (stored, before, learned) = known(stage, &run, number, &plan.ews_url).await?;
    let organization = stored.as_ref().and_then(|stored| stored.row.organization);
    let ceiling = plan.concurrency.unwrap_or(10);
    let (series, load) = LoadSeries::new(ceiling, &before);
    let (cancel, cancelled) = watch::channel(false);
    let (pause, paused) = watch::channel(false);
    let (tell, progress) = watch::channel(first_progress(&run, &recorded));
    let (ladder, steps) = watch::channel(Vec::new());
    let (end, ended) = watch::channel(false);
    let (tell_why, cut_off) = watch::channel(None);
    let entered = stage.running.enter(
        run.clone(),
        Running {
            organization,
            cancel,
            pause,
            progress: progress.clone(),
            steps,
            load,
            ended: ended.clone(),
        },
    );
    if let Err(other) = entered {
        if resumed {
            put_back(stage, number, &recorded).await;
        } else {
            abandon(stage, &run).await;
        }
        return Err(already_running(&other));
    }
    let (events, stream) = if stream {
        let (send, receive) = mpsc::channel(STREAM);
        (Some(send), Some(receive))
    } else {
        (None, None)
    };
    let spec = RunSpec {
        run: run.clone(),
        number,
        ceiling,
        asked_twice,
        rooms,
        learned: learned.map(|learned| learned.allowed),
        load: series,
        access,
    };
    let named = stored.and_then(|stored| stored.row.organization.zip(stored.row.organization_name));
    let context = Context {
        stage: Arc::clone(stage),
        organization: named,
        events: events.clone(),
    };
    let mut conductor = Conductor::new(
        spec,
        stage.db.clone(),
        &recorded,
        pending(&recorded),
        Orders { cancelled, paused },
        Listeners {
            events,
            progress: tell,
            ladder,
        },
    );
    conductor.facts.discovery = found.map(Into::into);
    let (keeper, id, last) = (Arc::clone(stage), run.clone(), progress.clone());
    tokio::spawn(async move {
        tell_why.send_replace(Box::pin(finish::play(conductor, context)).await);
        let last = last.borrow().clone();
        watched.end(&keeper, &last).await;
        keeper.running.leave(&id);
        drop(lock);
        end.send_replace(true);
    });
    Ok(StartedCheck {
        run,
        progress,
        events: stream,
        stage: Arc::clone(stage),
        ended,
        cut_off,
    })
}

/// What is stored of a run, what an earlier part of it did to the server, and what is learned about that.
async fn known(
    stage: &Stage,
    run: &RunId,
    number: RunNumber,
    url: &str,
) -> Result<(Option<StoredRun>, ServerLoad, Option<Learned>), Problem> {
    let (run, url) = (run.clone(), url.to_owned());
    let read = stage.db.read(move |tx| {
        let stored = runs::show(tx, &run)?;
        let before = runs::load(tx, number)?.unwrap_or_default();
        let organization = stored.as_ref().and_then(|stored| stored.row.organization);
        let learned = match organization {
            Some(organization) => learned_about(tx, organization, &url)?,
            None => None,
        };
        Ok((stored, before, learned))
    });
    read.await.map_err(crate::problems::of_store)
}

/// Rows without a verdict.
fn pending(recorded: &Summary) -> u64 {
    let done = recorded.granted + recorded.refused + recorded.no_mailbox + recorded.unusable;
    let open = done + recorded.undetermined + recorded.not_checked;
    recorded.total.saturating_sub(open)
}

/// A run that could not go on after all can be resumed again.
async fn put_back(stage: &Arc<Stage>, run: RunNumber, recorded: &Summary) {
    let finish = RunFinish {
        state: RunState::Interrupted,
        cause: None,
        message: None,
        finished_at: stage.now(),
        summary: recorded.clone(),
        steps: Vec::new(),
        warnings: Vec::new(),
    };
    if let Err(error) = stage
        .db
        .write(move |tx| runs::finish(tx, run, &finish))
        .await
    {
        tracing::warn!(%error, "a run that did not go on could not be marked");
    }
}

async fn abandon(stage: &Arc<Stage>, run: &RunId) {
    let run = run.clone();
    if let Err(error) = stage.db.write(move |tx| runs::remove(tx, &run)).await {
        tracing::warn!(%error, "a run that did not start could not be removed");
    }
}

pub(crate) fn first_progress(run: &RunId, recorded: &Summary) -> RunProgress {
    RunProgress {
        run: run.clone(),
        state: RunState::Running,
        cause: None,
        done: 0,
        total: recorded.total,
        findings: recorded.findings,
        rate: 0.0,
        eta_seconds: None,
        waiting_until: None,
        waiting: 0,
        lanes: 0,
        paused: false,
        summary: recorded.clone(),
    }
}

const fn scope_word(mailboxes: &Mailboxes) -> &'static str {
    match mailboxes {
        Mailboxes::Scope(CheckScope::Users { .. }) => "users",
        Mailboxes::Scope(CheckScope::FailedOnly) => "failed_only",
        Mailboxes::Scope(CheckScope::Cause { .. }) => "cause",
        Mailboxes::Sample(..) | Mailboxes::Scope(CheckScope::Sample { .. }) => "sample",
        Mailboxes::Scope(CheckScope::Address { .. }) => "address",
        _ => "all",
    }
}

/// A version 7 UUID (RFC 9562 §5.7) from our own clock and dice, so that tests can fix both.
pub(crate) fn id_bytes(stage: &Stage) -> [u8; 16] {
    let millis = u64::try_from(stage.clock.now().as_millisecond()).unwrap_or_default();
    let roll = stage.dice.roll();
    let mut random = [0; 10];
    random.copy_from_slice(&roll[..10]);
    uuid::Builder::from_unix_timestamp_millis(millis, &random)
        .into_uuid()
        .into_bytes()
}
