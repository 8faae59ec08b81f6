//! Changes of the key store that can be taken back when the database then refuses.

use std::sync::Arc;

use contract::{OrganizationId, PasswordChange, Problem, Secret};
use store::email_configurations::StoredConfiguration;

use super::proxy;
use crate::stage::{Stage, on_blocking_thread, proxy_secret_key, secret_key};

const REFUSED: &str = "The key store refused to save the password. Nothing was changed.";
const REFUSED_TO_REMOVE: &str =
    "The key store refused to remove the password. Nothing was changed.";

/// What was changed, and what was there before.
#[derive(Default)]
#[must_use = "a change must be taken back when what follows fails"]
pub(crate) struct Change {
    undo: Vec<(String, Option<Secret>)>,
}

impl Change {
    /// Adds a further change, or takes this one back with it.
    ///
    /// # Errors
    /// The problem of the further change; then nothing was changed.
    pub(crate) async fn and(
        mut self,
        stage: &Stage,
        further: Result<Self, Problem>,
    ) -> Result<Self, Problem> {
        match further {
            Ok(further) => {
                self.undo.extend(further.undo);
                Ok(self)
            }
            Err(problem) => Err(self.take_back(stage, problem).await),
        }
    }

    /// Puts back what was there, and answers why it had to: the problem, worded so if even that
    /// failed.
    pub(crate) async fn take_back(self, stage: &Stage, problem: Problem) -> Problem {
        if self.undo.is_empty() {
            return problem;
        }
        let vault = Arc::clone(&stage.vault);
        let back = on_blocking_thread(move || {
            let mut done = Ok(());
            for (key, before) in self.undo.into_iter().rev() {
                let back = match before {
                    Some(secret) => vault.store(&key, &secret),
                    None => vault.remove(&key),
                };
                done = done.and(back);
            }
            done
        });
        match back.await {
            Ok(()) => problem,
            Err(second) => {
                tracing::error!(%second, "the key store does not match the database");
                problem.hint(format!(
                    "The key store was changed already and could not be put back ({}). Enter the password again and save.",
                    second.message
                ))
            }
        }
    }
}

/// Puts a password into the key store.
///
/// # Errors
/// [`contract::Code::KeyStore`] in the words of `refusal`; then nothing was changed.
pub(crate) async fn store(
    stage: &Stage,
    key: String,
    password: Secret,
    refusal: &'static str,
) -> Result<Change, Problem> {
    change(stage, key, Some(password), refusal).await
}

/// Removes a password from the key store.
///
/// # Errors
/// [`contract::Code::KeyStore`] in the words of `refusal`; then nothing was changed.
pub(crate) async fn remove(
    stage: &Stage,
    key: String,
    refusal: &'static str,
) -> Result<Change, Problem> {
    change(stage, key, None, refusal).await
}

/// What saving does to the service account's password.
///
/// # Errors
/// [`contract::Code::KeyStore`]; then nothing was changed.
pub(super) async fn of_password(
    stage: &Stage,
    organization: OrganizationId,
    stored: Option<&StoredConfiguration>,
    password: &PasswordChange,
) -> Result<Change, Problem> {
    let had = stored.is_some_and(|stored| stored.password.has_password);
    match password {
        PasswordChange::Store { password } => {
            store(stage, secret_key(organization), password.clone(), REFUSED).await
        }
        PasswordChange::Ask { .. } | PasswordChange::Remove if had => {
            remove(stage, secret_key(organization), REFUSED_TO_REMOVE).await
        }
        _ => Ok(Change::default()),
    }
}

/// What saving does to the password of the proxy's user.
///
/// # Errors
/// [`contract::Code::KeyStore`]; then nothing was changed.
pub(super) async fn of_proxy(
    stage: &Stage,
    organization: OrganizationId,
    plan: &proxy::Plan,
) -> Result<Change, Problem> {
    let key = proxy_secret_key(organization);
    match plan {
        proxy::Plan::None | proxy::Plan::Keep => Ok(Change::default()),
        proxy::Plan::Store { password, .. } => store(stage, key, password.clone(), REFUSED).await,
        proxy::Plan::Remove => remove(stage, key, REFUSED_TO_REMOVE).await,
    }
}

async fn change(
    stage: &Stage,
    key: String,
    password: Option<Secret>,
    refusal: &'static str,
) -> Result<Change, Problem> {
    let vault = Arc::clone(&stage.vault);
    let changed = on_blocking_thread(move || {
        let before = vault.load(&key)?;
        match &password {
            Some(password) => vault.store(&key, password)?,
            None => vault.remove(&key)?,
        }
        Ok((key, before))
    });
    match changed.await {
        Ok(undo) => Ok(Change { undo: vec![undo] }),
        Err(problem) => Err(worded(problem, refusal)),
    }
}

/// The sentence of the panel; what the key store said goes before the hint.
fn worded(problem: Problem, refusal: &'static str) -> Problem {
    let hint = match problem.hint {
        Some(hint) => format!("{} {hint}", problem.message),
        None => problem.message,
    };
    Problem {
        message: refusal.to_owned(),
        hint: Some(hint),
        ..problem
    }
}
