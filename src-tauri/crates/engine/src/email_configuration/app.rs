//! What becomes of an app's credential when a form is saved: sealed, replaced, removed, or left alone. It
//! is in the database as bytes that only a key in the key store opens.

use contract::{
    AppCredentialChange, AppCredentialState, Code, EmailConfigurationForm, OrganizationId, Problem,
};
use store::email_configurations::StoredConfiguration;
use store::sealed_secrets::{self, SealedKind};
use store::{StoreError, Tx, email_configurations};

use super::fingerprint::app_version;
use crate::activity::Kind;
use crate::sign_in::{credential, sealing};
use crate::stage::Stage;

const REFUSED: &str = "The key store refused to save the app's credential. Nothing was changed.";

/// What is to be written about the credential.
pub(super) enum Plan {
    /// As it is.
    Keep { version: i64 },
    /// This one, under a version or a new one.
    Store {
        state: Box<AppCredentialState>,
        sealed: Vec<u8>,
        version: Option<i64>,
        replaces: bool,
    },
    /// It goes.
    Remove { had: bool, version: i64 },
}

impl Plan {
    /// # Errors
    /// [`Code::KeyStore`]: it cannot be kept, only given for each check; [`Code::BadCertificate`].
    pub(super) async fn of(
        stage: &Stage,
        organization: OrganizationId,
        stored: Option<&StoredConfiguration>,
        change: AppCredentialChange,
    ) -> Result<Self, Problem> {
        let version = stored.map_or(0, |stored| stored.app_credential_version);
        let had = stored.is_some_and(|stored| has(&stored.app_credential));
        match change {
            AppCredentialChange::Keep => Ok(Self::Keep { version }),
            AppCredentialChange::Remove => Ok(Self::Remove { had, version }),
            AppCredentialChange::Store { credential: given } => {
                let shown = credential::state(&given, stage.now(), stage.clock.now())?;
                let text = credential::text(&given);
                let kind = SealedKind::AppCredential;
                let sealed = sealing::seal(stage, organization, kind, &text)
                    .await
                    .map_err(worded)?;
                Ok(Self::Store {
                    state: Box::new(shown),
                    sealed,
                    version: app_version(stage, organization, stored, &text).await,
                    replaces: had,
                })
            }
        }
    }

    /// The version it will have; `None`: a new one.
    pub(super) const fn version(&self) -> Option<i64> {
        match self {
            Self::Keep { version }
            | Self::Remove {
                had: false,
                version,
            } => Some(*version),
            Self::Store { version, .. } => *version,
            Self::Remove { had: true, .. } => None,
        }
    }

    /// Whether another credential is the one that is meant from now on.
    pub(super) const fn changes(&self) -> bool {
        !matches!(self, Self::Keep { .. })
    }

    /// Whether something sealed goes, and its key may be of no use any more.
    pub(super) const fn leaves(&self) -> bool {
        matches!(self, Self::Remove { .. })
    }

    pub(super) fn save(
        &self,
        tx: &Tx<'_>,
        organization: OrganizationId,
        version: i64,
        now: &str,
    ) -> Result<(), StoreError> {
        let kind = SealedKind::AppCredential;
        match self {
            Self::Keep { .. } => Ok(()),
            Self::Store { state, sealed, .. } => {
                sealed_secrets::store(tx, organization, kind, sealed, now)?;
                email_configurations::set_app_credential(tx, organization, state, version)
            }
            Self::Remove { .. } => {
                sealed_secrets::forget(tx, organization, kind)?;
                let none = AppCredentialState::default();
                email_configurations::set_app_credential(tx, organization, &none, version)
            }
        }
    }

    /// For the activity log.
    pub(super) fn told(&self, form: &EmailConfigurationForm) -> Option<(Kind, String)> {
        let app = &form.modern.client_id;
        match self {
            Self::Keep { .. } | Self::Remove { had: false, .. } => None,
            Self::Store {
                state, replaces, ..
            } => {
                let what = match &state.certificate {
                    Some(certificate) => format!("certificate {}", certificate.thumbprint),
                    None => "client secret".to_owned(),
                };
                Some(if *replaces {
                    let details = format!("Replaced the credential of app {app}: {what}.");
                    (Kind::CredentialsReplaced, details)
                } else {
                    let details = format!("Stored the credential of app {app}: {what}.");
                    (Kind::CredentialsStored, details)
                })
            }
            Self::Remove { had: true, .. } => Some((
                Kind::CredentialsRemoved,
                format!("Removed the credential of app {app}."),
            )),
        }
    }
}

fn has(state: &AppCredentialState) -> bool {
    state.has_secret || state.certificate.is_some()
}

/// What the key store said goes before the way out.
fn worded(problem: Problem) -> Problem {
    if problem.code != Code::KeyStore {
        return problem;
    }
    Problem::new(Code::KeyStore, REFUSED)
        .field("appCredential")
        .hint(format!(
            "{} Give it for each check instead: then it is in memory only, until Understudy is closed.",
            problem.message
        ))
}
