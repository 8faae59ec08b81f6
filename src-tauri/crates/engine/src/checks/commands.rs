//! The commands around checks: start, cancel, watch, list, remove. Reading one is in `pages`.

use std::sync::Arc;

use contract::{
    Code, NoArgs, OrganizationRow, Problem, ResumeRun, RunId, RunProgress, RunRef, RunRow,
    RunsQuery, Secret, StartCheck,
};
use store::runs::{self, StoredRun};
use tokio::sync::watch;

use super::addressees::Addressees;
use super::load::Canary;
use super::plan::Plan;
use super::sending::{Sending, for_proxy, once_more, password_needed, stored_password, typed};
use super::settings::{Given, for_check, go_online, tokens_again};
use super::start::{self, Audit, Mailboxes, StartedCheck};
use crate::Engine;
use crate::problems::of_store;
use crate::stage::Stage;

impl Engine {
    /// Starts a check on the form as it stands.
    ///
    /// # Errors
    /// As [`Engine::start_audit`]; [`Code::PasswordNeeded`]; [`Code::Offline`].
    pub async fn check_start(&self, request: StartCheck) -> Result<RunRef, Problem> {
        let stage = self.stage();
        let typed = typed(request.password);
        let given = Given {
            password: typed.as_ref(),
            app: request.app_credential,
            ..Given::default()
        };
        let again = once_more(request.send_again);
        // The authority may be behind the same proxy.
        let engine = self.sending(Sending {
            again,
            proxy_password: request.proxy_password.clone(),
            ..self.sending.clone()
        });
        let mut settings = for_check(&engine, request.organization, request.form, given).await?;
        let list = Addressees {
            mailboxes: Mailboxes::Scope(request.scope),
            canaries: Vec::new(),
        };
        let list = list.before_asking(&settings).await?;
        let found = settings.find_url(&engine, typed.as_ref()).await?;
        let password = match typed {
            Some(typed) => typed,
            None => stored_password(&stage, &settings.row, &settings.plan).await?,
        };
        let proxy = request.proxy_password;
        let proxy_password = for_proxy(&stage, settings.row.id, &settings.plan, proxy).await?;
        let sending = Sending {
            again,
            proxy_password,
            tokens: settings.tokens,
        };
        let Addressees {
            mailboxes,
            canaries,
        } = list;
        let audit = Audit {
            plan: settings.plan,
            password,
            mailboxes,
            canaries,
            organization: Some((settings.row.id, settings.row.name)),
            fingerprint: settings.fingerprint,
            draft: settings.draft,
            stream: false,
        };
        let started = start::start(&stage, audit, sending, found).await?;
        Ok(RunRef { run: started.run })
    }

    /// Starts a run: of an organization, or a one-off audit of a list.
    ///
    /// # Errors
    /// Bad input costs no request and leaves nothing behind: [`Code::Invalid`], [`Code::BadList`],
    /// [`Code::BadCertificate`], [`Code::AlreadyRunning`], [`Code::PasswordRefused`].
    pub async fn start_audit(&self, audit: Audit) -> Result<StartedCheck, Problem> {
        start::start(&self.stage(), audit, self.sending.clone(), None).await
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
        let given = Given {
            password: password.as_ref(),
            adjust: Some(Box::new(adjust)),
            ..Given::default()
        };
        let mut settings = for_check(self, row.id, None, given).await?;
        let list = Addressees {
            mailboxes,
            canaries,
        };
        let list = list.before_asking(&settings).await?;
        let found = settings.find_url(self, password.as_ref()).await?;
        let password = match password {
            Some(password) => password,
            None => stored_password(&stage, &settings.row, &settings.plan).await?,
        };
        let sending = self
            .sending_of(&stage, Some(row.id), &settings.plan)
            .await?;
        let sending = Sending {
            tokens: settings.tokens,
            ..sending
        };
        let Addressees {
            mailboxes,
            canaries,
        } = list;
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
        start::start(&stage, audit, sending, found).await
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
        let password = password_of(&stage, &row, &plan, password).await?;
        let sending = self.sending_of(&stage, row.organization, &plan).await?;
        let sending = Sending {
            tokens: tokens_again(self, row.organization, &plan, None).await?,
            ..sending
        };
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

    /// Pauses a check: what is under way is finished, nothing more is asked.
    ///
    /// # Errors
    /// [`Code::NotAllowed`] when it is not running.
    #[expect(clippy::unused_async, reason = "every command is asynchronous")]
    pub async fn check_pause(&self, request: RunRef) -> Result<NoArgs, Problem> {
        self.set_paused(&request.run, true)
    }

    /// Lets a paused check go on.
    ///
    /// # Errors
    /// As [`Engine::check_pause`].
    #[expect(clippy::unused_async, reason = "every command is asynchronous")]
    pub async fn check_continue(&self, request: RunRef) -> Result<NoArgs, Problem> {
        self.set_paused(&request.run, false)
    }

    fn set_paused(&self, run: &RunId, paused: bool) -> Result<NoArgs, Problem> {
        let check = self.stage().running.find(run).ok_or_else(|| {
            Problem::new(Code::NotAllowed, "This check is not running.")
                .hint("`Resume` goes on with a check that was cut off.")
        })?;
        check.pause.send_replace(paused);
        Ok(NoArgs {})
    }

    /// Goes on with a run that was cut off, from the window.
    ///
    /// # Errors
    /// As [`Engine::resume_run`]; [`Code::Offline`].
    pub async fn run_resume(&self, request: ResumeRun) -> Result<RunRef, Problem> {
        go_online(self).await?;
        let stage = self.stage();
        let found = stored(&stage, &request.run).await?;
        let plan = start::plan_of(&found)?;
        let organization = found.row.organization;
        let typed = typed(request.password);
        let password = password_of(&stage, &found.row, &plan, typed).await?;
        let proxy_password = match organization {
            Some(organization) => {
                for_proxy(&stage, organization, &plan, request.proxy_password).await?
            }
            None => request.proxy_password,
        };
        let sending = Sending {
            again: once_more(request.send_again),
            proxy_password,
            tokens: tokens_again(self, organization, &plan, request.app_credential).await?,
        };
        let started = start::resume(&stage, &request.run, &password, sending, false).await?;
        Ok(RunRef { run: started.run })
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
}

/// The password that a run goes on with: typed, else stored with its organization. Empty where none is
/// needed.
async fn password_of(
    stage: &Stage,
    run: &RunRow,
    plan: &Plan,
    typed: Option<Secret>,
) -> Result<Secret, Problem> {
    if let Some(typed) = typed {
        return Ok(typed);
    }
    if !plan.wants_password() {
        return Ok(Secret::new(String::new()));
    }
    let stored = match run.organization {
        Some(organization) => stage.password(organization).await?,
        None => None,
    };
    stored.ok_or_else(|| password_needed(&run.account))
}

pub(super) async fn stored(stage: &Arc<Stage>, run: &RunId) -> Result<StoredRun, Problem> {
    let wanted = run.clone();
    let found = stage
        .db
        .read(move |tx| runs::show(tx, &wanted))
        .await
        .map_err(of_store)?;
    let mut found =
        found.ok_or_else(|| Problem::new(Code::NotFound, format!("There is no run {run}.")))?;
    if let Some((_, end)) = stage.running.kept_end(run) {
        (found.row.state, found.row.message) = (end.state, end.message);
        (found.row.summary, found.steps) = (end.summary, end.steps);
    }
    Ok(found)
}

pub(super) fn final_progress(stored: &StoredRun) -> RunProgress {
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
        paused: false,
        summary,
    }
}
