//! Deleting an organization with its users. Its password leaves the key store at once; the rest can
//! be restored for 30 days.

use std::sync::Arc;

use contract::{
    AppCredentialState, Code, OrganizationId, OrganizationRef, OrganizationRow, PasswordState,
    Problem, RemovedWithUndo,
};
use store::email_configurations::StoredConfiguration;
use store::sealed_secrets::{self, SealedKind};
use store::{Tx, email_configurations, organizations, sign_ins};

use super::known;
use crate::Engine;
use crate::activity::{Author, Kind, UndoStep, count};
use crate::email_configuration::{fingerprint, new_secret_version, vault};
use crate::problems::Refusal;
use crate::sign_in::sealing_key;
use crate::stage::{Stage, proxy_secret_key, secret_key, to_the_end};

impl Engine {
    /// Deletes an organization with its users; its stored password is removed now.
    ///
    /// # Errors
    /// [`Code::NotAllowed`]: the default one, one with active users, one that is being checked;
    /// [`Code::KeyStore`]: the password could not be removed; then nothing was changed.
    pub async fn organization_remove(
        &self,
        request: OrganizationRef,
    ) -> Result<RemovedWithUndo, Problem> {
        let stage = self.stage();
        to_the_end(remove(stage, request)).await
    }
}

async fn remove(stage: Arc<Stage>, request: OrganizationRef) -> Result<RemovedWithUndo, Problem> {
    let id = request.organization;
    let _one_at_a_time = stage.saving.lock().await;
    let (stored, sealed) = stage
        .read(move |tx| {
            removable(&known(tx, id)?)?;
            Ok((
                email_configurations::load(tx, id)?,
                sealed_secrets::count(tx, id)?,
            ))
        })
        .await?;
    not_running(&stage, request)?;
    let change = remove_secrets(&stage, id, stored.as_ref(), sealed > 0).await?;
    let (author, deleted_at) = (stage.author(), stage.unique_now());
    let removed = stage
        .write(move |tx| soft_delete(tx, request, &author, deleted_at))
        .await;
    match removed {
        Ok(removed) => {
            stage.keep_typed(id, None);
            stage.drafts.forget(id);
            stage.app_drafts.forget(id);
            stage.sign_ins.forget(id);
            Ok(removed)
        }
        Err(problem) => Err(change.take_back(&stage, problem).await),
    }
}

async fn remove_secrets(
    stage: &Stage,
    id: OrganizationId,
    stored: Option<&StoredConfiguration>,
    sealed: bool,
) -> Result<vault::Change, Problem> {
    const REFUSED: &str = "The key store refused to remove the password. Nothing was changed.";
    let mut change = vault::Change::default();
    if stored.is_some_and(|stored| stored.password.has_password) {
        change = vault::remove(stage, secret_key(id), REFUSED).await?;
    }
    if stored.is_some_and(|stored| stored.has_proxy_password) {
        let further = vault::remove(stage, proxy_secret_key(id), REFUSED).await;
        change = change.and(stage, further).await?;
    }
    if sealed {
        // What is sealed with it can't be opened any more, wherever its bytes are.
        let further = vault::remove(stage, sealing_key(id), REFUSED).await;
        change = change.and(stage, further).await?;
    }
    Ok(change)
}

fn removable(row: &OrganizationRow) -> Result<(), Problem> {
    if row.is_default {
        return Err(Problem::new(
            Code::NotAllowed,
            "The default organization can't be deleted.",
        )
        .hint("Rename it, or remove its users instead."));
    }
    let with_access = row.counts.active + row.counts.needs_renewal;
    if with_access > 0 {
        let verb = if with_access == 1 { "has" } else { "have" };
        let them = if with_access == 1 { "it" } else { "them" };
        return Err(Problem::new(
            Code::NotAllowed,
            format!(
                "{} {verb} sync access. Deactivate {them} first.",
                count(with_access, "user")
            ),
        )
        .hint("Use `Deactivate all` on the page of the organization."));
    }
    Ok(())
}

fn not_running(stage: &Stage, request: OrganizationRef) -> Result<(), Problem> {
    match stage.running.running(request.organization) {
        None => Ok(()),
        Some(_) => Err(
            Problem::new(Code::NotAllowed, "A check of this organization is running.")
                .hint("Wait until it has ended, or cancel it."),
        ),
    }
}

fn soft_delete(
    tx: &Tx<'_>,
    request: OrganizationRef,
    author: &Author,
    deleted_at: String,
) -> Result<RemovedWithUndo, Refusal> {
    let id = request.organization;
    let row = known(tx, id)?;
    removable(&row)?;
    let stored = email_configurations::load(tx, id)?;
    if let Some(stored) = &stored {
        // Restored, it has no password: what was proven with the old one is not proven any more.
        let version = new_secret_version(tx)?;
        email_configurations::set_password_state(tx, id, &PasswordState::default(), version)?;
        email_configurations::set_fingerprint(tx, id, &fingerprint(&stored.form, version))?;
        email_configurations::set_proxy_password(tx, id, false)?;
        let none = AppCredentialState::default();
        email_configurations::set_app_credential(tx, id, &none, version)?;
    }
    sealed_secrets::forget(tx, id, SealedKind::Tokens)?;
    sealed_secrets::forget(tx, id, SealedKind::AppCredential)?;
    sign_ins::forget(tx, id)?;
    let removed = organizations::soft_delete(tx, id, &deleted_at)?;
    let details = format!(
        "Deleted \"{}\" and its {}.",
        row.name,
        count(removed, "user")
    );
    let step = UndoStep::Organization { id, deleted_at };
    let undo = author.note(
        tx,
        Kind::OrganizationDeleted,
        Some((id, &row.name)),
        details,
        Some(&step),
    )?;
    let had = |has: fn(&StoredConfiguration) -> bool| stored.as_ref().is_some_and(has);
    if had(|stored| stored.password.has_password || stored.has_proxy_password) {
        let details = if had(|stored| stored.has_proxy_password) {
            "Removed the stored passwords with their organization, the proxy's too."
        } else {
            "Removed the stored password with its organization."
        };
        author.note(
            tx,
            Kind::CredentialsRemoved,
            Some((id, &row.name)),
            details,
            None,
        )?;
    }
    Ok(RemovedWithUndo { removed, undo })
}
