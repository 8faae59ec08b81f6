//! `Save`: the form into the database, the password into the key store, and the results of the run
//! that waits for just these settings into the users' `Sync access` (panel §7.9).
//!
//! The key store goes first. Whichever of the two refuses, nothing is changed in the end.

use std::sync::Arc;

use contract::{
    EmailConfigurationForm, OrganizationId, PasswordChange, PasswordState, Problem, RunId,
    SaveEmailConfiguration, Saved, Secret, TlsTrust,
};
use jiff::Timestamp;
use jiff::civil::Date;
use store::email_configurations::StoredConfiguration;
use store::run_results::{self, Applied};
use store::sealed_secrets::{self, SealedKind};
use store::{StoreError, Tx, confirmed_hosts, email_configurations, runs, sign_ins, users};

use super::changes::{changes, pin, pinned};
use super::fingerprint::{fingerprint, new_secret_version, same, same_as_stored};
use super::modern::{self, Proof, proof};
use super::validate::{PasswordField, SecretFields, Surroundings, first_error, messages};
use super::{EwsUrl, app, proxy, show, vault};
use crate::Engine;
use crate::activity::{Author, Kind, count};
use crate::organizations::known;
use crate::problems::Refusal;
use crate::stage::{Stage, to_the_end};

impl Engine {
    /// Saves the form and applies the results that wait for it.
    ///
    /// # Errors
    /// [`contract::Code::Invalid`] with its field; [`contract::Code::KeyStore`]; then nothing was
    /// changed.
    pub async fn email_configuration_save(
        &self,
        request: SaveEmailConfiguration,
    ) -> Result<Saved, Problem> {
        let stage = self.stage();
        to_the_end(save(stage, request)).await
    }
}

async fn save(stage: Arc<Stage>, request: SaveEmailConfiguration) -> Result<Saved, Problem> {
    let SaveEmailConfiguration {
        organization,
        form,
        password,
        proxy_password,
        app_credential,
    } = request;
    let form = tidy(form);
    let _one_at_a_time = stage.saving.lock().await;
    let stored = checked(&stage, organization, &form, &password).await?;
    let form = keep_url(keep_certificate(form, stored.as_ref()), stored.as_ref());
    let plan = Plan::of(&stage, organization, stored.as_ref(), &password).await;
    let proxy = proxy::Plan::of(&form.proxy, stored.as_ref(), proxy_password);
    let change = vault::of_password(&stage, organization, stored.as_ref(), &password).await?;
    let further = vault::of_proxy(&stage, organization, &proxy).await;
    let change = change.and(&stage, further).await?;
    let app = app::Plan::of(&stage, organization, stored.as_ref(), app_credential).await;
    let app = match app {
        Ok(app) => app,
        Err(problem) => return Err(change.take_back(&stage, problem).await),
    };
    let keeps_tokens = proof(form.access_type) == Proof::SignedIn && form.modern.keep_signed_in;
    let gives_up_drafts = app.changes();
    let leaves_sealed = app.leaves() || !keeps_tokens;
    let work = Work {
        organization,
        form,
        stored,
        plan,
        proxy,
        app,
        author: stage.author(),
        today: stage.today(),
        now: stage.clock.now(),
    };
    let saved = stage.write(move |tx| work.save(tx)).await;
    let saved = match saved {
        Ok(saved) => saved,
        Err(problem) => return Err(change.take_back(&stage, problem).await),
    };
    if gives_up_drafts {
        stage.app_drafts.forget(organization);
    }
    if !keeps_tokens {
        stage.sign_ins.keep_in_memory(organization);
    }
    if leaves_sealed {
        crate::sign_in::forget_useless_key(&stage, organization).await;
    }
    match password {
        PasswordChange::Ask {
            password: Some(password),
        } if !password.is_empty() => {
            stage.keep_typed(organization, Some(password));
        }
        PasswordChange::Keep | PasswordChange::Ask { .. } => {}
        PasswordChange::Store { .. } | PasswordChange::Remove => {
            stage.keep_typed(organization, None);
        }
    }
    Ok(saved)
}

/// What happens to the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    None,
    Stored,
    Replaced,
    Removed,
}

/// What is to be written about the password.
#[derive(Debug, Clone, Copy)]
struct Plan {
    has_password: bool,
    ask_each_time: bool,
    /// The version, or a new one.
    version: Option<i64>,
    event: Event,
}

impl Plan {
    async fn of(
        stage: &Stage,
        organization: OrganizationId,
        stored: Option<&StoredConfiguration>,
        change: &PasswordChange,
    ) -> Self {
        let before = stored.map_or_else(PasswordState::default, |stored| stored.password.clone());
        let version = stored.map_or(0, |stored| stored.secret_version);
        let had = before.has_password;
        match change {
            PasswordChange::Keep => Self {
                has_password: had,
                ask_each_time: before.ask_each_time,
                version: Some(version),
                event: Event::None,
            },
            PasswordChange::Store { password } => Self {
                has_password: true,
                ask_each_time: false,
                version: version_of(stage, organization, stored, password).await,
                event: if had { Event::Replaced } else { Event::Stored },
            },
            PasswordChange::Ask { password } => Self {
                has_password: false,
                ask_each_time: true,
                version: match password.as_ref().filter(|password| !password.is_empty()) {
                    Some(password) => version_of(stage, organization, stored, password).await,
                    None => Some(version),
                },
                event: if had { Event::Removed } else { Event::None },
            },
            PasswordChange::Remove => Self {
                has_password: false,
                ask_each_time: false,
                version: if had { None } else { Some(version) },
                event: if had { Event::Removed } else { Event::None },
            },
        }
    }
}

/// The version of a password that is saved: the one it was checked under, the one it is stored
/// under, or `None`: a new one.
async fn version_of(
    stage: &Stage,
    organization: OrganizationId,
    stored: Option<&StoredConfiguration>,
    password: &Secret,
) -> Option<i64> {
    if let Some(version) = stage.drafts.version(organization, password) {
        return Some(version);
    }
    let stored = stored?;
    let same = if stored.password.has_password {
        same_as_stored(stage, organization, password).await
    } else {
        stage
            .typed_password(organization)
            .is_some_and(|typed| same(&typed, password))
    };
    same.then_some(stored.secret_version)
}

/// Validated: an error is the problem of its field.
async fn checked(
    stage: &Stage,
    organization: OrganizationId,
    form: &EmailConfigurationForm,
    password: &PasswordChange,
) -> Result<Option<StoredConfiguration>, Problem> {
    let typed = match password {
        PasswordChange::Store { password } if password.is_empty() => {
            return Err(Problem::invalid(
                "password",
                "Enter the password, or choose Ask each time.",
            )
            .hint("With Ask each time it is in memory for a check only, and in no file."));
        }
        PasswordChange::Keep => false,
        PasswordChange::Store { .. } | PasswordChange::Ask { .. } | PasswordChange::Remove => true,
    };
    let (form, now, today) = (form.clone(), stage.clock.now(), stage.today());
    stage
        .read(move |tx| {
            let around = Surroundings::of(tx, organization, &form, now, today)?;
            let before = around.stored.as_ref().map(|stored| &stored.password);
            let kept = before.is_some_and(|known| known.has_password || known.ask_each_time);
            let password = PasswordField {
                given: typed || kept,
                outer_spaces: false,
            };
            let secrets = SecretFields {
                password,
                // An app's credential may be given for each check instead: nothing of it is stored then.
                app_credential: true,
            };
            match first_error(&form, &messages(&form, secrets, &around)) {
                Some(problem) => Err(problem.into()),
                None => Ok(around.stored),
            }
        })
        .await
}

/// Near misses completed, blanks around the texts gone.
fn tidy(mut form: EmailConfigurationForm) -> EmailConfigurationForm {
    form.account_logon = form.account_logon.trim().to_owned();
    let url = modern::ews_url(&form);
    form.ews_url = EwsUrl::parse(&url).map_or(url, |url| url.to_string());
    form.modern = modern::tidy(&form.modern);
    form.proxy = proxy::tidy(form.proxy);
    if let TlsTrust::Pin {
        sha256,
        certificate,
    } = &mut form.tls_trust
    {
        *sha256 = sha256.trim().to_ascii_uppercase();
        // What is said of another certificate is of no use, and would mislead.
        certificate.take_if(|said| !said.sha256.trim().eq_ignore_ascii_case(sha256));
    }
    form
}

/// A pin that stays keeps what was known of its certificate.
fn keep_certificate(
    mut form: EmailConfigurationForm,
    stored: Option<&StoredConfiguration>,
) -> EmailConfigurationForm {
    let known = stored.and_then(|stored| pin(&stored.form));
    if let TlsTrust::Pin {
        sha256,
        certificate: certificate @ None,
    } = &mut form.tls_trust
        && let Some((_, Some(known))) = known.filter(|(pinned, _)| pinned == sha256)
    {
        *certificate = Some(Box::new(known.clone()));
    }
    form
}

/// Where the URL is found when checking, the one that was saved last stays: its host was meant by whoever
/// saved it, and may be found again.
fn keep_url(
    mut form: EmailConfigurationForm,
    stored: Option<&StoredConfiguration>,
) -> EmailConfigurationForm {
    if let Some(stored) = stored.filter(|_| modern::finds_url(&form) && form.ews_url.is_empty()) {
        form.ews_url.clone_from(&stored.form.ews_url);
    }
    form
}

/// One save, inside one transaction.
struct Work {
    organization: OrganizationId,
    form: EmailConfigurationForm,
    stored: Option<StoredConfiguration>,
    plan: Plan,
    proxy: proxy::Plan,
    app: app::Plan,
    author: Author,
    today: Date,
    now: Timestamp,
}

impl Work {
    /// Whether the password belongs to somebody else than before: hosts were confirmed for that one.
    fn is_another_account(&self) -> bool {
        let before = self.stored.as_ref().map(|stored| &stored.form);
        before.is_some_and(|form| {
            form.account_logon.to_lowercase() != self.form.account_logon.to_lowercase()
        })
    }

    fn save(self, tx: &Tx<'_>) -> Result<Saved, Refusal> {
        let row = known(tx, self.organization)?;
        let now = &self.author.at;
        let version = match self.plan.version {
            Some(version) => version,
            None => new_secret_version(tx)?,
        };
        let app_version = match self.app.version() {
            Some(version) => version,
            None => new_secret_version(tx)?,
        };
        let counted = match proof(self.form.access_type) {
            Proof::Password => version,
            Proof::SignedIn | Proof::App => app_version,
        };
        let fingerprint = fingerprint(&self.form, counted);
        email_configurations::save(tx, self.organization, &self.form, &fingerprint, now)?;
        if self.is_another_account() {
            confirmed_hosts::forget(tx, self.organization)?;
        }
        email_configurations::set_password_state(
            tx,
            self.organization,
            &self.password_state(version),
            version,
        )?;
        let has = self.proxy.has_password();
        email_configurations::set_proxy_password(tx, self.organization, has)?;
        self.app.save(tx, self.organization, app_version, now)?;
        self.forget_tokens(tx)?;
        let changed = self
            .stored
            .as_ref()
            .is_some_and(|stored| stored.fingerprint != fingerprint);
        let renew = if changed {
            users::needs_renewal(tx, self.organization, now)?
        } else {
            0
        };
        let applied = self.apply_waiting(tx, &fingerprint)?;
        self.note(tx, &row.name, applied.as_ref())?;
        let counts = known(tx, self.organization)?.counts;
        let (applied_run, applied) = match applied {
            Some((run, applied)) => (Some(run), applied),
            None => (None, Applied::default()),
        };
        Ok(Saved {
            configuration: show::show(tx, self.organization, self.today, self.now)?,
            activated: applied.activated,
            renewed: applied.renewed,
            failed: applied.failed,
            unchanged: applied.unchanged,
            needs_renewal: renew.min(counts.needs_renewal),
            applied_run,
        })
    }

    /// Tokens are kept beyond a session with `Keep signed in` alone.
    fn forget_tokens(&self, tx: &Tx<'_>) -> Result<(), StoreError> {
        let form = &self.form;
        if proof(form.access_type) == Proof::SignedIn && form.modern.keep_signed_in {
            return Ok(());
        }
        sealed_secrets::forget(tx, self.organization, SealedKind::Tokens)?;
        if proof(form.access_type) == Proof::App {
            return Ok(());
        }
        sign_ins::forget(tx, self.organization)
    }

    fn password_state(&self, version: i64) -> PasswordState {
        let before = self.stored.as_ref();
        let same_password = before.is_some_and(|stored| stored.secret_version == version);
        let kept = |at: fn(&PasswordState) -> Option<String>| {
            before.and_then(|stored| at(&stored.password))
        };
        PasswordState {
            has_password: self.plan.has_password,
            ask_each_time: self.plan.ask_each_time,
            set_at: match self.plan.event {
                Event::Stored | Event::Replaced => Some(self.author.at.clone()),
                Event::None if self.plan.has_password => kept(|state| state.set_at.clone()),
                Event::None | Event::Removed => None,
            },
            proven_at: if same_password {
                kept(|state| state.proven_at.clone())
            } else {
                None
            },
        }
    }

    /// Applies the newest run that asked with exactly these settings, if it was not applied yet.
    fn apply_waiting(
        &self,
        tx: &Tx<'_>,
        fingerprint: &str,
    ) -> Result<Option<(RunId, Applied)>, Refusal> {
        let Some(run) = runs::waiting(tx, self.organization, fingerprint)? else {
            return Ok(None);
        };
        let number = runs::number(tx, &run)?.ok_or(StoreError::NotFound)?;
        let applied = run_results::apply_to_users(tx, number, self.organization, &self.author.at)?;
        Ok(Some((run, applied)))
    }

    fn note(
        &self,
        tx: &Tx<'_>,
        name: &str,
        applied: Option<&(RunId, Applied)>,
    ) -> Result<(), StoreError> {
        let place = Some((self.organization, name));
        let changes = changes(self.stored.as_ref().map(|stored| &stored.form), &self.form);
        if !changes.is_empty() {
            let details = format!("Email Configuration saved. {}", changes.join(" "));
            self.author
                .note(tx, Kind::SettingsChanged, place, details, None)?;
        }
        let before = self.stored.as_ref().map(|stored| &stored.form);
        if let Some(details) = pinned(before, &self.form) {
            self.author
                .note(tx, Kind::CertificatePinned, place, details, None)?;
        }
        let account = &self.form.account_logon;
        let password = match self.plan.event {
            Event::None => None,
            Event::Stored => Some((
                Kind::CredentialsStored,
                format!("Stored the password of {account}."),
            )),
            Event::Replaced => Some((
                Kind::CredentialsReplaced,
                format!("Replaced the password of {account}."),
            )),
            Event::Removed => Some((
                Kind::CredentialsRemoved,
                format!("Removed the password of {account}."),
            )),
        };
        let of_proxy = match &self.proxy {
            proxy::Plan::None | proxy::Plan::Keep => None,
            proxy::Plan::Store { replaces, .. } => Some(if *replaces {
                (
                    Kind::CredentialsReplaced,
                    "Replaced the password for the proxy.",
                )
            } else {
                (
                    Kind::CredentialsStored,
                    "Stored the password for the proxy.",
                )
            }),
            proxy::Plan::Remove => Some((
                Kind::CredentialsRemoved,
                "Removed the password for the proxy.",
            )),
        };
        let of_proxy = of_proxy.map(|(kind, details)| (kind, details.to_owned()));
        let of_app = self.app.told(&self.form);
        for (kind, details) in password.into_iter().chain(of_proxy).chain(of_app) {
            self.author.note(tx, kind, place, details, None)?;
        }
        if let Some((_, applied)) = applied {
            let details = format!(
                "{} activated, {} renewed, {} failed, {} unchanged.",
                count(applied.activated, "user"),
                applied.renewed,
                applied.failed,
                applied.unchanged
            );
            self.author
                .note(tx, Kind::Activated, place, details, None)?;
        }
        Ok(())
    }
}
