//! Changes of the key store that can be taken back when the database then refuses.

use std::sync::Arc;

use contract::{OrganizationId, Problem, Secret};

use crate::stage::{Stage, on_blocking_thread, secret_key};

/// What was changed, and what was there before.
#[must_use = "a change must be taken back when what follows fails"]
pub(crate) struct Change {
    undo: Option<(OrganizationId, Option<Secret>)>,
}

impl Change {
    /// Nothing was changed.
    pub(crate) const fn none() -> Self {
        Self { undo: None }
    }

    /// Puts back what was there, and answers why it had to: the problem, worded so if even that
    /// failed.
    pub(crate) async fn take_back(self, stage: &Stage, problem: Problem) -> Problem {
        let Some((organization, before)) = self.undo else {
            return problem;
        };
        let (vault, key) = (Arc::clone(&stage.vault), secret_key(organization));
        let back = on_blocking_thread(move || match before {
            Some(secret) => vault.store(&key, &secret),
            None => vault.remove(&key),
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
    organization: OrganizationId,
    password: Secret,
    refusal: &'static str,
) -> Result<Change, Problem> {
    change(stage, organization, Some(password), refusal).await
}

/// Removes a password from the key store.
///
/// # Errors
/// [`contract::Code::KeyStore`] in the words of `refusal`; then nothing was changed.
pub(crate) async fn remove(
    stage: &Stage,
    organization: OrganizationId,
    refusal: &'static str,
) -> Result<Change, Problem> {
    change(stage, organization, None, refusal).await
}

async fn change(
    stage: &Stage,
    organization: OrganizationId,
    password: Option<Secret>,
    refusal: &'static str,
) -> Result<Change, Problem> {
    let (vault, key) = (Arc::clone(&stage.vault), secret_key(organization));
    let changed = on_blocking_thread(move || {
        let before = vault.load(&key)?;
        match &password {
            Some(password) => vault.store(&key, password)?,
            None => vault.remove(&key)?,
        }
        Ok(before)
    });
    match changed.await {
        Ok(before) => Ok(Change {
            undo: Some((organization, before)),
        }),
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
