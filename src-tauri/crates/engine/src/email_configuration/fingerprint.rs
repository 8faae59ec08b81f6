//! The fingerprint of settings: two runs with one fingerprint asked the same question.
//!
//! SHA-256 over type, account, secret version, URL, authentication, trust and identity form. The
//! password itself is no part of it, not even hashed: whoever has the database could guess at it.
//! Instead passwords are counted. Each new one gets a version that was never used before; which
//! version a password has is found by comparing it with the stored one and with those that were
//! typed for a check in this session.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use contract::{
    AccessType, AppCredential, AuthorityKind, EmailConfigurationForm, OrganizationId, Problem,
    Secret, TlsTrust,
};
use sha2::{Digest as _, Sha256};
use store::email_configurations::{self, StoredConfiguration};
use store::{StoreError, Tx, settings};

use super::EwsUrl;
use super::modern::{self, Proof, proof, tidy};
use crate::activity::hex;
use crate::sign_in::credential;
use crate::stage::Stage;

/// Where the last version that was given out stands.
const COUNTER: &str = "secret_version";

/// Passwords that were typed for a check and not saved yet, with their versions: in memory only.
#[derive(Default)]
pub(crate) struct Drafts {
    typed: Mutex<HashMap<OrganizationId, (Secret, i64)>>,
}

impl Drafts {
    /// The version of this password, if it was typed before.
    pub(crate) fn version(&self, organization: OrganizationId, password: &Secret) -> Option<i64> {
        let typed = self.typed.lock().unwrap_or_else(PoisonError::into_inner);
        let (known, version) = typed.get(&organization)?;
        same(known, password).then_some(*version)
    }

    /// Whether anything was given for a check and not saved.
    pub(crate) fn is_kept(&self, organization: OrganizationId) -> bool {
        let typed = self.typed.lock().unwrap_or_else(PoisonError::into_inner);
        typed.contains_key(&organization)
    }

    /// What was given for a check and not saved.
    pub(crate) fn kept(&self, organization: OrganizationId) -> Option<Secret> {
        let typed = self.typed.lock().unwrap_or_else(PoisonError::into_inner);
        typed.get(&organization).map(|(secret, _)| secret.clone())
    }

    /// Whether another password was typed under this version.
    fn contradicts(&self, organization: OrganizationId, password: &Secret, version: i64) -> bool {
        let typed = self.typed.lock().unwrap_or_else(PoisonError::into_inner);
        typed
            .get(&organization)
            .is_some_and(|(known, of)| *of == version && !same(known, password))
    }

    pub(crate) fn keep(&self, organization: OrganizationId, password: Secret, version: i64) {
        let mut typed = self.typed.lock().unwrap_or_else(PoisonError::into_inner);
        typed.insert(organization, (password, version));
    }

    pub(crate) fn forget(&self, organization: OrganizationId) {
        self.typed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&organization);
    }
}

/// The fingerprint of a form with a password, or an app's credential, of this version. A sign-in has none:
/// its tokens change, and who is signed in is one of the settings.
pub(crate) fn fingerprint(form: &EmailConfigurationForm, secret_version: i64) -> String {
    let mut hasher = Sha256::new();
    let mut part = |text: &str| {
        // Lengths first, so that no two settings share their bytes.
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    part("understudy fingerprint 1");
    part(super::access_types::key(form.access_type));
    match proof(form.access_type) {
        Proof::Password => {
            part(&form.account_logon.trim().to_lowercase());
            part(&secret_version.to_string());
        }
        Proof::SignedIn => part(&form.account_logon.trim().to_lowercase()),
        Proof::App => part(&secret_version.to_string()),
    }
    let url = modern::ews_url(form);
    // What is found does not count: it is found anew by every check.
    if modern::finds_url(form) {
        part("find when checking");
    } else if form.access_type != AccessType::GraphApp {
        part(EwsUrl::parse(&url).as_ref().map_or(&*url, EwsUrl::as_str));
    }
    match proof(form.access_type) {
        Proof::Password => part(form.authentication.as_str()),
        Proof::SignedIn | Proof::App => who_issues(form, &mut part),
    }
    match &form.tls_trust {
        TlsTrust::System => part("system"),
        TlsTrust::Ca { pem, .. } => {
            part("ca");
            part(pem.trim());
        }
        TlsTrust::Pin { sha256, .. } => {
            part("pin");
            part(&sha256.trim().to_ascii_uppercase());
        }
    }
    part(form.identify_by.as_str());
    hex(&hasher.finalize())
}

/// The fingerprint of a check on `form`: with the password that was `typed`, else the stored one.
/// Saving the same form with the same password later gives the same fingerprint.
///
/// # Errors
/// As [`Problem`].
pub(crate) async fn fingerprint_of(
    stage: &Stage,
    organization: OrganizationId,
    form: &EmailConfigurationForm,
    typed: Option<&Secret>,
) -> Result<String, Problem> {
    if proof(form.access_type) == Proof::App {
        return fingerprint_of_app(stage, organization, form, None).await;
    }
    let stored = stage
        .read(move |tx| Ok(email_configurations::load(tx, organization)?))
        .await?;
    let version = match typed {
        None => stored.as_ref().map_or(0, |stored| stored.secret_version),
        Some(password) => {
            let version = match known_version(stage, organization, stored.as_ref(), password).await
            {
                Some(version) => version,
                None => stage.write(|tx| Ok(new_secret_version(tx)?)).await?,
            };
            stage.drafts.keep(organization, password.clone(), version);
            version
        }
    };
    Ok(fingerprint(form, version))
}

/// The fingerprint of a check as an app, with a credential that was given for it, else the stored one.
///
/// # Errors
/// As [`Problem`].
pub(crate) async fn fingerprint_of_app(
    stage: &Stage,
    organization: OrganizationId,
    form: &EmailConfigurationForm,
    given: Option<&AppCredential>,
) -> Result<String, Problem> {
    let stored = stage
        .read(move |tx| Ok(email_configurations::load(tx, organization)?))
        .await?;
    let given = match given {
        Some(given) => Some(credential::text(given)),
        None if stored
            .as_ref()
            .is_some_and(|stored| modern::is_stored(form, &stored.app_credential)) =>
        {
            None
        }
        None => stage.app_drafts.kept(organization),
    };
    let Some(given) = given else {
        let version = stored.map_or(0, |stored| stored.app_credential_version);
        return Ok(fingerprint(form, version));
    };
    let version = match app_version(stage, organization, stored.as_ref(), &given).await {
        Some(version) => version,
        None => stage.write(|tx| Ok(new_secret_version(tx)?)).await?,
    };
    stage.app_drafts.keep(organization, given, version);
    Ok(fingerprint(form, version))
}

/// The version of an app's credential: the one it was checked under, or is stored under; `None`: a new one.
pub(super) async fn app_version(
    stage: &Stage,
    organization: OrganizationId,
    stored: Option<&StoredConfiguration>,
    given: &Secret,
) -> Option<i64> {
    if let Some(version) = stage.app_drafts.version(organization, given) {
        return Some(version);
    }
    let stored = stored?;
    match crate::sign_in::stored_credential(stage, organization).await {
        Ok(known) => known
            .is_some_and(|known| same(&known, given))
            .then_some(stored.app_credential_version),
        Err(problem) => {
            tracing::warn!(%problem, "cannot compare with the stored credential of the app");
            None
        }
    }
}

/// Who is asked for tokens, and as which app.
fn who_issues(form: &EmailConfigurationForm, part: &mut impl FnMut(&str)) {
    let modern = tidy(&form.modern);
    match modern.authority {
        AuthorityKind::Entra => {
            part("entra");
            part(modern.cloud.as_str());
            part(&modern.tenant);
        }
        AuthorityKind::AdFs => {
            part("ad fs");
            part(&modern.authority_url);
        }
        AuthorityKind::OpenId => {
            part("openid");
            part(&modern.authority_url);
        }
    }
    part(&modern.client_id);
}

/// The version of a password that is about to be checked, if it needs no new one.
///
/// Without a stored password there is nothing to compare with: the one that is typed then counts as
/// the one that was meant when the form was saved, unless another one was typed meanwhile.
async fn known_version(
    stage: &Stage,
    organization: OrganizationId,
    stored: Option<&StoredConfiguration>,
    password: &Secret,
) -> Option<i64> {
    if let Some(version) = stage.drafts.version(organization, password) {
        return Some(version);
    }
    let stored = stored?;
    if stored.password.has_password {
        return same_as_stored(stage, organization, password)
            .await
            .then_some(stored.secret_version);
    }
    let kept = stage.typed_password(organization);
    let other = kept.is_some_and(|kept| !same(&kept, password))
        || stage
            .drafts
            .contradicts(organization, password, stored.secret_version);
    (!other).then_some(stored.secret_version)
}

/// Whether this is the password in the key store. A key store that cannot be read says no: then the
/// password counts as another one, and a new check is asked for.
pub(super) async fn same_as_stored(
    stage: &Stage,
    organization: OrganizationId,
    password: &Secret,
) -> bool {
    match stage.password(organization).await {
        Ok(stored) => stored.is_some_and(|stored| same(&stored, password)),
        Err(problem) => {
            tracing::warn!(%problem, "cannot compare with the stored password");
            false
        }
    }
}

/// A version that no password had before.
///
/// # Errors
/// As [`StoreError`].
pub(crate) fn new_secret_version(tx: &Tx<'_>) -> Result<i64, StoreError> {
    let version = settings::load::<i64>(tx, COUNTER)?.unwrap_or(0) + 1;
    settings::save(tx, COUNTER, &version)?;
    Ok(version)
}

/// Compares without telling by its time how much is the same.
pub(super) fn same(one: &Secret, other: &Secret) -> bool {
    let (one, other) = (one.expose().as_bytes(), other.expose().as_bytes());
    let differences = one.iter().zip(other).fold(0, |sum, (a, b)| sum | (a ^ b));
    one.len() == other.len() && differences == 0
}

#[cfg(test)]
mod tests {
    use contract::{
        AccessType, Authentication, AuthorityKind, CertificateInfo, Cloud, EmailConfigurationForm,
        IdentifyBy, ModernAuthentication, ProxySetting, TlsTrust, UrlOrigin,
    };

    use super::fingerprint;

    fn form() -> EmailConfigurationForm {
        EmailConfigurationForm {
            account_logon: "svc@contoso.com".into(),
            ews_url: "https://mail.contoso.com/EWS/Exchange.asmx".into(),
            ..EmailConfigurationForm::default()
        }
    }

    #[test]
    fn every_setting_of_the_question_counts() {
        let mut seen = vec![fingerprint(&form(), 1), fingerprint(&form(), 2)];
        let mut other = |change: fn(&mut EmailConfigurationForm)| {
            let mut form = form();
            change(&mut form);
            seen.push(fingerprint(&form, 1));
        };
        other(|form| form.access_type = AccessType::EwsImp);
        other(|form| form.account_logon = "svc2@contoso.com".into());
        other(|form| form.ews_url = "https://mail2.contoso.com/EWS/Exchange.asmx".into());
        other(|form| form.authentication = Authentication::Ntlm);
        other(|form| {
            form.tls_trust = TlsTrust::Pin {
                sha256: "AA".into(),
                certificate: None,
            }
        });
        other(|form| {
            form.tls_trust = TlsTrust::Ca {
                pem: "AA".into(),
                name: String::new(),
            }
        });
        other(|form| form.identify_by = IdentifyBy::Sid);
        other(|form| form.find_when_checking = true);
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), all, "two questions share a fingerprint");
    }

    #[test]
    fn every_setting_of_a_sign_in_counts() {
        let mut seen = Vec::new();
        let mut other = |access_type, version, change: fn(&mut ModernAuthentication)| {
            let mut form = form();
            form.access_type = access_type;
            form.modern.tenant = "contoso.com".into();
            change(&mut form.modern);
            seen.push(fingerprint(&form, version));
        };
        let delegated = AccessType::EwsImp;
        other(delegated, 1, |_| ());
        other(delegated, 1, |m| "fabrikam.com".clone_into(&mut m.tenant));
        other(delegated, 1, |m| "a".clone_into(&mut m.client_id));
        other(delegated, 1, |m| m.cloud = Cloud::China);
        other(delegated, 1, |m| m.authority = AuthorityKind::AdFs);
        other(delegated, 1, |m| m.authority = AuthorityKind::OpenId);
        other(AccessType::GraphApp, 1, |_| ());
        other(AccessType::GraphApp, 2, |_| ());
        other(AccessType::EwsApp, 1, |_| ());
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), all, "two questions share a fingerprint");
    }

    #[test]
    fn tokens_and_what_is_not_asked_do_not_count() {
        let mut one = form();
        one.access_type = AccessType::EwsImp;
        one.modern.tenant = "Contoso.com ".into();
        let mut other = one.clone();
        other.modern.tenant = "contoso.com".into();
        other.modern.keep_signed_in = true;
        other.modern.redirect_port = Some(4_000);
        other.authentication = Authentication::Ntlm;
        assert_eq!(fingerprint(&one, 1), fingerprint(&other, 2));
        one.access_type = AccessType::GraphApp;
        other.access_type = AccessType::GraphApp;
        other.ews_url.clear();
        other.account_logon.clear();
        assert_eq!(
            fingerprint(&one, 1),
            fingerprint(&other, 1),
            "Graph has one address"
        );
    }

    #[test]
    fn the_url_does_not_count_where_it_is_found_when_checking() {
        let finds = |url: &str| {
            let form = EmailConfigurationForm {
                ews_url: url.into(),
                find_when_checking: true,
                ..form()
            };
            fingerprint(&form, 1)
        };
        assert_eq!(
            finds(""),
            finds("https://mail2.contoso.com/EWS/Exchange.asmx")
        );
    }

    #[test]
    fn spelling_and_origin_do_not() {
        let mut other = form();
        other.account_logon = " SVC@contoso.com".into();
        other.ews_url = "mail.contoso.com".into();
        other.url_origin = UrlOrigin::Generated;
        other.proxy = ProxySetting::Custom {
            address: "proxy:8080".into(),
            user: Some("me".into()),
        };
        assert_eq!(fingerprint(&other, 1), fingerprint(&form(), 1));
        let pinned = |certificate| {
            let trust = TlsTrust::Pin {
                sha256: "AA".into(),
                certificate,
            };
            let form = EmailConfigurationForm {
                tls_trust: trust,
                ..form()
            };
            fingerprint(&form, 1)
        };
        let known = Some(Box::<CertificateInfo>::default());
        assert_eq!(pinned(None), pinned(known), "what is known of it");
    }
}
