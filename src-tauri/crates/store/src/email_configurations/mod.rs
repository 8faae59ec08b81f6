//! What is saved under `Email Configuration`. Never a password: only whether there is one, and since
//! when. Fingerprints are computed elsewhere and compared here.

use contract::{
    AppCredentialState, EmailConfigurationForm, OrganizationId, PasswordState, TlsTrust,
};
use rusqlite::{Row, named_params};

use crate::values::{Id, id, json, optional_json, to_json};
use crate::{StoreError, Tx, organizations};

/// A saved Email Configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredConfiguration {
    /// The form.
    pub form: EmailConfigurationForm,
    /// What is known of the password.
    pub password: PasswordState,
    /// Whether a password for the proxy's user is in the key store.
    pub has_proxy_password: bool,
    /// Counts passwords: another one, another fingerprint.
    pub secret_version: i64,
    /// What is known of the app's credential; `days_left` as it was when it was set.
    pub app_credential: AppCredentialState,
    /// Counts credentials of the app, as `secret_version` counts passwords.
    pub app_credential_version: i64,
    /// Of all settings that a check depends on.
    pub fingerprint: String,
    /// RFC 3339, UTC.
    pub updated_at: String,
}

/// What is saved for an organization, if anything.
///
/// # Errors
/// As [`StoreError`].
pub fn load(
    tx: &Tx<'_>,
    organization: OrganizationId,
) -> Result<Option<StoredConfiguration>, StoreError> {
    tx.first(
        include_str!("load.sql"),
        named_params! { ":organization": organization.0 },
        read_row,
    )
}

/// Saves the form, and the access type with its organization. The password state stays.
///
/// # Errors
/// [`StoreError::NotFound`] when the organization is gone.
pub fn save(
    tx: &Tx<'_>,
    organization: OrganizationId,
    form: &EmailConfigurationForm,
    fingerprint: &str,
    now: &str,
) -> Result<(), StoreError> {
    organizations::set_access_type(tx, organization, form.access_type, now)?;
    let (kind, pem, name, pin, certificate) = match &form.tls_trust {
        TlsTrust::System => ("system", None, None, None, None),
        TlsTrust::Ca { pem, name } => ("ca", Some(pem), Some(name), None, None),
        TlsTrust::Pin {
            sha256,
            certificate,
        } => ("pin", None, None, Some(sha256), certificate.as_ref()),
    };
    tx.execute_one(
        include_str!("save.sql"),
        named_params! {
            ":organization": organization.0,
            ":account_logon": form.account_logon,
            ":ews_url": form.ews_url,
            ":url_origin": form.url_origin.id(),
            ":authentication": form.authentication.id(),
            ":trust_kind": kind,
            ":trust_pem": pem,
            ":trust_name": name,
            ":trust_pin": pin,
            ":trust_certificate": certificate.map(to_json).transpose()?,
            ":identify_by": form.identify_by.id(),
            ":proxy": to_json(&form.proxy)?,
            ":find_when_checking": form.find_when_checking,
            ":modern": to_json(&form.modern)?,
            ":fingerprint": fingerprint,
            ":now": now,
        },
    )
}

/// Notes what is known of the password. A caller that sets another password raises
/// `secret_version`, and then saves the fingerprint that belongs to it.
///
/// # Errors
/// [`StoreError::NotFound`] when nothing is saved for the organization.
pub fn set_password_state(
    tx: &Tx<'_>,
    organization: OrganizationId,
    password: &PasswordState,
    secret_version: i64,
) -> Result<(), StoreError> {
    let mode = match (password.has_password, password.ask_each_time) {
        (true, _) => "stored",
        (false, true) => "ask",
        (false, false) => "none",
    };
    tx.execute_one(
        include_str!("set_password_state.sql"),
        named_params! {
            ":organization": organization.0,
            ":mode": mode,
            ":set_at": password.set_at,
            ":proven_at": password.proven_at,
            ":secret_version": secret_version,
        },
    )
}

/// Notes whether the proxy's password is in the key store.
///
/// # Errors
/// [`StoreError::NotFound`] when nothing is saved for the organization.
pub fn set_proxy_password(
    tx: &Tx<'_>,
    organization: OrganizationId,
    has: bool,
) -> Result<(), StoreError> {
    tx.execute_one(
        include_str!("set_proxy_password.sql"),
        named_params! { ":organization": organization.0, ":has": has },
    )
}

/// Notes what is known of the app's credential. Another credential, another version.
///
/// # Errors
/// [`StoreError::NotFound`] when nothing is saved for the organization.
pub fn set_app_credential(
    tx: &Tx<'_>,
    organization: OrganizationId,
    credential: &AppCredentialState,
    version: i64,
) -> Result<(), StoreError> {
    tx.execute_one(
        include_str!("set_app_credential.sql"),
        named_params! {
            ":organization": organization.0,
            ":credential": to_json(credential)?,
            ":version": version,
        },
    )
}

/// Replaces the fingerprint alone.
///
/// # Errors
/// [`StoreError::NotFound`] when nothing is saved for the organization.
pub fn set_fingerprint(
    tx: &Tx<'_>,
    organization: OrganizationId,
    fingerprint: &str,
) -> Result<(), StoreError> {
    tx.execute_one(
        include_str!("set_fingerprint.sql"),
        named_params! { ":organization": organization.0, ":fingerprint": fingerprint },
    )
}

/// Notes when Exchange last accepted the password.
///
/// # Errors
/// [`StoreError::NotFound`] when nothing is saved for the organization.
pub fn set_proven(
    tx: &Tx<'_>,
    organization: OrganizationId,
    proven_at: &str,
) -> Result<(), StoreError> {
    tx.execute_one(
        include_str!("set_proven.sql"),
        named_params! { ":organization": organization.0, ":proven_at": proven_at },
    )
}

/// Copies the form to another organization, without anything of its secrets, under the fingerprint
/// that this makes. Answers whether there was something to copy.
///
/// # Errors
/// [`StoreError::NotFound`] when the other organization is gone.
pub fn copy(
    tx: &Tx<'_>,
    from: OrganizationId,
    to: OrganizationId,
    fingerprint: &str,
    now: &str,
) -> Result<bool, StoreError> {
    let Some(stored) = load(tx, from)? else {
        return Ok(false);
    };
    save(tx, to, &stored.form, fingerprint, now)?;
    set_password_state(tx, to, &PasswordState::default(), 0)?;
    set_proxy_password(tx, to, false)?;
    set_app_credential(tx, to, &AppCredentialState::default(), 0)?;
    Ok(true)
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<StoredConfiguration> {
    let mode: String = row.get("password_mode")?;
    Ok(StoredConfiguration {
        form: EmailConfigurationForm {
            access_type: id(row, "access_type")?,
            account_logon: row.get("account_logon")?,
            ews_url: row.get("ews_url")?,
            url_origin: id(row, "url_origin")?,
            authentication: id(row, "authentication")?,
            tls_trust: read_trust(row)?,
            identify_by: id(row, "identify_by")?,
            proxy: json(row, "proxy")?,
            find_when_checking: row.get("find_when_checking")?,
            modern: json(row, "modern")?,
        },
        has_proxy_password: row.get("has_proxy_password")?,
        password: PasswordState {
            has_password: mode == "stored",
            ask_each_time: mode == "ask",
            set_at: row.get("password_set_at")?,
            proven_at: row.get("password_proven_at")?,
        },
        secret_version: row.get("secret_version")?,
        app_credential: json(row, "app_credential")?,
        app_credential_version: row.get("app_credential_version")?,
        fingerprint: row.get("fingerprint")?,
        updated_at: row.get("updated_at")?,
    })
}

/// The schema allows these three kinds alone.
fn read_trust(row: &Row<'_>) -> rusqlite::Result<TlsTrust> {
    Ok(match row.get_ref("trust_kind")?.as_str()? {
        "ca" => TlsTrust::Ca {
            pem: row.get("trust_pem")?,
            name: row.get("trust_name")?,
        },
        "pin" => TlsTrust::Pin {
            sha256: row.get("trust_pin")?,
            certificate: optional_json(row, "trust_certificate")?.map(Box::new),
        },
        _ => TlsTrust::System,
    })
}
