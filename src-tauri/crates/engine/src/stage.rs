//! A stage: one data folder with its key store and its running checks. There are two at most: the
//! real one, and the practice one with a database of its own and no access to real secrets.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use contract::{OrganizationId, Problem, Secret};
use store::Db;

use crate::checks::RunningChecks;
use crate::ports::{Clock, Dice, Vault};
use crate::users::import::Previews;

/// One data folder and what belongs to it.
pub(crate) struct Stage {
    pub(crate) db: Db,
    pub(crate) vault: Arc<dyn Vault>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) dice: Arc<dyn Dice>,
    pub(crate) folder: PathBuf,
    pub(crate) running: RunningChecks,
    pub(crate) previews: Previews,
    /// Passwords typed with `Ask each time`: in memory, for this session only.
    pub(crate) typed: Mutex<HashMap<OrganizationId, Secret>>,
    pub(crate) practice: bool,
}

impl Stage {
    /// Now, as it is stored: RFC 3339, UTC, milliseconds.
    pub(crate) fn now(&self) -> String {
        format!("{:.3}", self.clock.now())
    }

    /// The password of an organization: typed in this session, else from the key store.
    ///
    /// # Errors
    /// [`contract::Code::KeyStore`].
    pub(crate) async fn password(&self, organization: OrganizationId) -> Result<Option<Secret>, Problem> {
        if let Some(typed) = self.typed.lock().unwrap_or_else(PoisonError::into_inner).get(&organization) {
            return Ok(Some(typed.clone()));
        }
        let (vault, key) = (Arc::clone(&self.vault), secret_key(organization));
        on_blocking_thread(move || vault.load(&key)).await
    }
}

/// Name of an organization's password in the key store.
pub(crate) fn secret_key(organization: OrganizationId) -> String {
    format!("organization-{organization}-password")
}

/// The key store blocks; a tokio worker must not.
pub(crate) async fn on_blocking_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(crate::problems::internal("working on a blocking thread", &error)),
    }
}
