//! A stage: one data folder with its key store and its running checks. There are two at most: the
//! real one, and the practice one with a database of its own and no access to real secrets.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use contract::{
    AnswerConsent, DirectoryLookup, Discovery, OrganizationId, Problem, RunId, Secret,
    ServiceAccountTest,
};
use store::{Db, StoreError, Tx};

use crate::activity::Author;
use crate::checks::{Guard, RunningChecks};
use crate::directory::HybridJobs;
use crate::email_configuration::Drafts;
use crate::jobs::Jobs;
use crate::locks::{self, RunLock};
use crate::ports::{Clock, Dice, Vault};
use crate::problems::{Refusal, of_store};
use crate::sign_in::SignIns;
use crate::users::import::Previews;

/// One data folder and what belongs to it.
pub(crate) struct Stage {
    pub(crate) db: Db,
    pub(crate) vault: Arc<dyn Vault>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) dice: Arc<dyn Dice>,
    /// `None`: nothing is kept (one-off audits).
    pub(crate) folder: Option<PathBuf>,
    /// Where exports go; `None`: the person's Downloads folder.
    pub(crate) downloads: Option<PathBuf>,
    pub(crate) running: RunningChecks,
    /// Keeps refused passwords from being sent again.
    pub(crate) guard: Guard,
    /// Answers for the names of servers; `None`: the operating system does.
    pub(crate) names: Option<exchange::Names>,
    pub(crate) previews: Previews,
    /// Autodiscover, going on or ended lately.
    pub(crate) discoveries: Jobs<Discovery, AnswerConsent>,
    /// Look-ups of users in Exchange.
    pub(crate) lookups: Jobs<DirectoryLookup>,
    /// Asking where mailboxes live.
    pub(crate) hybrid: HybridJobs,
    /// Account tests, going on or ended lately.
    pub(crate) service_account_tests: Jobs<ServiceAccountTest, bool>,
    /// Passwords typed with `Ask each time`: in memory, for this session only.
    pub(crate) typed: Mutex<HashMap<OrganizationId, Secret>>,
    /// Passwords typed for a check and not saved yet, with the version they will have.
    pub(crate) drafts: Drafts,
    /// What apps sign in with, given for a check and not saved yet.
    pub(crate) app_drafts: Drafts,
    /// Who is signed in with OAuth, and who is about to.
    pub(crate) sign_ins: SignIns,
    /// One change of key store and database at a time.
    pub(crate) saving: tokio::sync::Mutex<()>,
    pub(crate) practice: bool,
}

/// What a stage is made of; the rest starts empty.
pub(crate) struct Parts {
    pub(crate) db: Db,
    pub(crate) vault: Arc<dyn Vault>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) dice: Arc<dyn Dice>,
    pub(crate) folder: Option<PathBuf>,
    pub(crate) downloads: Option<PathBuf>,
    pub(crate) guard: Guard,
    /// Answers for the names of servers; `None`: the operating system does.
    pub(crate) names: Option<exchange::Names>,
    pub(crate) practice: bool,
}

impl Stage {
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            db: parts.db,
            vault: parts.vault,
            clock: parts.clock,
            dice: parts.dice,
            folder: parts.folder,
            downloads: parts.downloads,
            running: RunningChecks::default(),
            guard: parts.guard,
            names: parts.names,
            previews: Previews::default(),
            discoveries: Jobs::default(),
            lookups: Jobs::default(),
            hybrid: HybridJobs::default(),
            service_account_tests: Jobs::default(),
            typed: Mutex::default(),
            drafts: Drafts::default(),
            app_drafts: Drafts::default(),
            sign_ins: SignIns::default(),
            saving: tokio::sync::Mutex::default(),
            practice: parts.practice,
        }
    }

    /// Now, as it is stored: RFC 3339, UTC, milliseconds.
    pub(crate) fn now(&self) -> String {
        at(self.clock.now())
    }

    /// Now, and no two alike: deletions are found again by their time. The digits below the
    /// milliseconds are random.
    pub(crate) fn unique_now(&self) -> String {
        let noise = u128::from_le_bytes(self.dice.roll()) % 1_000_000;
        let now = self.now();
        format!("{}{noise:06}Z", now.trim_end_matches('Z'))
    }

    /// Now, `days` ago.
    pub(crate) fn days_ago(&self, days: i64) -> String {
        self.ago(jiff::SignedDuration::from_hours(days * 24))
    }

    /// Now, `span` ago.
    pub(crate) fn ago(&self, span: jiff::SignedDuration) -> String {
        let now = self.clock.now();
        at(now.checked_sub(span).unwrap_or(now))
    }

    /// Today, where this computer is.
    pub(crate) fn today(&self) -> jiff::civil::Date {
        self.clock
            .now()
            .to_zoned(jiff::tz::TimeZone::system())
            .date()
    }

    /// Who does it, and when: for the activity log.
    pub(crate) fn author(&self) -> Author {
        Author::now(self.now())
    }

    /// The password of an organization: typed in this session, else from the key store.
    ///
    /// # Errors
    /// [`contract::Code::KeyStore`].
    pub(crate) async fn password(
        &self,
        organization: OrganizationId,
    ) -> Result<Option<Secret>, Problem> {
        if let Some(typed) = self.typed_password(organization) {
            return Ok(Some(typed));
        }
        let (vault, key) = (Arc::clone(&self.vault), secret_key(organization));
        on_blocking_thread(move || vault.load(&key)).await
    }

    /// The password for the user of an organization's proxy, from the key store.
    ///
    /// # Errors
    /// [`contract::Code::KeyStore`].
    pub(crate) async fn proxy_password(
        &self,
        organization: OrganizationId,
    ) -> Result<Option<Secret>, Problem> {
        let (vault, key) = (Arc::clone(&self.vault), proxy_secret_key(organization));
        on_blocking_thread(move || vault.load(&key)).await
    }

    /// The password typed with `Ask each time` in this session.
    pub(crate) fn typed_password(&self, organization: OrganizationId) -> Option<Secret> {
        self.typed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&organization)
            .cloned()
    }

    /// Keeps a password for this session, or forgets it.
    pub(crate) fn keep_typed(&self, organization: OrganizationId, password: Option<Secret>) {
        let mut typed = self.typed.lock().unwrap_or_else(PoisonError::into_inner);
        match password {
            Some(password) => typed.insert(organization, password),
            None => typed.remove(&organization),
        };
    }

    /// Reads the database.
    ///
    /// # Errors
    /// What `f` answers, in words.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Tx<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Problem> {
        let refused = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&refused);
        let done = self
            .db
            .read(move |tx| f(tx).map_err(|refusal| keep(refusal, &slot)))
            .await;
        done.map_err(|error| put_back(error, &refused))
    }

    /// Changes the database, all or nothing.
    ///
    /// # Errors
    /// What `f` answers, in words; then nothing was changed.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Tx<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Problem> {
        let refused = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&refused);
        let done = self
            .db
            .write(move |tx| f(tx).map_err(|refusal| keep(refusal, &slot)))
            .await;
        done.map_err(|error| put_back(error, &refused))
    }
}

/// Holds a run for this process until dropped; a `running` run that nobody holds was interrupted.
///
/// # Errors
/// [`contract::Code::AlreadyRunning`] when another process holds it; [`contract::Code::DataFolder`].
pub(crate) fn run_lock(stage: &Stage, run: &RunId) -> Result<RunLock, Problem> {
    locks::take_run(stage.folder.as_deref(), run)
}

/// Name of an organization's password in the key store.
pub(crate) fn secret_key(organization: OrganizationId) -> String {
    format!("organization-{organization}-password")
}

/// Name of the password of its proxy's user in the key store.
pub(crate) fn proxy_secret_key(organization: OrganizationId) -> String {
    format!("organization-{organization}-proxy-password")
}

/// The key store blocks; a tokio worker must not.
pub(crate) async fn on_blocking_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(crate::problems::internal(
            "working on a blocking thread",
            &error,
        )),
    }
}

/// Runs a change of key store and database to its end, even when nobody waits for the answer any
/// more: a closed window must not leave half of it.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(error) => Err(crate::problems::internal("finishing a change", &error)),
    }
}

fn at(time: jiff::Timestamp) -> String {
    format!("{time:.3}")
}

/// The store's closures answer its own errors only: ours wait here, and the error rolls back.
fn keep(refusal: Refusal, slot: &Mutex<Option<Problem>>) -> StoreError {
    match refusal {
        Refusal::Store(error) => error,
        Refusal::Problem(problem) => {
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
            StoreError::Stopped
        }
    }
}

fn put_back(error: StoreError, slot: &Mutex<Option<Problem>>) -> Problem {
    let refused = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
    refused.unwrap_or_else(|| of_store(error))
}
