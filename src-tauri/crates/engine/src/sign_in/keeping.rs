//! What outlives a session: tokens and an app's credential, sealed; and what can be shown of a sign-in.
//! Another process may have changed it: the database is the truth of whatever is kept.

use contract::{AppCredential, OrganizationId, Problem, Secret};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::sealed_secrets::{self, SealedKind};
use store::sign_ins::{self, StoredSignIn};

use super::seats::{Signed, Tokens};
use super::{credential, sealing};
use crate::stage::Stage;

/// Who is signed in now: what this process knows, brought up to date with the database.
///
/// # Errors
/// As [`Problem`].
pub(super) async fn current(
    stage: &Stage,
    organization: OrganizationId,
) -> Result<Option<Signed>, Problem> {
    let seat = stage.sign_ins.seat(organization);
    loop {
        let before = seat.held().changes();
        let (row, sealed) = stage
            .read(move |tx| {
                let row = sign_ins::load(tx, organization)?;
                Ok((
                    row,
                    sealed_secrets::load(tx, organization, SealedKind::Tokens)?,
                ))
            })
            .await?;
        let tokens = match sealed.filter(|_| !seat.held().is_known(row.as_ref())) {
            Some(sealed) => opened(stage, organization, sealed).await?,
            None => None,
        };
        let mut held = seat.held();
        if held.changes() != before {
            // Somebody was seated here meanwhile: what was read is of the time before.
            continue;
        }
        if held.is_known(row.as_ref()) {
            return Ok(held.signed.clone());
        }
        let Some(row) = row else {
            // It was kept, and is not any more: another process signed out.
            held.signed.take_if(|signed| signed.kept);
            return Ok(held.signed.clone());
        };
        return Ok(Some(held.sit(row, tokens, true, Vec::new())));
    }
}

/// Keeps a sign-in beyond this session.
///
/// # Errors
/// [`contract::Code::KeyStore`], [`contract::Code::DataFolder`]; then nothing is kept.
pub(super) async fn keep(
    stage: &Stage,
    organization: OrganizationId,
    facts: &StoredSignIn,
    tokens: Option<&Tokens>,
) -> Result<(), Problem> {
    kept(stage, organization, None, facts, tokens).await?;
    Ok(())
}

/// Keeps what became of a sign-in, if it is there still as it was before: `false` where somebody signed out
/// or in meanwhile, in whatever process. Looked at in the write itself, so that nothing can come in between.
///
/// # Errors
/// As [`keep`].
pub(super) async fn keep_instead(
    stage: &Stage,
    organization: OrganizationId,
    before: &StoredSignIn,
    facts: &StoredSignIn,
    tokens: Option<&Tokens>,
) -> Result<bool, Problem> {
    kept(stage, organization, Some(before), facts, tokens).await
}

async fn kept(
    stage: &Stage,
    organization: OrganizationId,
    before: Option<&StoredSignIn>,
    facts: &StoredSignIn,
    tokens: Option<&Tokens>,
) -> Result<bool, Problem> {
    let kind = SealedKind::Tokens;
    let sealed = match tokens {
        Some(tokens) => Some(sealing::seal(stage, organization, kind, &written(tokens)).await?),
        None => None,
    };
    let (before, facts, now) = (before.cloned(), facts.clone(), stage.now());
    stage
        .write(move |tx| {
            if before.is_some() && sign_ins::load(tx, organization)? != before {
                return Ok(false);
            }
            match &sealed {
                Some(sealed) => sealed_secrets::store(tx, organization, kind, sealed, &now)?,
                None => sealed_secrets::forget(tx, organization, kind)?,
            }
            sign_ins::save(tx, organization, &facts)?;
            Ok(true)
        })
        .await
}

/// Keeps nothing of a sign-in beyond this session.
///
/// # Errors
/// As [`Problem`].
pub(super) async fn forget(stage: &Stage, organization: OrganizationId) -> Result<(), Problem> {
    stage
        .write(move |tx| {
            sealed_secrets::forget(tx, organization, SealedKind::Tokens)?;
            Ok(sign_ins::forget(tx, organization)?)
        })
        .await?;
    forget_useless_key(stage, organization).await;
    Ok(())
}

/// Removes the key from the key store where nothing is sealed with it any more. A key store that refuses
/// is left with a key that opens nothing.
pub(crate) async fn forget_useless_key(stage: &Stage, organization: OrganizationId) {
    let left = stage
        .read(move |tx| Ok(sealed_secrets::count(tx, organization)?))
        .await;
    let forgotten = match left {
        Ok(0) => sealing::forget_key(stage, organization).await,
        Ok(_) => Ok(()),
        Err(problem) => Err(problem),
    };
    if let Err(problem) = forgotten {
        tracing::debug!(%problem, "a key that is of no use stays in the key store");
    }
}

/// The stored credential of an app, as it was written down. `None`: there is none, or it can't be opened.
///
/// # Errors
/// [`contract::Code::KeyStore`].
pub(crate) async fn stored_credential(
    stage: &Stage,
    organization: OrganizationId,
) -> Result<Option<Secret>, Problem> {
    let kind = SealedKind::AppCredential;
    let sealed = stage
        .read(move |tx| Ok(sealed_secrets::load(tx, organization, kind)?))
        .await?;
    match sealed {
        Some(sealed) => sealing::open(stage, organization, kind, sealed).await,
        None => Ok(None),
    }
}

/// The credential an app signs in with: the one that was given, else the stored one if it is of the kind
/// the form names, else one that was given for a check before.
///
/// # Errors
/// [`contract::Code::Invalid`]: there is none; [`contract::Code::KeyStore`].
pub(super) async fn credential_of(
    stage: &Stage,
    organization: OrganizationId,
    form: &contract::EmailConfigurationForm,
    given: Option<AppCredential>,
) -> Result<AppCredential, Problem> {
    if let Some(given) = given {
        return Ok(given);
    }
    let wanted = form.modern.app_credential;
    let stored = stored_credential(stage, organization).await?;
    let fits =
        |text: &Secret| credential::of_text(text).filter(|found| credential::kind(found) == wanted);
    let draft = || stage.app_drafts.kept(organization);
    stored
        .as_ref()
        .and_then(fits)
        .or_else(|| draft().as_ref().and_then(fits))
        .ok_or_else(|| {
            let text = match wanted {
                contract::AppCredentialKind::Certificate => {
                    "Choose a certificate with its private key."
                }
                contract::AppCredentialKind::Secret => "Enter the client secret.",
            };
            Problem::invalid("appCredential", text)
                .hint("Without a key store it is asked for each time Understudy is started.")
        })
}

async fn opened(
    stage: &Stage,
    organization: OrganizationId,
    sealed: Vec<u8>,
) -> Result<Option<Tokens>, Problem> {
    let text = sealing::open(stage, organization, SealedKind::Tokens, sealed).await?;
    Ok(text.and_then(|text| read(&text)))
}

#[derive(Serialize)]
struct Written<'a> {
    access: &'a str,
    refresh: Option<&'a str>,
    expires_at: Timestamp,
    got_at: Timestamp,
}

#[derive(Deserialize)]
struct Read {
    access: Secret,
    refresh: Option<Secret>,
    expires_at: Timestamp,
    got_at: Timestamp,
}

fn written(tokens: &Tokens) -> Secret {
    let text = serde_json::to_string(&Written {
        access: tokens.access.expose(),
        refresh: tokens.refresh.as_ref().map(Secret::expose),
        expires_at: tokens.expires_at,
        got_at: tokens.got_at,
    });
    Secret::new(text.expect("texts and times are JSON"))
}

fn read(text: &Secret) -> Option<Tokens> {
    let read: Read = serde_json::from_str(text.expose()).ok()?;
    Some(Tokens {
        access: read.access,
        refresh: read.refresh,
        expires_at: read.expires_at,
        got_at: read.got_at,
    })
}
