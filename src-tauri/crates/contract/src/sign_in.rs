//! Microsoft OAuth: the settings of a sign-in, how far it is, and what an app signs in with (panel
//! §7.7, §7.8). No token is ever in here.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{EmailConfigurationForm, OrganizationId, Secret};

/// Who issues the tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum AuthorityKind {
    /// `Entra`: Microsoft Entra ID of the chosen cloud.
    #[default]
    Entra,
    /// `AD FS`, by its https address.
    AdFs,
    /// Any `OpenID` provider, by the URL of its issuer.
    OpenId,
}

/// Which Microsoft cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Cloud {
    /// Worldwide, GCC included.
    #[default]
    Global,
    /// US Government L4 (GCC High).
    UsGovL4,
    /// US Government L5 (`DoD`).
    UsGovL5,
    /// Operated by 21Vianet.
    China,
}

impl Cloud {
    /// The id of the command line: `global`, `us-gov-l4`, `us-gov-l5`, `china`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::UsGovL4 => "us-gov-l4",
            Self::UsGovL5 => "us-gov-l5",
            Self::China => "china",
        }
    }

    /// Reads an id of the command line.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        [Self::Global, Self::UsGovL4, Self::UsGovL5, Self::China]
            .into_iter()
            .find(|cloud| cloud.as_str() == id)
    }
}

/// What an app proves itself with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum AppCredentialKind {
    /// `Certificate` (advised).
    #[default]
    Certificate,
    /// `Client secret`.
    Secret,
}

/// The fields of the access types that sign in with OAuth.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct ModernAuthentication {
    /// `Authority`.
    pub authority: AuthorityKind,
    /// `Cloud`; of Entra.
    pub cloud: Cloud,
    /// `Directory (tenant) ID`, or a domain of the tenant; of Entra.
    pub tenant: String,
    /// https address of AD FS (`https://adfs.contoso.com`), or of an `OpenID` issuer.
    pub authority_url: String,
    /// `Application (client) ID`.
    pub client_id: String,
    /// A fixed port for the answer of the browser (AD FS); absent: a random one.
    pub redirect_port: Option<u16>,
    /// `Keep signed in`: offline access is asked for, and the tokens are kept encrypted.
    pub keep_signed_in: bool,
    /// What an app proves itself with; of the app-only access types.
    pub app_credential: AppCredentialKind,
}

/// What an app proves itself with, on its way inwards.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum AppCredential {
    /// A client secret.
    Secret {
        /// Its value.
        secret: Secret,
    },
    /// A certificate with its private key.
    Certificate {
        /// File name, for showing.
        name: String,
        /// PFX (PKCS #12) or PEM, in base64: a secret, for the key is in it.
        base64: Secret,
        /// Of the PFX, where it has one.
        #[serde(default)]
        #[ts(optional)]
        password: Option<Secret>,
    },
}

/// What to do with the app's credential on save.
#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum AppCredentialChange {
    /// Leave it as it is.
    #[default]
    Keep,
    /// Keep this one encrypted, its key in the key store.
    Store {
        /// Which.
        credential: AppCredential,
    },
    /// Remove the stored one.
    Remove,
}

/// What a certificate of an app says; never its key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AppCertificate {
    /// File it came from.
    pub name: String,
    /// Subject, RFC 4514.
    pub subject: String,
    /// SHA-1 of its DER, upper-case hexadecimal: the thumbprint that Entra shows.
    pub thumbprint: String,
    /// RFC 3339, UTC.
    pub not_after: String,
    /// Days until then; negative: it has expired.
    pub days_left: i64,
}

/// What is stored of the app's credential. Never the credential.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AppCredentialState {
    /// A client secret is stored.
    pub has_secret: bool,
    /// The certificate that is stored.
    pub certificate: Option<AppCertificate>,
    /// When it was set (RFC 3339, UTC).
    pub set_at: Option<String>,
}

/// Reads a certificate file before it is used.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReadAppCertificate {
    /// The file.
    pub credential: AppCredential,
}

/// Signs in in the system's browser, or with a code on another device.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct StartSignIn {
    /// Which organization.
    pub organization: OrganizationId,
    /// The form as it stands; left out: as saved.
    #[ts(optional)]
    pub form: Option<EmailConfigurationForm>,
    /// `Use a code instead`.
    #[serde(default)]
    pub device_code: bool,
}

/// Gets a token for an app, and shows what is in it.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AuthorizeApp {
    /// Which organization.
    pub organization: OrganizationId,
    /// The form as it stands; left out: as saved.
    #[ts(optional)]
    pub form: Option<EmailConfigurationForm>,
    /// Typed and not saved; left out: the stored one.
    #[serde(default)]
    #[ts(optional)]
    pub credential: Option<AppCredential>,
    /// Open the consent page in the browser first.
    #[serde(default)]
    pub consent: bool,
}

/// Asks the sign-in of an organization, held against the form as it stands.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SignInRef {
    /// Which organization.
    pub organization: OrganizationId,
    /// The form as it stands; left out: as saved.
    #[ts(optional)]
    pub form: Option<EmailConfigurationForm>,
}

/// Asks the server at the EWS URL, without credentials, who issues its tokens.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FindAuthority {
    /// Which organization.
    pub organization: OrganizationId,
    /// The form as it stands.
    pub form: EmailConfigurationForm,
}

/// What its `Bearer` challenge says (Hybrid Modern Authentication, AD FS).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FoundAuthority {
    /// Whether it takes tokens, and of whom; a plain sentence.
    pub sentence: String,
    /// The fields to fill in; absent: it takes none.
    pub fields: Option<ModernAuthentication>,
    /// `authorization_uri` as it stands.
    pub authorization_uri: Option<String>,
    /// `trusted_issuers` as they stand.
    pub trusted_issuers: Vec<String>,
}

/// How far a sign-in is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SignInState {
    /// Nobody is signed in.
    #[default]
    NotSignedIn,
    /// The browser, or a code on another device, is waited for.
    Waiting,
    /// There is a token. What it opens, only a check tells.
    Authorized,
    /// Somebody else than Account Logon is signed in; nothing uses it until it is allowed.
    OtherAccount,
    /// It was there, and has expired or was revoked.
    Expired,
    /// The last attempt failed, and nobody is signed in.
    Failed,
}

/// Why a sign-in failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SignInFailureKind {
    /// `Need admin approval`.
    Consent,
    /// The person, or the policy of the directory, said no.
    Denied,
    /// Five minutes went by.
    TimedOut,
    /// It was cancelled here.
    Cancelled,
    /// The fixed port is taken.
    PortTaken,
    /// The answer cannot be trusted (`iss`, `nonce`, audience, tenant); nothing was stored.
    Mismatch,
    /// The authority refused: app registration, credential, resource.
    Refused,
    /// The authority could not be asked.
    Unreachable,
}

/// A sign-in that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SignInFailure {
    /// Why.
    pub kind: SignInFailureKind,
    /// One plain sentence.
    pub sentence: String,
    /// What to do; may be empty.
    pub next_step: String,
    /// The raw code: `AADSTS65001`, `MSIS9223`, `access_denied`.
    pub code: Option<String>,
    /// For the administrator of the tenant: the page that grants consent.
    pub consent_link: Option<String>,
}

/// A sign-in that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SignInWaiting {
    /// The page to sign in on: authorization URL, or the page that takes the code.
    pub link: String,
    /// The code to type there.
    pub user_code: Option<String>,
    /// Until when it waits (RFC 3339, UTC).
    pub until: String,
    /// Seconds left.
    pub seconds_left: u64,
    /// Where the browser's answer is awaited; absent with a code.
    pub redirect_uri: Option<String>,
    /// Answers that did not belong to this sign-in and were discarded.
    pub discarded: u32,
}

/// The sign-in of an organization. Claims are decoded, never trusted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SignIn {
    /// How far it is.
    pub state: SignInState,
    /// `Impersonation status: Authorized` and so on.
    pub status: String,
    /// What waits for a person.
    pub waiting: Option<SignInWaiting>,
    /// Why the last attempt failed.
    pub failure: Option<SignInFailure>,
    /// The account in the token, or the client id of an app.
    pub account: Option<String>,
    /// Account Logon, where another account is signed in.
    pub expected: Option<String>,
    /// Tenant in the token.
    pub tenant: Option<String>,
    /// Audience of the token: host it is for.
    pub audience: Option<String>,
    /// Delegated scopes.
    pub scopes: Vec<String>,
    /// Roles of an app.
    pub roles: Vec<String>,
    /// When the token expires (RFC 3339, UTC).
    pub expires_at: Option<String>,
    /// When somebody signed in (RFC 3339, UTC).
    pub signed_in_at: Option<String>,
    /// It can be renewed without a person.
    pub renewable: bool,
    /// It is kept beyond this session.
    pub kept: bool,
    /// It was made for other values than the form has now: sign in again.
    pub other_values: bool,
    /// What is odd about the token: audience is another host, retired role, tenant-wide grant.
    pub warnings: Vec<String>,
}
