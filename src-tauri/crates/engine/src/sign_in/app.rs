//! `Microsoft 365 OAuth (Graph API)` and its like for an app: gets a token with its certificate or secret,
//! and shows what is in it.

use std::sync::Arc;

use contract::{AppCredential, AuthorizeApp, Code, Problem, SignIn};

use super::credential;
use super::disconnect::{not_kept, note};
use super::failures::told;
use super::judge::{facts, judge, unreadable};
use super::keeping::{credential_of, forget, keep, stored_credential};
use super::settled::{Settled, no_authority};
use super::show::show;
use super::tokens::alone;
use super::tokens_of_app::of_authority;
use crate::Engine;
use crate::activity::Kind;
use crate::checks::go_online;
use crate::email_configuration::fingerprint_of_app;
use crate::email_configuration::modern::{Proof, proof};
use crate::ports::WebPage;

impl Engine {
    /// Gets a token for an app, and shows what is in it. A refusal of the authority is no error: it is
    /// shown.
    ///
    /// # Errors
    /// [`Code::Invalid`] with its field; [`Code::BadCertificate`]; [`Code::Offline`];
    /// [`Code::NotAllowed`] for a type that a person signs in for.
    pub async fn app_authorize(&self, request: AuthorizeApp) -> Result<SignIn, Problem> {
        go_online(self).await?;
        let settled = Settled::of(self, request.organization, request.form).await?;
        if proof(settled.form.access_type) != Proof::App {
            return Err(
                Problem::new(Code::NotAllowed, "A person signs in for this type.")
                    .field("accessType")
                    .hint("Sign in in the browser instead."),
            );
        }
        let mut notice = None;
        if request.consent {
            notice = self.consent_page(&settled).await.err();
        }
        let mut shown = self.authorize(settled, request.credential).await?;
        shown.warnings.extend(notice.map(|problem| problem.message));
        Ok(shown)
    }

    async fn consent_page(&self, settled: &Settled) -> Result<(), Problem> {
        let page = match settled.authority().await {
            Ok(authority) => authority.admin_consent(settled.client_id()),
            // Told by the request for a token, which comes next.
            Err(_) => return Ok(()),
        };
        match page {
            Some(page) => self.open_page(WebPage::of_authority(&page)).await,
            None => Err(Problem::new(
                Code::NotAllowed,
                "This authority has no consent page.",
            )),
        }
    }

    pub(super) async fn authorize(
        &self,
        settled: Settled,
        given: Option<AppCredential>,
    ) -> Result<SignIn, Problem> {
        let (stage, organization) = (Arc::clone(&settled.stage), settled.organization);
        let form = settled.form.clone();
        let typed = given.is_some();
        let given = credential_of(&stage, organization, &form, given).await?;
        let credential = credential::read(&given, stage.clock.now())?;
        if typed {
            // In memory until it is saved: for the checks of this session.
            fingerprint_of_app(&stage, organization, &form, Some(&given)).await?;
        }
        let seat = stage.sign_ins.seat(organization);
        {
            let mut held = seat.held();
            held.asked = Some(form.clone());
            held.failure = None;
        }
        let failure = match of_authority(&settled, &credential).await {
            Ok(tokens) => match judge(&settled, &tokens) {
                Ok(()) => {
                    self.authorized(&settled, &given, &tokens).await?;
                    None
                }
                Err(failure) => Some(failure),
            },
            Err(failure) => {
                let authority = settled.authority().await.map_err(no_authority);
                Some(told(&failure, authority.ok(), settled.client_id()))
            }
        };
        {
            let mut held = seat.held();
            if failure.is_some() {
                held.signed.take_if(|signed| !signed.kept);
            }
            held.failure = failure;
        }
        show(&stage, organization, &form).await
    }

    /// Shows what is in the token, and forgets the token: each check gets its own.
    async fn authorized(
        &self,
        settled: &Settled,
        given: &AppCredential,
        tokens: &oauth::Tokens,
    ) -> Result<(), Problem> {
        let (stage, organization) = (&settled.stage, settled.organization);
        let _alone = alone(stage, organization)
            .await
            .map_err(|none| Problem::new(Code::NotAllowed, none.to_string()))?;
        let mut facts = facts(settled, tokens, stage.now());
        facts.account = Some(settled.client_id().to_owned());
        facts.renewable = true;
        let mut notices = unreadable(settled, tokens);
        let stored = stored_credential(stage, organization).await?;
        let is_stored =
            stored.is_some_and(|stored| stored.expose() == credential::text(given).expose());
        let kept = if is_stored {
            match keep(stage, organization, &facts, None).await {
                Ok(()) => true,
                Err(problem) => {
                    notices.push(not_kept(&problem));
                    false
                }
            }
        } else {
            forget(stage, organization).await?;
            false
        };
        stage
            .sign_ins
            .seat(organization)
            .held()
            .sit(facts, None, kept, notices);
        let details = format!(
            "Authorized app {} for {}.",
            settled.client_id(),
            settled.host
        );
        let organization = contract::OrganizationRef { organization };
        note(stage, organization, Kind::SignedIn, details).await
    }
}
