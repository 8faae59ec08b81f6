//! What a server demands of OAuth tokens, and what it tells those who have none: plain data, and the
//! judging in the modules below. Never issues a token but through [`TokenMint`], and keeps none.

mod caller;
mod challenge;
mod claims;
mod fetch;
mod keyring;
mod mint;
mod refusal;
mod tokens;

use std::collections::HashSet;
use std::time::Duration;

use crate::graph::GraphRules;
use crate::options::Role;

pub(crate) use caller::{Court, expired, judge, judge_for, verified};
pub(crate) use challenge::{challenges_everybody, value as challenge};
pub(crate) use claims::Claims;
pub(crate) use keyring::{KeySet, Keyring, LearnError};
pub use mint::{MintError, TokenClaims, TokenMint};
pub(crate) use refusal::{Refusal, Why};
pub(crate) use tokens::Tokens;

/// What a delegated token must have in `scp` to reach EWS.
/// <https://learn.microsoft.com/exchange/client-developer/exchange-web-services/how-to-authenticate-an-ews-application-by-using-oauth>
pub const EWS_SCOPE: &str = "EWS.AccessAsUser.All";
/// What the token of an application must have in `roles` to reach EWS.
pub const EWS_ROLE: &str = "full_access_as_app";

/// How tokens are judged. `Options::bearer` takes it; without it no token is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BearerRules {
    /// The keys that tokens are signed with, RS256 or PS256.
    pub keys: SigningKeys,
    /// Accepted `iss`, compared exactly; none: any whose signature is right.
    pub issuers: Vec<String>,
    /// Accepted `aud`, compared without case and closing slash; none: the hosts of this server
    /// (with and without its port, `http` or `https`), online those of Exchange Online.
    pub audiences: Vec<String>,
    /// What `tid` must be, where it is told.
    pub tenant: Option<String>,
    /// How far `exp` and `nbf` may be missed. The server's clock is `Options::clock_skew` ahead.
    pub clock_skew: Duration,
    /// What those are told who send an empty `Authorization: Bearer`.
    pub modern_auth: ModernAuth,
    /// Principal names of users whose policy blocks modern authentication (any case).
    pub modern_auth_blocked: HashSet<String>,
    /// Applications that are not held to the tenant-wide consent alone.
    pub applications: Vec<Application>,
    /// Takes no token of an application, as servers that know AD FS only.
    pub refuses_applications: bool,
    /// Behaves as Exchange Online.
    pub online: Option<Online>,
    /// Answers for Microsoft Graph under `/v1.0`, too.
    pub graph: Option<GraphRules>,
}

impl BearerRules {
    /// An Exchange of one's own with Hybrid Modern Authentication.
    #[must_use]
    pub fn new(keys: SigningKeys) -> Self {
        Self {
            keys,
            issuers: Vec::new(),
            audiences: Vec::new(),
            tenant: None,
            clock_skew: Duration::from_mins(5),
            modern_auth: ModernAuth::entra(),
            modern_auth_blocked: HashSet::new(),
            applications: Vec::new(),
            refuses_applications: false,
            online: None,
            graph: None,
        }
    }

    /// An Exchange of one's own that trusts the AD FS at this address (`https://adfs.contoso.com`).
    #[must_use]
    pub fn adfs(keys: SigningKeys, address: &str) -> Self {
        Self {
            modern_auth: ModernAuth::adfs(address),
            refuses_applications: true,
            ..Self::new(keys)
        }
    }

    /// Exchange Online with EWS on, and Graph beside it.
    #[must_use]
    pub fn online(keys: SigningKeys) -> Self {
        Self {
            online: Some(Online::default()),
            graph: Some(GraphRules::default()),
            ..Self::new(keys)
        }
    }

    /// The same for tokens of this issuer alone.
    #[must_use]
    pub fn issuer(mut self, issuer: &str) -> Self {
        self.issuers.push(issuer.to_owned());
        self
    }

    /// The same for tokens for this audience too.
    #[must_use]
    pub fn audience(mut self, audience: &str) -> Self {
        self.audiences.push(audience.to_owned());
        self
    }
}

/// Where the keys come from that tokens are signed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SigningKeys {
    /// A JWK Set (RFC 7517) as JSON.
    Given(String),
    /// The address of a JWK Set, on loopback alone. It is read when a token names a key that is not
    /// known yet.
    Url {
        /// `https://localhost:3000/tenant/discovery/v2.0/keys`.
        url: String,
        /// The CA to trust with `https`.
        ca_pem: Option<String>,
    },
}

/// What an empty `Authorization: Bearer` is answered with. Builds before Exchange 2019 CU13, and
/// Exchange Online, say it to everybody who is not logged on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModernAuth {
    /// A challenge without `authorization_uri`: modern authentication is not switched on.
    Off,
    /// Hybrid Modern Authentication, or Exchange Online.
    Entra(TokenEndpoint),
    /// AD FS, with `issuer_kind="ADFS"`.
    Adfs(TokenEndpoint),
}

/// Who issues the tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenEndpoint {
    /// `authorization_uri`.
    pub authorization_uri: String,
    /// `trusted_issuers`.
    pub trusted_issuers: String,
}

/// The issuer of tokens for services at Entra, whatever the tenant.
const SERVICE_ISSUER: &str = "00000001-0000-0000-c000-000000000000";

impl ModernAuth {
    /// Entra's global cloud, any tenant.
    #[must_use]
    pub fn entra() -> Self {
        Self::entra_at("https://login.windows.net/common/oauth2/authorize", "*")
    }

    /// Entra, or what stands in for it, at this address for this tenant.
    #[must_use]
    pub fn entra_at(authorization_uri: &str, tenant: &str) -> Self {
        Self::Entra(TokenEndpoint {
            authorization_uri: authorization_uri.to_owned(),
            trusted_issuers: format!("{SERVICE_ISSUER}@{tenant}"),
        })
    }

    /// The AD FS at this address (`https://adfs.contoso.com`).
    #[must_use]
    pub fn adfs(address: &str) -> Self {
        let address = address.trim_end_matches('/');
        Self::Adfs(TokenEndpoint {
            authorization_uri: format!("{address}/adfs/oauth2/authorize"),
            trusted_issuers: format!(
                "{}/adfs/services/trust",
                address.replacen("https:", "http:", 1)
            ),
        })
    }
}

/// An application that Exchange knows by name.
/// <https://learn.microsoft.com/exchange/permissions-exo/application-rbac>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// `appid` of its tokens, in any case.
    pub id: String,
    /// What RBAC for Applications grants it, without any consent: `Application EWS.AccessAsApp` and
    /// `Application Mail.Read`. It adds to a role in the token.
    pub granted: Role,
    /// What an application access policy holds it to, whatever it was granted.
    pub held_to: Role,
}

impl Application {
    /// An application without consent that reaches this far by RBAC for Applications.
    #[must_use]
    pub fn granted(id: &str, role: Role) -> Self {
        Self {
            id: id.to_owned(),
            granted: role,
            held_to: Role::Everyone,
        }
    }

    /// An application with consent whom an application access policy lets reach this far.
    #[must_use]
    pub fn held_to(id: &str, role: Role) -> Self {
        Self {
            id: id.to_owned(),
            granted: Role::None,
            held_to: role,
        }
    }
}

/// Exchange Online as of November 2026: the role to impersonate is retired for users, applications
/// need `X-AnchorMailbox`, and EWS may be off.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Online {
    /// `EwsEnabled` of the organization is false: 403, "EWS is disabled for this user or tenant".
    pub ews_disabled: bool,
    /// `EwsAllowedAppIDs`, in any case: other applications get 403, "EWS is blocked by policy for
    /// this user or tenant". None: every application may.
    pub allowed_apps: Option<Vec<String>>,
}
