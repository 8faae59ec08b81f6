//! The Email Configuration subtab: the form, its validation, what is stored of it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    AccessType, AppCredentialChange, AppCredentialState, Badge, ModernAuthentication,
    OrganizationId, RunId, Secret,
};

/// How the service account logs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Authentication {
    /// The strongest scheme the server offers; Basic only by choice.
    #[default]
    Automatic,
    /// `Negotiate (Kerberos)`.
    Negotiate,
    /// `NTLM`.
    Ntlm,
    /// `Basic`.
    Basic,
    /// `My Windows sign-in`.
    SignedInUser,
    /// A bearer token.
    Bearer,
}

impl Authentication {
    /// The id of the command line: `auto`, `negotiate`, `ntlm`, `basic`, `bearer`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Automatic => "auto",
            Self::Negotiate => "negotiate",
            Self::Ntlm => "ntlm",
            Self::Basic => "basic",
            Self::SignedInUser => "signed_in_user",
            Self::Bearer => "bearer",
        }
    }

    /// Reads an id of the command line.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        [
            Self::Automatic,
            Self::Negotiate,
            Self::Ntlm,
            Self::Basic,
            Self::SignedInUser,
            Self::Bearer,
        ]
        .into_iter()
        .find(|scheme| scheme.as_str() == id)
    }
}

/// The child of `ConnectingSID` that names the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum IdentifyBy {
    /// `SmtpAddress`.
    #[default]
    Smtp,
    /// `PrimarySmtpAddress`: a diagnostic that finds aliases.
    PrimarySmtp,
    /// `PrincipalName`.
    Upn,
    /// `SID`.
    Sid,
}

impl IdentifyBy {
    /// The id of the command line: `smtp`, `primary-smtp`, `upn`, `sid`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Smtp => "smtp",
            Self::PrimarySmtp => "primary-smtp",
            Self::Upn => "upn",
            Self::Sid => "sid",
        }
    }

    /// Reads an id of the command line.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        [Self::Smtp, Self::PrimarySmtp, Self::Upn, Self::Sid]
            .into_iter()
            .find(|by| by.as_str() == id)
    }
}

/// Whose certificates are trusted. There is no "ignore".
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum TlsTrust {
    /// `System trust store`.
    #[default]
    System,
    /// `CA file…`, besides the system's store.
    Ca {
        /// One or more certificates, PEM (RFC 7468).
        pem: String,
        /// Name of the file it came from, for showing.
        name: String,
    },
    /// `Pinned certificate…`: exactly this one.
    Pin {
        /// SHA-256 of its DER, 64 hexadecimal digits.
        sha256: String,
        /// What it said when it was pinned, to show beside another one later. Decides nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        certificate: Option<Box<CertificateInfo>>,
    },
}

/// Which HTTP proxy leads to Exchange. Loopback never goes through one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum ProxySetting {
    /// Of an organization: the setting of the app. Of the app: the settings of the operating system.
    #[default]
    Inherit,
    /// Straight to the server.
    None,
    /// This one.
    Custom {
        /// `proxy.contoso.com:8080`.
        address: String,
        /// Name to sign in to the proxy with; its password is in the key store.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        user: Option<String>,
    },
}

/// Where the URL comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum UrlOrigin {
    /// By hand.
    #[default]
    Typed,
    /// By the Magic Wand's pattern.
    Generated,
    /// By Autodiscover.
    Discovered,
    /// With a configuration file.
    Imported,
}

/// The form as it stands, the password apart.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EmailConfigurationForm {
    /// `Mailbox Access Type`.
    pub access_type: AccessType,
    /// `Account Logon`: `DOMAIN\user`, UPN or e-mail address.
    pub account_logon: String,
    /// `Exchange Web Services (EWS) URL`.
    pub ews_url: String,
    /// Where the URL comes from.
    pub url_origin: UrlOrigin,
    /// `Authentication`.
    pub authentication: Authentication,
    /// `TLS trust`.
    pub tls_trust: TlsTrust,
    /// `Impersonate by`.
    pub identify_by: IdentifyBy,
    /// `Proxy`.
    #[serde(default)]
    pub proxy: ProxySetting,
    /// `Find when checking`: the URL is empty and Autodiscover is a step of every check.
    #[serde(default)]
    pub find_when_checking: bool,
    /// The fields of the access types that sign in with OAuth.
    #[serde(default)]
    pub modern: ModernAuthentication,
}

/// What is known of the password. Never the password.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PasswordState {
    /// It is in the key store.
    pub has_password: bool,
    /// `Ask each time`: memory only.
    pub ask_each_time: bool,
    /// When it was set (RFC 3339, UTC).
    pub set_at: Option<String>,
    /// When Exchange last accepted it (RFC 3339, UTC).
    pub proven_at: Option<String>,
}

/// What is stored under `Email Configuration`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EmailConfiguration {
    /// The form as saved, or its defaults.
    pub form: EmailConfigurationForm,
    /// Whether it has been saved at all.
    pub saved: bool,
    /// What is known of the password.
    pub password: PasswordState,
    /// Whether a password for the proxy's user is in the key store.
    pub has_proxy_password: bool,
    /// What is known of the app's credential.
    pub app_credential: AppCredentialState,
    /// RFC 3339, UTC.
    pub updated_at: Option<String>,
    /// The newest run, whatever settings it used.
    pub last_run: Option<RunId>,
    /// Whether that run used exactly the settings saved now.
    pub last_run_matches: bool,
    /// A run whose results `Save` would apply.
    pub waiting_run: Option<RunId>,
    /// The entries of the picklist, in their order.
    pub access_types: Vec<AccessTypeInfo>,
}

/// An entry of the `Mailbox Access Type` picklist (panel §7.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AccessTypeInfo {
    /// Stable key.
    pub key: AccessType,
    /// Label.
    pub label: String,
    /// Second line; empty where there is none.
    pub subtitle: String,
    /// Further words the picklist's search finds it by.
    pub keywords: Vec<String>,
    /// Whether Understudy can check it in this version.
    pub served: bool,
    /// The method, today.
    pub badge: Badge,
    /// Not served: what it needs.
    pub needs: String,
    /// Not served: why Understudy cannot do it.
    pub why_not: String,
    /// Not served: what to use instead.
    pub instead: String,
    /// Not served: the original panel's own controls, as text.
    pub controls: Vec<String>,
}

/// What to do with the password on save.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum PasswordChange {
    /// Leave it as it is.
    Keep,
    /// Put this one into the key store.
    Store {
        /// The password.
        password: Secret,
    },
    /// `Ask each time`: forget the stored one, keep this one (where given) in memory for this session.
    Ask {
        /// The password, for memory only.
        #[ts(optional)]
        password: Option<Secret>,
    },
    /// Remove the stored one.
    Remove,
}

/// Saves the form.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SaveEmailConfiguration {
    /// Which organization.
    pub organization: OrganizationId,
    /// The form as it stands.
    pub form: EmailConfigurationForm,
    /// What to do with the password.
    pub password: PasswordChange,
    /// A new password for the proxy's user; left out: as it is.
    #[serde(default)]
    #[ts(optional)]
    pub proxy_password: Option<Secret>,
    /// What to do with the app's credential.
    #[serde(default)]
    #[ts(as = "Option<AppCredentialChange>", optional)]
    pub app_credential: AppCredentialChange,
}

/// What saving did.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Saved {
    /// As stored now.
    pub configuration: EmailConfiguration,
    /// Users that became Active.
    pub activated: u64,
    /// Users renewed.
    pub renewed: u64,
    /// Users that became Failed.
    pub failed: u64,
    /// Users left as they were.
    pub unchanged: u64,
    /// Users whose Active became Needs renewal because the settings changed.
    pub needs_renewal: u64,
    /// Whether a run was applied (else: `Saved, never checked` or old results).
    pub applied_run: Option<RunId>,
}

/// Asks what is wrong with the form.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "what is known of secrets that never come along, each on its own"
)]
pub struct ValidateEmailConfiguration {
    /// Which organization.
    pub organization: OrganizationId,
    /// The form as it stands.
    pub form: EmailConfigurationForm,
    /// Whether something is typed in the password field (never what).
    pub password_typed: bool,
    /// Whether what is typed starts or ends with a space.
    #[serde(default)]
    pub password_outer_spaces: bool,
    /// `Ask each time` is chosen.
    #[serde(default)]
    pub ask_each_time: bool,
    /// Whether a client secret or a certificate was given and not saved (never what).
    #[serde(default)]
    pub app_credential_given: bool,
}

/// How grave a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum FieldLevel {
    /// Must be mended before check and save.
    Error,
    /// Worth knowing.
    Warning,
    /// A better value is offered in `fix`.
    Fix,
}

/// A message beside a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FieldMessage {
    /// `accountLogon`, `password`, `ewsUrl`, `authentication`, `tlsTrust`, `proxy`, `users`, `accessType`;
    /// `tenant`, `clientId`, `authorityUrl`, `redirectPort`, `appCredential`.
    pub field: String,
    /// How grave.
    pub level: FieldLevel,
    /// The exact text (panel §7.3).
    pub text: String,
    /// A better value.
    pub fix: Option<String>,
    /// The better value goes in by itself, with `Undo` (near miss); else it is offered.
    pub automatic: bool,
}

/// The Magic Wand's click: a pattern, no network.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct GenerateEwsUrl {
    /// Which organization.
    pub organization: OrganizationId,
    /// `Account Logon` as typed.
    pub account_logon: String,
    /// The answer to `Which mail domain?`.
    #[ts(optional)]
    pub domain: Option<String>,
}

/// What the pattern gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct GeneratedEwsUrl {
    /// The URL; absent: ask `Which mail domain?`.
    pub url: Option<String>,
    /// Domains of the users, commonest first, to choose from.
    pub domains: Vec<String>,
}

/// Reads a certificate file before it is trusted.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReadCertificate {
    /// File name, for messages.
    pub name: String,
    /// Its bytes in base64: PEM or DER.
    pub base64: String,
}

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CertificateInfo {
    /// Subject, RFC 4514.
    pub subject: String,
    /// Issuer, RFC 4514.
    pub issuer: String,
    /// DNS names and addresses it is for.
    pub names: Vec<String>,
    /// RFC 3339, UTC.
    pub not_before: String,
    /// RFC 3339, UTC.
    pub not_after: String,
    /// SHA-256 of its DER, upper-case hexadecimal.
    pub sha256: String,
    /// Whether it may issue others.
    pub is_ca: bool,
    /// PEM (RFC 7468).
    pub pem: Option<String>,
}
