//! The sign-in of an organization as it is shown, held against the form as it stands. Asks nobody.

use contract::{EmailConfigurationForm, OrganizationId, Problem, SignIn, SignInRef, SignInState};
use jiff::Timestamp;

use super::account::{Likeness, likeness};
use super::keeping::current;
use super::seats::Signed;
use super::settled::{form_of, values};
use crate::Engine;
use crate::email_configuration::EwsUrl;
use crate::email_configuration::modern::{self, Proof, proof};
use crate::stage::Stage;

/// The role with which an app reaches every mailbox over EWS.
const FULL_ACCESS: &str = "full_access_as_app";

impl Engine {
    /// How far the sign-in of an organization is, and who is signed in. Asks nobody.
    ///
    /// # Errors
    /// [`contract::Code::NotFound`]; [`contract::Code::KeyStore`].
    pub async fn sign_in_show(&self, request: SignInRef) -> Result<SignIn, Problem> {
        let stage = self.stage();
        let form = form_of(&stage, request.organization, request.form).await;
        // Nothing is filled in yet: then nobody is signed in for it.
        let form = match form {
            Err(problem) if problem.code == contract::Code::Invalid => {
                EmailConfigurationForm::default()
            }
            other => other?,
        };
        show(&stage, request.organization, &form).await
    }
}

/// What may be done with a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It can be used.
    Usable,
    /// Somebody else is signed in, and that was not accepted.
    OtherAccount,
    /// It has expired or was revoked, or its tokens are gone.
    Expired,
    /// It was made for other values.
    OtherValues,
}

/// What may be done with a sign-in for this form, now.
pub(super) fn standing(signed: &Signed, form: &EmailConfigurationForm, now: Timestamp) -> Standing {
    if signed.facts.asked_with != values(form) {
        return Standing::OtherValues;
    }
    let usable = match &signed.tokens {
        Some(tokens) => tokens.refresh.is_some() || !tokens.is_over(now),
        None => proof(form.access_type) == Proof::App,
    };
    if signed.facts.expired || !usable {
        return Standing::Expired;
    }
    let other = proof(form.access_type) == Proof::SignedIn
        && likeness(signed.facts.account.as_deref(), &form.account_logon) == Likeness::Other;
    let expected = form.account_logon.trim().to_lowercase();
    if other && signed.facts.accepted.as_deref() != Some(expected.as_str()) {
        return Standing::OtherAccount;
    }
    Standing::Usable
}

/// The sign-in as it stands.
///
/// # Errors
/// As [`Problem`].
pub(super) async fn show(
    stage: &Stage,
    organization: OrganizationId,
    form: &EmailConfigurationForm,
) -> Result<SignIn, Problem> {
    let signed = current(stage, organization).await?;
    let now = stage.clock.now();
    let mut shown = signed
        .as_ref()
        .map_or_else(SignIn::default, |signed| of_signed(signed, form, now));
    {
        let seat = stage.sign_ins.seat(organization);
        let held = seat.held();
        shown.failure.clone_from(&held.failure);
        shown.waiting = held.attempt.as_ref().map(|attempt| attempt.shown(now));
    }
    if shown.waiting.is_some() {
        shown.state = SignInState::Waiting;
    } else if shown.failure.is_some() && shown.state == SignInState::NotSignedIn {
        shown.state = SignInState::Failed;
    }
    shown.status = status(&shown);
    Ok(shown)
}

fn of_signed(signed: &Signed, form: &EmailConfigurationForm, now: Timestamp) -> SignIn {
    let facts = &signed.facts;
    let standing = standing(signed, form, now);
    let other = standing == Standing::OtherAccount;
    SignIn {
        state: match standing {
            Standing::Usable => SignInState::Authorized,
            Standing::OtherAccount => SignInState::OtherAccount,
            Standing::Expired => SignInState::Expired,
            Standing::OtherValues => SignInState::NotSignedIn,
        },
        account: facts.account.clone(),
        expected: other.then(|| form.account_logon.trim().to_owned()),
        tenant: facts.tenant.clone(),
        audience: facts.audience.clone(),
        scopes: facts.scopes.clone(),
        roles: facts.roles.clone(),
        expires_at: facts.expires_at.clone(),
        signed_in_at: Some(facts.signed_in_at.clone()),
        renewable: facts.renewable && !facts.expired,
        kept: signed.kept,
        other_values: standing == Standing::OtherValues,
        warnings: warnings(signed, form),
        ..SignIn::default()
    }
}

fn status(shown: &SignIn) -> String {
    match shown.state {
        SignInState::Waiting => "Finish signing in in your browser".to_owned(),
        SignInState::Authorized => "Impersonation status: Authorized".to_owned(),
        SignInState::Expired => "Impersonation status: Expired".to_owned(),
        SignInState::OtherAccount => format!(
            "Signed in as {}, expected {}.",
            shown.account.as_deref().unwrap_or("somebody else"),
            shown.expected.as_deref().unwrap_or("another account")
        ),
        SignInState::NotSignedIn | SignInState::Failed => {
            "Impersonation status: Not authorized".to_owned()
        }
    }
}

/// What is odd about it, in plain sentences.
fn warnings(signed: &Signed, form: &EmailConfigurationForm) -> Vec<String> {
    let mut found = signed.notices.clone();
    let facts = &signed.facts;
    let online = EwsUrl::parse(&modern::ews_url(form)).is_ok_and(|url| url.is_exchange_online());
    match proof(form.access_type) {
        Proof::SignedIn => {
            match likeness(facts.account.as_deref(), &form.account_logon) {
                Likeness::Perhaps => found.push(format!(
                    "Signed in as {}; whether that is {} can't be told from the names.",
                    facts.account.as_deref().unwrap_or_default(),
                    form.account_logon.trim()
                )),
                Likeness::Unknown => {
                    found.push("The token doesn't say whose it is.".to_owned());
                }
                Likeness::Same | Likeness::Other => {}
            }
            if online {
                found.push(
                    "Exchange Online removed the impersonation role in Feb 2025: expect a check to be refused. Use Microsoft 365 OAuth (Graph API) - App-only access logon."
                        .to_owned(),
                );
            }
        }
        Proof::App => of_roles(&facts.roles, form, &mut found),
        Proof::Password => {}
    }
    found
}

fn of_roles(roles: &[String], form: &EmailConfigurationForm, found: &mut Vec<String>) {
    let graph = form.access_type == contract::AccessType::GraphApp;
    let opens = |role: &String| {
        if graph {
            role.starts_with("Mail.Read")
        } else {
            role == FULL_ACCESS
        }
    };
    let wanted = if graph { "Mail.Read" } else { FULL_ACCESS };
    found.push(if roles.iter().any(opens) {
        // RBAC for Applications adds to the consent in Entra, and can't take from it.
        "The tenant-wide grant overrides your scope.".to_owned()
    } else {
        format!(
            "The token has no role {wanted}: the app opens mailboxes only where RBAC for Applications lets it."
        )
    });
}
