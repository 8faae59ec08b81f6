//! The tokens a check carries: of the person who signed in, renewed in good time, or of an app, asked for
//! anew. One renewal at a time, over all processes of the data folder: a refresh token that is used twice
//! ends the sign-in (RFC 9700 §4.14).

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use contract::{
    AppCredential, Code, EmailConfigurationForm, OrganizationId, OrganizationRef, Problem,
};
use oauth::{Failure, Hidden};
use store::users;

use super::credential;
use super::disconnect::{not_kept, note};
use super::failures::no_token;
use super::judge::{facts, judge};
use super::keeping::{credential_of, current, forget, keep_instead};
use super::seats::{Signed, Tokens};
use super::settled::{Settled, no_authority};
use super::show::{Standing, standing};
use super::tokens_of_app::OfApp;
use crate::Engine;
use crate::activity::Kind;
use crate::checks::Plan;
use crate::email_configuration::modern::{Proof, proof};
use crate::locks;
use crate::ports::{AccessToken, BoxFuture, NoToken, TokenSource};
use crate::stage::{Stage, to_the_end};

/// How long another process may take to renew.
const OTHERS_TURN: Duration = Duration::from_secs(if cfg!(test) { 2 } else { 75 });
/// How often is looked whether it is done.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Where the tokens of an organization's checks come from: for the form as it stands, or as saved; an
/// app's credential may be given for this check alone. The authority is reached as the check reaches its
/// server (`like`: proxy, trust, time, addresses by hand), else as the organization's settings say. Asks
/// nobody: whether somebody is signed in, the source says when it is asked for a token.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Invalid`] with its field, an app's missing credential included;
/// [`Code::NotAllowed`] for a type that signs in with a password; [`Code::KeyStore`].
pub(crate) async fn tokens_of(
    engine: &Engine,
    organization: OrganizationId,
    form: Option<EmailConfigurationForm>,
    given: Option<AppCredential>,
    like: Option<&Plan>,
) -> Result<Arc<dyn TokenSource>, Problem> {
    let settled = Settled::like(engine, organization, form, like).await?;
    let settled = Arc::new(settled);
    if proof(settled.form.access_type) == Proof::App {
        let stage = &settled.stage;
        let given = credential_of(stage, organization, &settled.form, given).await?;
        let credential = credential::read(&given, stage.clock.now())?;
        return Ok(Arc::new(OfApp::new(settled, credential)));
    }
    Ok(Arc::new(OfPerson(settled)))
}

/// Renews the tokens of whoever is signed in, now.
///
/// # Errors
/// [`Code::NotAllowed`] in the words of the authority: somebody has to sign in.
pub(super) async fn renew_now(settled: Settled, generation: u64) -> Result<(), Problem> {
    match renew(Arc::new(settled), generation).await {
        Ok(signed) if signed.generation == generation => Err(Problem::new(
            Code::NotAllowed,
            "This sign-in can't be renewed.",
        )
        .hint("Sign in again; with Keep signed in it is renewed by itself.")),
        Ok(_) => Ok(()),
        // What happened is shown with the sign-in, which has expired.
        Err(none) => Err(Problem::new(Code::NotAllowed, none.to_string())),
    }
}

/// The tokens of a person.
struct OfPerson(Arc<Settled>);

impl TokenSource for OfPerson {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, NoToken>> {
        Box::pin(async {
            let settled = &self.0;
            let signed = usable(settled).await?;
            let now = settled.stage.clock.now();
            let due = signed
                .tokens
                .as_ref()
                .is_some_and(|tokens| tokens.is_due(now));
            if !due {
                return access(&signed);
            }
            match renew(Arc::clone(settled), signed.generation).await {
                // Nobody could be asked, and the one that is there is still good.
                Err(NoToken::Unreachable { .. } | NoToken::NotNow { .. })
                    if is_good(&signed, settled) =>
                {
                    access(&signed)
                }
                renewed => access(&renewed?),
            }
        })
    }

    fn renewed(&self, generation: u64) -> BoxFuture<'_, Result<AccessToken, NoToken>> {
        Box::pin(async move {
            let signed = usable(&self.0).await?;
            if signed.generation != generation {
                return access(&signed);
            }
            access(&renew(Arc::clone(&self.0), generation).await?)
        })
    }
}

fn is_good(signed: &Signed, settled: &Settled) -> bool {
    let now = settled.stage.clock.now();
    signed
        .tokens
        .as_ref()
        .is_some_and(|tokens| !tokens.is_over(now))
}

fn access(signed: &Signed) -> Result<AccessToken, NoToken> {
    let tokens = signed
        .tokens
        .as_ref()
        .ok_or_else(|| needed("Nobody is signed in."))?;
    Ok(AccessToken {
        secret: tokens.access.clone(),
        generation: signed.generation,
        expires_at: Some(tokens.expires_at),
    })
}

/// Who is signed in, if that may be used for this form.
async fn usable(settled: &Settled) -> Result<Signed, NoToken> {
    let signed = current(&settled.stage, settled.organization)
        .await
        // A key store that is locked says nothing about who is signed in.
        .map_err(|problem| NoToken::NotNow {
            sentence: [Some(problem.message), problem.hint]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" "),
        })?
        .ok_or_else(|| needed("Nobody is signed in."))?;
    let account = signed.facts.account.as_deref().unwrap_or("somebody else");
    match standing(&signed, &settled.form, settled.stage.clock.now()) {
        Standing::Usable => Ok(signed),
        Standing::Expired => Err(needed("The sign-in has expired or was revoked.")),
        Standing::OtherValues => Err(needed("The sign-in was made for other settings.")),
        Standing::OtherAccount => Err(NoToken::SignInNeeded {
            sentence: format!(
                "Signed in as {account}, expected {}. Sign in again, or allow {account}.",
                settled.form.account_logon.trim()
            ),
            code: None,
        }),
    }
}

fn needed(what: &str) -> NoToken {
    NoToken::SignInNeeded {
        sentence: format!("{what} Sign in again."),
        code: None,
    }
}

/// Renews the tokens of this generation, unless they were renewed meanwhile. It goes on to its end even
/// when nobody waits any more: an answer that is lost would be a sign-in that is lost.
async fn renew(settled: Arc<Settled>, generation: u64) -> Result<Signed, NoToken> {
    let done = to_the_end(async move { Ok(renew_once(&settled, generation).await) }).await;
    done.map_err(|problem| NoToken::NotNow {
        sentence: problem.message,
    })?
}

async fn renew_once(settled: &Settled, generation: u64) -> Result<Signed, NoToken> {
    let _alone = alone(&settled.stage, settled.organization).await?;
    let signed = usable(settled).await?;
    let refresh = signed
        .tokens
        .as_ref()
        .and_then(|tokens| tokens.refresh.clone());
    let Some(refresh) = refresh.filter(|_| signed.generation == generation) else {
        return Ok(signed); // renewed by somebody else, or it can't be
    };
    let authority = settled
        .authority()
        .await
        .map_err(|error| no_token(&no_authority(error), &settled.authority_host()))?;
    let wanted = settled.wanted(authority);
    let token = Hidden::new(refresh.expose());
    let client = settled.client_id();
    let answer = oauth::refresh(settled.http(), authority, client, &token, &wanted).await;
    match answer {
        Ok(tokens) => reseated(settled, &signed, &tokens).await,
        Err(failure @ Failure::SignInNeeded(_)) => {
            let code = match &failure {
                Failure::SignInNeeded(explanation) => explanation.code.as_str(),
                _ => "",
            };
            let why = format!("has expired or was revoked ({code})");
            ended(settled, &signed, &why).await;
            Err(no_token(&failure, authority.host()))
        }
        Err(failure) => Err(no_token(&failure, authority.host())),
    }
}

/// Takes the renewed tokens over: kept before they are used.
async fn reseated(
    settled: &Settled,
    before: &Signed,
    tokens: &oauth::Tokens,
) -> Result<Signed, NoToken> {
    let stage = &settled.stage;
    if let Err(failure) = judge(settled, tokens) {
        // The tokens before these were spent for them: used again they would end the sign-in anyway.
        ended(settled, before, "was renewed for something else").await;
        return Err(NoToken::SignInNeeded {
            sentence: failure.sentence,
            code: failure.code,
        });
    }
    let mut facts = facts(settled, tokens, before.facts.signed_in_at.clone());
    facts.account = facts.account.or_else(|| before.facts.account.clone());
    facts.accepted.clone_from(&before.facts.accepted);
    let fresh = Tokens::of(tokens, stage.clock.now());
    let mut notices = before.notices.clone();
    let mut kept = before.kept;
    if kept {
        let organization = settled.organization;
        match keep_instead(stage, organization, &before.facts, &facts, Some(&fresh)).await {
            Ok(true) => {}
            // Who disconnects means these tokens as well, whichever came first.
            Ok(false) => return Err(unwanted(settled, tokens).await),
            Err(problem) => {
                // What is kept is worth nothing any more, and used again it would end the sign-in.
                tracing::warn!(%problem, "renewed tokens can't be kept");
                if let Err(problem) = forget(stage, organization).await {
                    tracing::warn!(%problem, "old tokens can't be forgotten");
                }
                notices.push(not_kept(&problem));
                kept = false;
            }
        }
    }
    let signed = {
        let seat = stage.sign_ins.seat(settled.organization);
        let mut held = seat.held();
        held.sit(facts, Some(fresh), kept, notices)
    };
    match standing(&signed, &settled.form, stage.clock.now()) {
        Standing::OtherAccount => usable(settled).await,
        _ => Ok(signed),
    }
}

/// Somebody signed out, or in anew, while these tokens were on their way: they are ended, and kept nowhere.
async fn unwanted(settled: &Settled, tokens: &oauth::Tokens) -> NoToken {
    let seat = settled.stage.sign_ins.seat(settled.organization);
    seat.held().signed = None;
    super::forget_useless_key(&settled.stage, settled.organization).await;
    if let (Some(refresh), Ok(authority)) = (&tokens.refresh, settled.authority().await) {
        let client = settled.client_id();
        let revoked = oauth::revoke(settled.http(), authority, client, refresh).await;
        if let Err(failure) = revoked {
            tracing::info!(%failure, "tokens that came too late were not revoked");
        }
    }
    needed("Somebody signed out, or in anew, in another window or terminal.")
}

/// The authority renews it no more (`why`: what became of the sign-in, for a sentence): the tokens are forgotten, active mailboxes need renewal.
async fn ended(settled: &Settled, before: &Signed, why: &str) {
    let (stage, organization) = (&settled.stage, settled.organization);
    let mut facts = before.facts.clone();
    facts.expired = true;
    facts.renewable = false;
    let account = facts
        .account
        .clone()
        .unwrap_or_else(|| "somebody".to_owned());
    if before.kept {
        match keep_instead(stage, organization, &before.facts, &facts, None).await {
            Ok(true) => {}
            // Nothing is left of it that could end.
            Ok(false) => {
                stage.sign_ins.seat(organization).held().signed = None;
                return;
            }
            Err(problem) => tracing::warn!(%problem, "the end of a sign-in can't be noted"),
        }
    }
    stage
        .sign_ins
        .seat(organization)
        .held()
        .sit(facts, None, before.kept, before.notices.clone());
    super::forget_useless_key(stage, organization).await;
    let now = stage.now();
    let renewal = stage.write(move |tx| Ok(users::needs_renewal(tx, organization, &now)?));
    if let Err(problem) = renewal.await {
        tracing::warn!(%problem, "mailboxes that need renewal can't be noted");
    }
    let details = format!("The sign-in of {account} {why}.");
    let organization = OrganizationRef { organization };
    if let Err(problem) = note(stage, organization, Kind::SignedOut, details).await {
        tracing::warn!(%problem, "the end of a sign-in is missing in the activity log");
    }
}

/// Nobody else changes the sign-in of an organization while this lives: no task here, no other process.
pub(super) struct Alone {
    _here: tokio::sync::OwnedMutexGuard<()>,
    _everywhere: Option<std::fs::File>,
}

/// Waits until nobody else changes the sign-in of an organization.
///
/// # Errors
/// [`NoToken::NotNow`]: another process takes too long.
pub(super) async fn alone(stage: &Stage, organization: OrganizationId) -> Result<Alone, NoToken> {
    let seat = stage.sign_ins.seat(organization);
    let here = Arc::clone(&seat.renewing).lock_owned().await;
    let everywhere = turn(stage.folder.as_deref(), organization).await?;
    Ok(Alone {
        _here: here,
        _everywhere: everywhere,
    })
}

/// This process' turn; it lasts as long as the file is held.
async fn turn(
    folder: Option<&Path>,
    organization: OrganizationId,
) -> Result<Option<std::fs::File>, NoToken> {
    let Some(folder) = folder else {
        return Ok(None); // there is no other process
    };
    let path = folder.join(format!("sign-in-{organization}.lock"));
    let until = tokio::time::Instant::now() + OTHERS_TURN;
    loop {
        match locks::take_file(&path) {
            Ok(Some(file)) => return Ok(Some(file)),
            Ok(None) if tokio::time::Instant::now() < until => {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            Ok(None) => {
                return Err(NoToken::NotNow {
                    sentence:
                        "Another window or terminal has been renewing the sign-in for too long."
                            .to_owned(),
                });
            }
            Err(error) => {
                return Err(NoToken::NotNow {
                    sentence: format!("{} can't be used: {error}.", path.display()),
                });
            }
        }
    }
}
