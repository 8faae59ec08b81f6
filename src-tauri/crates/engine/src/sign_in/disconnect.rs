//! `Disconnect`, `Use this account`, `Refresh`: what is done with a sign-in that is there.

use contract::{Code, OrganizationRef, Problem, Secret, SignIn};
use oauth::Hidden;
use store::users;

use super::keeping::{current, forget, keep};
use super::settled::{Settled, form_of};
use super::show::{Standing, show, standing};
use super::tokens;
use crate::Engine;
use crate::activity::Kind;
use crate::checks::go_online;
use crate::email_configuration::modern::{Proof, proof};
use crate::organizations::known;
use crate::stage::{Stage, to_the_end};

impl Engine {
    /// Forgets who is signed in, and revokes the tokens where the authority can.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::DataFolder`].
    pub async fn sign_in_disconnect(&self, request: OrganizationRef) -> Result<SignIn, Problem> {
        let (stage, organization) = (self.stage(), request.organization);
        self.sign_in_cancel(request).await?;
        let work = std::sync::Arc::clone(&stage);
        // Forgotten here first: nothing that follows may keep it.
        let refresh = to_the_end(async move { forgotten(&work, request).await }).await?;
        let told = match refresh {
            Some((refresh, asked_with)) => {
                let refresh = Hidden::new(refresh.expose());
                self.revoke(request, refresh, &asked_with).await
            }
            None => None,
        };
        let asked = stage.sign_ins.seat(organization).asked_form();
        let form = form_of(&stage, organization, asked)
            .await
            .unwrap_or_default();
        let mut shown = show(&stage, organization, &form).await?;
        shown.warnings.extend(told);
        Ok(shown)
    }

    /// Allows the account that is signed in, though another one was expected.
    ///
    /// # Errors
    /// [`Code::NotAllowed`] where nobody else is signed in.
    pub async fn sign_in_use(&self, request: OrganizationRef) -> Result<SignIn, Problem> {
        let (stage, organization) = (self.stage(), request.organization);
        let _alone = tokens::alone(&stage, organization)
            .await
            .map_err(|none| Problem::new(Code::NotAllowed, none.to_string()))?;
        let signed = current(&stage, organization).await?.ok_or_else(nobody)?;
        let asked = stage.sign_ins.seat(organization).asked_form();
        let form = match asked {
            Some(form) => form,
            None => form_of(&stage, organization, None).await?,
        };
        if standing(&signed, &form, stage.clock.now()) != Standing::OtherAccount {
            return show(&stage, organization, &form).await;
        }
        let mut facts = signed.facts.clone();
        facts.accepted = Some(form.account_logon.trim().to_lowercase());
        let account = facts.account.clone().unwrap_or_default();
        let mut notices = signed.notices.clone();
        let kept = match (form.modern.keep_signed_in, &signed.tokens) {
            (true, Some(tokens)) => match keep(&stage, organization, &facts, Some(tokens)).await {
                Ok(()) => true,
                Err(problem) => {
                    notices.push(not_kept(&problem));
                    false
                }
            },
            _ => false,
        };
        stage
            .sign_ins
            .seat(organization)
            .held()
            .sit(facts, signed.tokens, kept, notices);
        let details = format!(
            "Accepted {account} in the place of {}.",
            form.account_logon.trim()
        );
        note(&stage, request, Kind::OtherAccountAccepted, details).await?;
        show(&stage, organization, &form).await
    }

    /// Renews the token now.
    ///
    /// # Errors
    /// [`Code::Offline`]; [`Code::NotAllowed`] where nobody is signed in.
    pub async fn sign_in_refresh(&self, request: OrganizationRef) -> Result<SignIn, Problem> {
        go_online(self).await?;
        let (stage, organization) = (self.stage(), request.organization);
        let asked = stage.sign_ins.seat(organization).asked_form();
        let settled = Settled::of(self, organization, asked).await?;
        if proof(settled.form.access_type) == Proof::App {
            return self.authorize(settled, None).await;
        }
        let signed = current(&stage, organization).await?.ok_or_else(nobody)?;
        let form = settled.form.clone();
        tokens::renew_now(settled, signed.generation).await?;
        show(&stage, organization, &form).await
    }

    /// Ends a refresh token at its authority: the one that the settings it was `asked_with` name, and no
    /// other. Answers what is to be told where that failed.
    async fn revoke(
        &self,
        request: OrganizationRef,
        refresh: Hidden,
        asked_with: &str,
    ) -> Option<String> {
        let failed = |said: String| {
            Some(format!(
                "The tokens are forgotten here, but were not revoked: {said}"
            ))
        };
        if let Err(problem) = go_online(self).await {
            return failed(problem.message);
        }
        let asked = self
            .stage()
            .sign_ins
            .seat(request.organization)
            .asked_form();
        let settled = match Settled::of(self, request.organization, asked).await {
            Ok(settled) => settled,
            Err(problem) => return failed(problem.message),
        };
        if settled.values != asked_with {
            return failed("the settings name other values now.".to_owned());
        }
        let authority = match settled.authority().await {
            Ok(authority) => authority,
            Err(error) => return failed(error.to_string()),
        };
        match oauth::revoke(settled.http(), authority, settled.client_id(), &refresh).await {
            Ok(_) => None,
            Err(failure) => failed(failure.to_string()),
        }
    }
}

/// Forgets who is signed in, here and in the database; answers the refresh token that was there, and the
/// values it was asked for with.
async fn forgotten(
    stage: &Stage,
    request: OrganizationRef,
) -> Result<Option<(Secret, String)>, Problem> {
    let organization = request.organization;
    // A renewal that is under way must not keep what is forgotten now.
    let alone = tokens::alone(stage, organization).await;
    if let Err(none) = &alone {
        tracing::warn!(%none, "a sign-in is forgotten while another process renews it");
    }
    let signed = current(stage, organization).await?;
    {
        let seat = stage.sign_ins.seat(organization);
        let mut held = seat.held();
        held.signed = None;
        held.failure = None;
    }
    stage.app_drafts.forget(organization);
    forget(stage, organization).await?;
    let Some(signed) = signed else {
        return Ok(None);
    };
    let account = signed.facts.account.as_deref().unwrap_or("somebody");
    let now = stage.now();
    if signed.tokens.is_some() {
        // What was proven with this sign-in can't be used without one.
        let renewal = stage.write(move |tx| Ok(users::needs_renewal(tx, organization, &now)?));
        renewal.await?;
    }
    let details = format!("Signed out {account}.");
    note(stage, request, Kind::SignedOut, details).await?;
    let refresh = signed.tokens.and_then(|tokens| tokens.refresh);
    Ok(refresh.map(|refresh| (refresh, signed.facts.asked_with)))
}

/// Nobody is signed in.
pub(super) fn nobody() -> Problem {
    Problem::new(Code::NotAllowed, "Nobody is signed in.").hint("Sign in first.")
}

/// What is told where `Keep signed in` was chosen, and nothing can be kept.
pub(super) fn not_kept(problem: &Problem) -> String {
    format!(
        "{} The sign-in is in memory only, until Understudy is closed.",
        problem.message
    )
}

/// A row of the activity log.
///
/// # Errors
/// As [`Problem`].
pub(super) async fn note(
    stage: &Stage,
    request: OrganizationRef,
    kind: Kind,
    details: String,
) -> Result<(), Problem> {
    let (author, organization) = (stage.author(), request.organization);
    stage
        .write(move |tx| {
            let row = known(tx, organization)?;
            author.note(tx, kind, Some((organization, &row.name)), details, None)?;
            Ok(())
        })
        .await
}
