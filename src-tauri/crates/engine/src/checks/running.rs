//! The checks that go on now, by run and by organization. One run an organization at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use contract::{OrganizationId, RunId, RunProgress, ServerLoad, Step};
use store::runs::{RunFinish, RunNumber};
use tokio::sync::watch;

/// Every check that goes on.
#[derive(Default)]
pub(crate) struct RunningChecks {
    checks: Mutex<HashMap<RunId, Arc<Running>>>,
    /// Ends of runs that could not be saved: the database still calls them running.
    ends: Mutex<HashMap<RunId, (RunNumber, RunFinish)>>,
}

/// A check that goes on.
pub(crate) struct Running {
    pub(crate) organization: Option<OrganizationId>,
    pub(crate) cancel: watch::Sender<bool>,
    /// `true`: nothing more is asked until it is `false` again.
    pub(crate) pause: watch::Sender<bool>,
    pub(crate) progress: watch::Receiver<RunProgress>,
    /// The step ladder, as far as it is.
    pub(crate) steps: watch::Receiver<Vec<Step>>,
    /// What it does to the server, as far as it is.
    pub(crate) load: watch::Receiver<ServerLoad>,
    pub(crate) ended: watch::Receiver<bool>,
}

impl RunningChecks {
    /// The check of an organization that goes on now.
    pub(crate) fn running(&self, organization: OrganizationId) -> Option<RunId> {
        let checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        checks
            .iter()
            .find(|(_, check)| check.organization == Some(organization))
            .map(|(run, _)| run.clone())
    }

    /// One check.
    pub(crate) fn find(&self, run: &RunId) -> Option<Arc<Running>> {
        self.checks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(run)
            .cloned()
    }

    /// Enters a check, unless one of the same organization goes on.
    pub(crate) fn enter(&self, run: RunId, check: Running) -> Result<(), RunId> {
        let mut checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        let same = checks
            .iter()
            .find(|(_, other)| {
                check.organization.is_some() && other.organization == check.organization
            })
            .map(|(run, _)| run.clone());
        if let Some(other) = same {
            return Err(other);
        }
        checks.insert(run, Arc::new(check));
        Ok(())
    }

    /// A check ended.
    pub(crate) fn leave(&self, run: &RunId) {
        self.checks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(run);
    }

    /// Keeps the end of a run that could not be saved.
    pub(crate) fn keep_end(&self, run: RunId, end: (RunNumber, RunFinish)) {
        self.ends().insert(run, end);
    }

    /// The end of a run that could not be saved.
    pub(crate) fn kept_end(&self, run: &RunId) -> Option<(RunNumber, RunFinish)> {
        self.ends().get(run).cloned()
    }

    /// The end is saved after all.
    pub(crate) fn forget_end(&self, run: &RunId) {
        self.ends().remove(run);
    }

    fn ends(&self) -> MutexGuard<'_, HashMap<RunId, (RunNumber, RunFinish)>> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Cancels every check and waits until what is decided is saved.
    pub(crate) async fn cancel_all(&self) {
        let checks: Vec<Arc<Running>> = self
            .checks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect();
        for check in &checks {
            check.cancel.send_replace(true);
        }
        for check in checks {
            let mut ended = check.ended.clone();
            // An error means that the run's task is gone: then it has ended as well.
            let _ = ended.wait_for(|ended| *ended).await;
        }
    }
}
