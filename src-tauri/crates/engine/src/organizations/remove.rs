//! Deleting an organization with its users. Its password leaves the key store at once; the rest can
//! be restored for 30 days.

use std::sync::Arc;

use contract::{Code, OrganizationRef, OrganizationRow, PasswordState, Problem, RemovedWithUndo};
use store::{Tx, email_configurations, organizations};

use super::known;
use crate::Engine;
use crate::activity::{Author, Kind, UndoStep, count};
use crate::email_configuration::{fingerprint, new_secret_version, vault};
use crate::problems::Refusal;
use crate::stage::{Stage, to_the_end};

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
    let stored = stage
        .read(move |tx| {
            removable(&known(tx, id)?)?;
            Ok(email_configurations::load(tx, id)?
                .is_some_and(|stored| stored.password.has_password))
        })
        .await?;
    not_running(&stage, request)?;
    let change = if stored {
        vault::remove(
            &stage,
            id,
            "The key store refused to remove the password. Nothing was changed.",
        )
        .await?
    } else {
        vault::Change::none()
    };
    let (author, deleted_at) = (stage.author(), stage.unique_now());
    let removed = stage
        .write(move |tx| soft_delete(tx, request, &author, deleted_at))
        .await;
    match removed {
        Ok(removed) => {
            stage.keep_typed(id, None);
            stage.drafts.forget(id);
            Ok(removed)
        }
        Err(problem) => Err(change.take_back(&stage, problem).await),
    }
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
    }
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
    if stored.is_some_and(|stored| stored.password.has_password) {
        let details = "Removed the stored password with its organization.";
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
