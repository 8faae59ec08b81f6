//! The run of one that a test leaves in the history. It is entered before the first request, so that a
//! check of the same organization waits for it, and closing the program waits for its clean-up.

use std::sync::Arc;

use contract::{
    Cause, Expectation, Problem, RunAuthentication, RunId, RunProgress, RunState, Step, Summary,
    Verdict,
};
use exchange::StatsSnapshot;
use store::run_results::{self, NewResult, Outcome};
use store::runs::{self, NewRun, RunFinish, RunHeader, RunNumber};
use tokio::sync::watch;

use super::subject::{Checked, Subject};
use crate::activity::Kind;
use crate::checks::{Asking, Facts, Running, already_running, first_progress, id_bytes, info};
use crate::locks::RunLock;
use crate::problems::of_store;
use crate::stage::{Stage, run_lock};

/// The word in the history.
const SCOPE: &str = "service_account";

/// A run of one, going on.
pub(super) struct Record {
    pub(super) run: RunId,
    /// Turns true when the test is to stop: from its own window, or because the program closes.
    pub(super) cancel: watch::Sender<bool>,
    number: RunNumber,
    progress: watch::Sender<RunProgress>,
    ladder: watch::Sender<Vec<Step>>,
    ended: watch::Sender<bool>,
    /// Held until the end.
    lock: RunLock,
}

/// What is kept of a test.
pub(super) struct Kept {
    pub(super) state: RunState,
    pub(super) verdict: Verdict,
    pub(super) cause: Option<Cause>,
    pub(super) message: String,
    /// The request that decided.
    pub(super) asking: Asking,
    pub(super) facts: Facts,
    pub(super) wire: StatsSnapshot,
    pub(super) steps: Vec<Step>,
}

impl Record {
    /// Enters the run.
    ///
    /// # Errors
    /// [`contract::Code::AlreadyRunning`].
    pub(super) async fn begin(
        stage: &Arc<Stage>,
        subject: &Subject,
        checked: &Checked,
    ) -> Result<Self, Problem> {
        let id = subject.organization.as_ref().map(|(id, _)| *id);
        if let Some(other) = id.and_then(|id| stage.running.running(id)) {
            return Err(already_running(&other));
        }
        let run = RunId(uuid::Uuid::from_bytes(id_bytes(stage)).to_string());
        let lock = run_lock(stage, &run)?;
        let number = enter(stage, subject, checked, &run).await?;
        let total = Summary {
            total: 1,
            ..Summary::default()
        };
        let (cancel, _) = watch::channel(false);
        let (progress, told) = watch::channel(first_progress(&run, &total));
        let (ladder, steps) = watch::channel(Vec::new());
        let (ended, over) = watch::channel(false);
        let running = Running {
            pause: watch::channel(false).0,
            organization: id,
            cancel: cancel.clone(),
            progress: told,
            steps,
            load: watch::channel(contract::ServerLoad::default()).1,
            ended: over,
        };
        if let Err(other) = stage.running.enter(run.clone(), running) {
            let gone = run.clone();
            let removed = stage.db.write(move |tx| runs::remove(tx, &gone));
            removed.await.map_err(of_store)?;
            return Err(already_running(&other));
        }
        Ok(Self {
            run,
            cancel,
            number,
            progress,
            ladder,
            ended,
            lock,
        })
    }

    /// Shows the steps so far.
    pub(super) fn tell(&self, steps: &[Step]) {
        self.ladder.send_replace(steps.to_vec());
    }

    /// Keeps how it ended, and lets go.
    pub(super) async fn end(self, stage: &Arc<Stage>, subject: &Subject, kept: Kept) {
        let last = (kept.state, kept.cause);
        if let Err(problem) = self.save(stage, subject, kept).await {
            tracing::error!(%problem, "the run of an account test could not be saved");
        }
        self.progress.send_modify(|progress| {
            (progress.state, progress.cause) = last;
            progress.done = 1;
        });
        stage.running.leave(&self.run);
        drop(self.lock);
        self.ended.send_replace(true);
    }

    async fn save(&self, stage: &Arc<Stage>, subject: &Subject, kept: Kept) -> Result<(), Problem> {
        let (number, now) = (self.number, stage.now());
        let Kept {
            state,
            verdict,
            cause,
            message,
            asking,
            facts,
            wire,
            steps,
        } = kept;
        let row = Outcome {
            seq: 0,
            verdict,
            cause,
            ews_code: asking.ews_code.clone(),
            http_status: asking.http_status,
            attempts: u32::from(!asking.request_id.is_empty()),
            latency_ms: asking
                .answered
                .map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
            request_id: Some(asking.request_id).filter(|id| !id.is_empty()),
            message: Some(message.clone()),
            alias_of: None,
            folder_key: None,
            by_guid: false,
            folders: Vec::new(),
            checked_at: verdict.is_decided().then(|| now.clone()),
            evidence: None,
        };
        let header = header(&facts);
        let stopped = cause.filter(|_| state == RunState::Stopped);
        let organization = subject.organization.clone();
        let author = stage.author();
        let details = format!(
            "Service Account Access of {}: {}.",
            subject.fields.mailbox.trim(),
            verdict.as_str().replace('_', " ")
        );
        let kind = if state == RunState::Cancelled {
            Kind::CheckCanceled
        } else {
            Kind::CheckFinished
        };
        let saved = stage.db.write(move |tx| {
            run_results::record(tx, number, &[row])?;
            let summary = Summary {
                requests: wire.requests,
                connections: wire.connections,
                log_ons: wire.log_ons,
                ..run_results::summary(tx, number)?
            };
            runs::update_header(tx, number, &header)?;
            let finish = RunFinish {
                state,
                cause: stopped,
                message: Some(message),
                finished_at: now,
                summary,
                steps,
                warnings: facts.warnings,
            };
            runs::finish(tx, number, &finish)?;
            let organization = organization.as_ref().map(|(id, name)| (*id, name.as_str()));
            author.note(tx, kind, organization, details, None)?;
            Ok(())
        });
        saved.await.map_err(of_store)
    }
}

fn header(facts: &Facts) -> RunHeader {
    let authentication = RunAuthentication {
        server_version: facts
            .server_version
            .clone()
            .or(facts.authentication.server_version.clone()),
        ..facts.authentication.clone()
    };
    RunHeader {
        auth: facts.auth.clone(),
        server_version: facts.server_version.clone(),
        certificates: Some(facts.chain.iter().map(info).collect()),
        offered: Some(facts.authentication.offered.clone()),
        authentication: Some(authentication),
        ..RunHeader::default()
    }
}

async fn enter(
    stage: &Arc<Stage>,
    subject: &Subject,
    checked: &Checked,
    run: &RunId,
) -> Result<RunNumber, Problem> {
    let organization = subject.organization.clone();
    let header = NewRun {
        id: run.clone(),
        organization: organization.as_ref().map(|(id, _)| *id),
        organization_name: organization.as_ref().map(|(_, name)| name.clone()),
        started_at: stage.now(),
        ews_url: subject.plan.ews_url.clone(),
        account: subject.plan.account.clone(),
        auth: subject.plan.authentication.as_str().to_owned(),
        scope: SCOPE.to_owned(),
        fingerprint: subject.fingerprint.clone(),
        draft: subject.draft,
        options: serde_json::to_value(&subject.plan)
            .map_err(|e| crate::problems::internal("noting the settings of the test", &e))?,
    };
    let row = NewResult {
        mailbox: checked.mailbox.as_str().to_owned(),
        identity: None,
        name: String::new(),
        kind: None,
        user: None,
        expectation: Expectation::MustOpen,
        listed_guid: None,
        decided: None,
    };
    let author = stage.author();
    let details = format!(
        "Service Account Access of {} as {} against {}.",
        row.mailbox, header.account, header.ews_url
    );
    let entered = stage.db.write(move |tx| {
        let number = runs::create(tx, &header)?;
        run_results::add(tx, number, 0, &[row])?;
        let organization = organization.as_ref().map(|(id, name)| (*id, name.as_str()));
        author.note(tx, Kind::CheckStarted, organization, details, None)?;
        Ok(number)
    });
    entered.await.map_err(of_store)
}
