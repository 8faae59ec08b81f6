//! Signing in: in the system's browser, or with a code on another device. What comes back is held against
//! what was asked for before anything of it is kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use contract::{Code, NoArgs, OrganizationRef, Problem, SignIn, SignInFailure, StartSignIn};
use oauth::{Ask, DeviceCode, Event, Failure, Pending, device, sign_in};
use tokio::sync::watch;

use super::account::{Likeness, likeness};
use super::disconnect::{not_kept, note};
use super::failures::{mismatch, told};
use super::judge::{facts, judge, unreadable};
use super::keeping::{forget, keep};
use super::seats::{Attempt, Tokens};
use super::settled::{Settled, form_of, no_authority};
use super::show::show;
use super::tokens::alone;
use crate::Engine;
use crate::activity::Kind;
use crate::checks::go_online;
use crate::email_configuration::modern::{Proof, proof};
use crate::ports::WebPage;
use crate::stage::on_blocking_thread;

impl Engine {
    /// Starts a sign-in, and opens the page in the browser; how it goes is asked with
    /// [`Engine::sign_in_show`]. One that waits already is cancelled.
    ///
    /// # Errors
    /// [`Code::Invalid`] with its field; [`Code::Offline`]; [`Code::NotAllowed`] for a type that no person
    /// signs in for. A refusal of the authority is no error: it is shown.
    pub async fn sign_in_start(&self, request: StartSignIn) -> Result<SignIn, Problem> {
        go_online(self).await?;
        let settled = Settled::of(self, request.organization, request.form).await?;
        if proof(settled.form.access_type) != Proof::SignedIn {
            return Err(Problem::new(Code::NotAllowed, "An app signs in by itself.")
                .field("accessType")
                .hint("Give it its certificate or client secret, and authorize it."));
        }
        let organization = OrganizationRef {
            organization: request.organization,
        };
        self.sign_in_cancel(organization).await?;
        let stage = Arc::clone(&settled.stage);
        let form = settled.form.clone();
        let seat = stage.sign_ins.seat(request.organization);
        {
            let mut held = seat.held();
            held.asked = Some(form.clone());
            held.failure = None;
        }
        let waiting = match begin(&settled, request.device_code).await {
            Ok(waiting) => waiting,
            Err(failure) => {
                let authority = settled.authority().await.ok();
                let failure = told(&failure, authority, settled.client_id());
                seat.held().failure = Some(failure);
                return show(&stage, request.organization, &form).await;
            }
        };
        let page = WebPage::of_authority(waiting.link());
        wait(settled, waiting);
        let mut shown = show(&stage, request.organization, &form).await?;
        if !request.device_code {
            let opened = self.open_page(page).await;
            // The link is shown all the same.
            shown
                .warnings
                .extend(opened.err().map(|problem| problem.message));
        }
        Ok(shown)
    }

    /// Opens the page of a sign-in that waits once more.
    ///
    /// # Errors
    /// [`Code::NotAllowed`] where none waits, or there is no browser.
    pub async fn sign_in_open(&self, request: OrganizationRef) -> Result<NoArgs, Problem> {
        let seat = self.stage().sign_ins.seat(request.organization);
        let page = seat
            .held()
            .attempt
            .as_ref()
            .map(|attempt| WebPage::of_authority(&attempt.link));
        let Some(page) = page else {
            return Err(
                Problem::new(Code::NotAllowed, "No sign-in waits any more.").hint("Sign in again.")
            );
        };
        self.open_page(page).await?;
        Ok(NoArgs {})
    }

    /// Gives up a sign-in that waits; fine if there is none.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn sign_in_cancel(&self, request: OrganizationRef) -> Result<SignIn, Problem> {
        let (stage, organization) = (self.stage(), request.organization);
        let seat = stage.sign_ins.seat(organization);
        let ended = seat.held().attempt.as_ref().map(|attempt| {
            attempt.cancel.send_replace(true);
            attempt.ended.clone()
        });
        if let Some(mut ended) = ended {
            // An error means that its task is gone: then it has ended as well.
            let _ = ended.wait_for(|ended| *ended).await;
        }
        let asked = seat.asked_form();
        let form = form_of(&stage, organization, asked).await;
        let form = match form {
            Err(problem) if problem.code == Code::Invalid => {
                contract::EmailConfigurationForm::default()
            }
            other => other?,
        };
        show(&stage, organization, &form).await
    }

    pub(super) async fn open_page(&self, page: Option<WebPage>) -> Result<(), Problem> {
        let Some(page) = page else {
            return Err(Problem::new(
                Code::NotAllowed,
                "The page of this authority isn't opened: it is neither https nor on this computer.",
            ));
        };
        let browser = Arc::clone(&self.inner.browser);
        on_blocking_thread(move || browser.open(&page)).await
    }
}

/// What is waited for.
enum Waiting {
    Browser(Box<Pending>),
    Code(Box<DeviceCode>),
}

impl Waiting {
    fn link(&self) -> &url::Url {
        match self {
            Self::Browser(pending) => pending.authorization_url(),
            Self::Code(code) => code.verification_uri(),
        }
    }
}

async fn begin(settled: &Settled, device_code: bool) -> Result<Waiting, Failure> {
    let authority = settled.authority().await.map_err(no_authority)?;
    let hint = settled.form.account_logon.trim();
    let ask = Ask {
        // Only a UPN helps an authority; DOMAIN\user is nothing that it could look up.
        login_hint: hint.contains('@').then(|| hint.to_owned()),
        port: settled.form.modern.redirect_port,
        offline: settled.keeps(),
        ..Ask::new(settled.client_id(), settled.wanted(authority))
    };
    if device_code {
        let code = device::begin(settled.http(), authority, ask).await?;
        Ok(Waiting::Code(Box::new(code)))
    } else {
        let pending = sign_in::begin(settled.http(), authority, ask).await?;
        Ok(Waiting::Browser(Box::new(pending)))
    }
}

/// Seats the attempt, and waits for its end on a task of its own.
fn wait(settled: Settled, waiting: Waiting) {
    let (cancel, mut cancelled) = watch::channel(false);
    let (ended, has_ended) = watch::channel(false);
    let discarded = Arc::new(AtomicU32::new(0));
    let seat = settled.stage.sign_ins.seat(settled.organization);
    let id = {
        let mut held = seat.held();
        let id = held.next_attempt();
        held.attempt = Some(Attempt {
            id,
            link: waiting.link().clone(),
            user_code: match &waiting {
                Waiting::Browser(_) => None,
                Waiting::Code(code) => Some(code.user_code().to_owned()),
            },
            until: match &waiting {
                Waiting::Browser(pending) => pending.expires_at(),
                Waiting::Code(code) => code.expires_at(),
            },
            redirect_uri: match &waiting {
                Waiting::Browser(pending) => Some(pending.redirect_uri().to_owned()),
                Waiting::Code(_) => None,
            },
            discarded: Arc::clone(&discarded),
            cancel,
            ended: has_ended,
        });
        id
    };
    tokio::spawn(async move {
        let given_up = async move {
            // The sender is gone with the attempt: then nobody waits for the answer any more.
            let _ = cancelled.wait_for(|cancelled| *cancelled).await;
        };
        let outcome = match waiting {
            Waiting::Browser(pending) => {
                let heard = move |event| {
                    if event == Event::ForeignAnswer {
                        discarded.fetch_add(1, Relaxed);
                    }
                };
                let good = |tokens: &oauth::Tokens| judge(&settled, tokens).is_ok();
                pending.wait_for(good, given_up, heard).await
            }
            Waiting::Code(code) => code.wait(given_up).await,
        };
        finish(&settled, id, outcome).await;
        ended.send_replace(true);
    });
}

/// What came of an attempt: somebody is seated, or the reason why not.
async fn finish(settled: &Settled, id: u64, outcome: Result<oauth::Tokens, Failure>) {
    let seat = settled.stage.sign_ins.seat(settled.organization);
    let is_current = |held: &super::seats::Held| {
        held.attempt
            .as_ref()
            .is_some_and(|attempt| attempt.id == id)
    };
    if !is_current(&seat.held()) {
        return; // the organization was deleted meanwhile
    }
    let failure = match outcome {
        Ok(tokens) => match judge(settled, &tokens) {
            Ok(()) => seated(settled, &tokens).await.err(),
            Err(failure) => Some(failure),
        },
        Err(failure) => {
            let authority = settled.authority().await.ok();
            Some(told(&failure, authority, settled.client_id()))
        }
    };
    let mut held = seat.held();
    if is_current(&held) {
        held.failure = failure;
        held.attempt = None;
    }
}

/// Seats whoever signed in.
async fn seated(settled: &Settled, tokens: &oauth::Tokens) -> Result<(), SignInFailure> {
    let (stage, organization) = (&settled.stage, settled.organization);
    // A renewal of the sign-in before must not put its tokens in the place of these.
    let _alone = alone(stage, organization)
        .await
        .map_err(|none| mismatch(format!("{none}"), "Try again when it has ended."))?;
    let now = stage.clock.now();
    let facts = facts(settled, tokens, stage.now());
    let kept_tokens = Tokens::of(tokens, now);
    let mut notices = unreadable(settled, tokens);
    let other = likeness(facts.account.as_deref(), &settled.form.account_logon) == Likeness::Other;
    let keeps = settled.keeps() && !other;
    let kept = if keeps {
        match keep(stage, organization, &facts, Some(&kept_tokens)).await {
            Ok(()) => true,
            Err(problem) => {
                notices.push(not_kept(&problem));
                false
            }
        }
    } else {
        false
    };
    if !kept && let Err(problem) = forget(stage, organization).await {
        return Err(mismatch(
            problem.message,
            problem.hint.as_deref().unwrap_or_default(),
        ));
    }
    let account = facts
        .account
        .clone()
        .unwrap_or_else(|| "somebody".to_owned());
    let seat = stage.sign_ins.seat(organization);
    seat.held().sit(facts, Some(kept_tokens), kept, notices);
    let host = settled
        .authority()
        .await
        .map(|authority| authority.host().to_owned());
    let details = format!("Signed in as {account} at {}.", host.unwrap_or_default());
    let organization = OrganizationRef { organization };
    if let Err(problem) = note(stage, organization, Kind::SignedIn, details).await {
        tracing::warn!(%problem, "a sign-in is missing in the activity log");
    }
    Ok(())
}
