//! The commands around checks: start, cancel, watch, read, export.

use std::sync::Arc;

use contract::{
    CauseCard, CheckPassword, Code, Expectation, ExportFormat, ExportRun, ExportedFile,
    FolderResult, NoArgs, OrganizationRow, Problem, ResultDetail, ResultRef, ResultRow,
    ResultsPage, ResultsQuery, RunId, RunPage, RunProgress, RunRef, RunRow, RunState, RunsQuery,
    Secret, StartCheck, Verdict,
};
use store::run_results;
use store::runs::{self, StoredRun};
use tokio::sync::watch;

use super::export::Export;
use super::guard::SendAgain;
use super::load::Canary;
use super::plan::Plan;
use super::sending::{Sending, for_proxy, password_needed, stored_password};
use super::settings::for_check;
use super::start::{self, Audit, Mailboxes, StartedCheck};
use crate::Engine;
use crate::diagnosis::explanation::explanation;
use crate::diagnosis::remedy::{Names, remedy};
use crate::diagnosis::wording::{Words, title};
use crate::problems::of_store;
use crate::stage::Stage;

/// Addresses shown on a cause card.
const EXAMPLES: u64 = 5;

impl Engine {
    /// Starts a check on the form as it stands.
    ///
    /// # Errors
    /// As [`Engine::start_audit`]; [`Code::PasswordNeeded`]; [`Code::Offline`].
    pub async fn check_start(&self, request: StartCheck) -> Result<RunRef, Problem> {
        let stage = self.stage();
        let typed = match request.password {
            CheckPassword::Typed { password } if !password.is_empty() => Some(password),
            _ => None,
        };
        let settings = for_check(self, request.organization, request.form, typed.as_ref()).await?;
        let password = match typed {
            Some(typed) => typed,
            None => stored_password(&stage, &settings.row, &settings.plan).await?,
        };
        let again = if request.send_again {
            SendAgain::Yes
        } else {
            SendAgain::Ask
        };
        let proxy = request.proxy_password;
        let proxy_password = for_proxy(&stage, settings.row.id, &settings.plan, proxy).await?;
        let sending = Sending {
            again,
            proxy_password,
        };
        let audit = Audit {
            plan: settings.plan,
            password,
            mailboxes: Mailboxes::Scope(request.scope),
            canaries: Vec::new(),
            organization: Some((settings.row.id, settings.row.name)),
            fingerprint: settings.fingerprint,
            draft: settings.draft,
            stream: false,
        };
        let started = start::start(&stage, audit, sending).await?;
        Ok(RunRef { run: started.run })
    }

    /// Starts a run: of an organization, or a one-off audit of a list.
    ///
    /// # Errors
    /// Bad input costs no request and leaves nothing behind: [`Code::Invalid`], [`Code::BadList`],
    /// [`Code::BadCertificate`], [`Code::AlreadyRunning`], [`Code::PasswordRefused`].
    pub async fn start_audit(&self, audit: Audit) -> Result<StartedCheck, Problem> {
        start::start(&self.stage(), audit, self.sending.clone()).await
    }

    /// A run of a stored organization, with its saved settings, of its users or of a list;
    /// `password`: where it is not in the key store.
    ///
    /// # Errors
    /// As [`Engine::check_start`].
    pub async fn audit_organization(
        &self,
        row: &OrganizationRow,
        password: Option<Secret>,
        mailboxes: Mailboxes,
        canaries: Vec<Canary>,
        adjust: impl FnOnce(&mut Plan) + Send,
        stream: bool,
    ) -> Result<StartedCheck, Problem> {
        let stage = self.stage();
        let mut settings = for_check(self, row.id, None, password.as_ref()).await?;
        adjust(&mut settings.plan);
        let password = match password {
            Some(password) => password,
            None => stored_password(&stage, &settings.row, &settings.plan).await?,
        };
        let sending = self
            .sending_of(&stage, Some(row.id), &settings.plan)
            .await?;
        let audit = Audit {
            plan: settings.plan,
            password,
            mailboxes,
            canaries,
            organization: Some((settings.row.id, settings.row.name)),
            fingerprint: settings.fingerprint,
            draft: settings.draft,
            stream,
        };
        start::start(&stage, audit, sending).await
    }

    /// Goes on with a run that was cut off. `None`: the newest of all.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::NotAllowed`] for a complete run; [`Code::PasswordNeeded`].
    pub async fn resume_run(
        &self,
        run: Option<RunId>,
        password: Option<Secret>,
        stream: bool,
    ) -> Result<StartedCheck, Problem> {
        let stage = self.stage();
        let run = match run {
            Some(run) => run,
            None => stage
                .db
                .read(|tx| runs::latest(tx, None))
                .await
                .map_err(of_store)?
                .ok_or_else(|| Problem::new(Code::NotFound, "There is no run yet."))?,
        };
        let found = stored(&stage, &run).await?;
        let plan = start::plan_of(&found)?;
        let row = found.row;
        let password = match (password, row.organization) {
            (Some(password), _) => password,
            (None, _) if !plan.wants_password() => Secret::new(String::new()),
            (None, Some(organization)) => stage
                .password(organization)
                .await?
                .ok_or_else(|| password_needed(&row.account))?,
            (None, None) => return Err(password_needed(&row.account)),
        };
        let sending = self.sending_of(&stage, row.organization, &plan).await?;
        start::resume(&stage, &run, &password, sending, stream).await
    }

    /// Cancels a check at once; what is decided stays.
    ///
    /// # Errors
    /// None: a run that has ended needs no cancelling.
    pub async fn check_cancel(&self, request: RunRef) -> Result<NoArgs, Problem> {
        if let Some(check) = self.stage().running.find(&request.run) {
            check.cancel.send_replace(true);
            let mut ended = check.ended.clone();
            // An error means that the run's task is gone: then it has ended as well.
            let _ = ended.wait_for(|ended| *ended).await;
        }
        Ok(NoArgs {})
    }

    /// How far a run is, as it changes; at most ten a second. The last value is the final one.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn watch_run(&self, run: &RunId) -> Result<watch::Receiver<RunProgress>, Problem> {
        let stage = self.stage();
        if let Some(check) = stage.running.find(run) {
            return Ok(check.progress.clone());
        }
        let (_, last) = watch::channel(final_progress(&stored(&stage, run).await?));
        Ok(last)
    }

    /// How far a run is.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn run_progress(&self, request: RunRef) -> Result<RunProgress, Problem> {
        Ok(self.watch_run(&request.run).await?.borrow().clone())
    }

    /// Runs, newest first.
    ///
    /// # Errors
    /// [`Code::Internal`].
    pub async fn runs_list(&self, query: RunsQuery) -> Result<Vec<RunRow>, Problem> {
        self.stage()
            .db
            .read(move |tx| runs::list(tx, &query))
            .await
            .map_err(of_store)
    }

    /// One run with its causes and steps.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn run_show(&self, request: RunRef) -> Result<RunPage, Problem> {
        let stage = self.stage();
        let stored = stored(&stage, &request.run).await?;
        let number = stored.number();
        let groups = stage
            .db
            .read(move |tx| run_results::cause_groups(tx, number, EXAMPLES))
            .await
            .map_err(of_store)?;
        let (host, port) = host_of(&stored.row.ews_url);
        let words = words(&stored, &host);
        let causes = groups
            .into_iter()
            // A canary that was refused is as it must be: nothing is to be changed.
            .filter(|group| {
                group.expectation == Expectation::MustOpen || group.verdict != Verdict::Refused
            })
            .map(|group| {
                let mailbox = group.examples.first().map(String::as_str);
                let names = Names {
                    account: &stored.row.account,
                    mailbox,
                    host: &host,
                    port,
                };
                CauseCard {
                    cause: group.cause,
                    count: group.count,
                    verdict: group.verdict,
                    finding: group.finding,
                    title: title(group.cause).to_owned(),
                    explanation: explanation(group.cause, &words),
                    blame: group.cause.blame(),
                    reasons: Vec::new(),
                    evidence: Vec::new(),
                    remedy: remedy(group.cause, &names),
                    alternatives: Vec::new(),
                    examples: group.examples.clone(),
                }
            })
            .collect();
        let progress = match stage.running.find(&request.run) {
            Some(check) => check.progress.borrow().clone(),
            None => final_progress(&stored),
        };
        let StoredRun {
            row,
            steps,
            certificates,
            offered,
            authentication,
            ..
        } = stored;
        let row = RunRow {
            summary: progress.summary.clone(),
            ..row
        };
        let going_on = steps.is_empty() && progress.state == RunState::Running;
        let steps = if going_on {
            super::steps::so_far(&progress)
        } else {
            steps
        };
        Ok(RunPage {
            row,
            progress,
            causes,
            steps,
            certificates,
            offered,
            authentication,
        })
    }

    /// Deletes a run and its results.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::NotAllowed`] while it goes on.
    pub async fn run_remove(&self, request: RunRef) -> Result<NoArgs, Problem> {
        let stage = self.stage();
        if stage.running.find(&request.run).is_some() {
            return Err(
                Problem::new(Code::NotAllowed, "This check is still running.")
                    .hint("Cancel it first."),
            );
        }
        stage
            .db
            .write(move |tx| runs::remove(tx, &request.run))
            .await
            .map_err(of_store)?;
        Ok(NoArgs {})
    }

    /// One page of results.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn results_page(&self, query: ResultsQuery) -> Result<ResultsPage, Problem> {
        let page = self
            .stage()
            .db
            .read(move |tx| run_results::page(tx, &query))
            .await;
        let mut page = page.map_err(of_store)?;
        page.rows.iter_mut().for_each(spell_out);
        Ok(page)
    }

    /// Rows of a run in the order of the list, after the place `after` (-1: from the start).
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn results_after(
        &self,
        run: &RunId,
        after: i64,
        limit: u64,
    ) -> Result<Vec<(ResultRow, Vec<FolderResult>)>, Problem> {
        let stage = self.stage();
        let number = stored(&stage, run).await?.number();
        let rows = stage
            .db
            .read(move |tx| run_results::each_with_folders(tx, number, after, limit));
        rows.await.map_err(of_store)
    }

    /// One result with its evidence.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn result_show(&self, request: ResultRef) -> Result<ResultDetail, Problem> {
        let stage = self.stage();
        let run = stored(&stage, &request.run).await?;
        let found = stage
            .db
            .read(move |tx| run_results::show(tx, &request.run, request.seq))
            .await
            .map_err(of_store)?;
        let mut found = found
            .ok_or_else(|| Problem::new(Code::NotFound, "This result is not there any more."))?;
        spell_out(&mut found.row);
        let (host, port) = host_of(&run.row.ews_url);
        let names = Names {
            account: &run.row.account,
            mailbox: Some(&found.row.mailbox),
            host: &host,
            port,
        };
        Ok(ResultDetail {
            explanation: found
                .row
                .cause
                .map(|cause| explanation(cause, &words(&run, &host))),
            reasons: Vec::new(),
            remedy: found
                .row
                .cause
                .map(|cause| remedy(cause, &names))
                .unwrap_or_default(),
            evidence: found.evidence,
            folders: found.folders,
            previous: found.previous,
            next: found.next,
            row: found.row,
        })
    }

    /// Writes results to a file in the Downloads folder.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::DataFolder`] when the folder cannot be written.
    pub async fn run_export(&self, request: ExportRun) -> Result<ExportedFile, Problem> {
        let stage = self.stage();
        let run = stored(&stage, &request.run).await?;
        let folder = crate::exports::folder(&stage)?;
        let number = run.number();
        let (ending, format) = match request.format {
            ExportFormat::Csv => ("csv", ExportFormat::Csv),
            ExportFormat::Json => ("json", ExportFormat::Json),
        };
        let stem = format!("understudy-check-{}", run.row.number);
        // The file is written inside one read, so that it shows one moment of a run that goes on.
        let written = stage.read(move |tx| {
            let (path, rows) = crate::exports::write(&folder, &stem, ending, |to| {
                let mut export = Export::begin(to, format, &run)?;
                let mut after = -1;
                loop {
                    let page = run_results::each_with_folders(tx, number, after, 1_000)
                        .map_err(of_store)?;
                    let Some((last, _)) = page.last() else { break };
                    after = last.seq;
                    for (row, folders) in &page {
                        export.row(row, folders)?;
                    }
                }
                export.end()
            })?;
            Ok((path, rows))
        });
        let (path, rows) = written.await?;
        Ok(ExportedFile {
            path: path.display().to_string(),
            rows,
        })
    }
}

async fn stored(stage: &Arc<Stage>, run: &RunId) -> Result<StoredRun, Problem> {
    let wanted = run.clone();
    let found = stage
        .db
        .read(move |tx| runs::show(tx, &wanted))
        .await
        .map_err(of_store)?;
    found.ok_or_else(|| Problem::new(Code::NotFound, format!("There is no run {run}.")))
}

/// None is stored, and none is needed, where the sign-in of this computer is used.
fn final_progress(stored: &StoredRun) -> RunProgress {
    let summary = stored.row.summary.clone();
    RunProgress {
        run: stored.row.id.clone(),
        state: stored.row.state,
        cause: stored.row.cause,
        done: summary.total,
        total: summary.total,
        findings: summary.findings,
        rate: 0.0,
        eta_seconds: None,
        waiting_until: None,
        waiting: 0,
        lanes: 0,
        summary,
    }
}

/// In the window an opened mailbox has a sentence too (panel §8.3).
fn spell_out(row: &mut ResultRow) {
    if row.verdict == Some(Verdict::Granted) && row.message.is_none() {
        row.message = Some("connected successfully".to_owned());
    }
    if row.verdict == Some(Verdict::NotChecked) && row.cause.is_none() && row.message.is_none() {
        row.message = Some("canceled".to_owned());
    }
}

fn words<'a>(run: &'a StoredRun, host: &'a str) -> Words<'a> {
    Words {
        account: &run.row.account,
        host,
        offered: &run.offered,
        auth: &run.row.auth,
    }
}

fn host_of(url: &str) -> (String, u16) {
    let parsed = url::Url::parse(url).ok();
    let host = parsed
        .as_ref()
        .and_then(url::Url::host_str)
        .unwrap_or(url)
        .to_owned();
    (
        host,
        parsed
            .and_then(|url| url.port_or_known_default())
            .unwrap_or(443),
    )
}
