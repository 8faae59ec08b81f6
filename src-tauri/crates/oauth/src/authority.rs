//! Whom tokens are asked of: an Entra tenant in one of Microsoft's clouds, AD FS, or any `OpenID` provider.
//!
//! Entra and AD FS have fixed paths and are written down without asking anybody; other providers are asked
//! for their metadata. An authority is never taken from a server's word alone: see [`crate::Challenge`].

mod cloud;
mod metadata;
mod tenant;

use std::time::Duration;

use url::Url;

pub use cloud::Cloud;
pub use tenant::{NotATenant, Tenant};

use crate::http::is_secure;
use crate::{Http, HttpFault};

/// An authorization server and its endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    kind: Kind,
    issuer: Issuer,
    says_issuer: bool,
    authorization: Url,
    token: Url,
    device: Option<Url>,
    revocation: Option<Url>,
    keys: Option<Url>,
    consent: Option<Url>,
}

/// What an [`Authority`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A tenant of Entra.
    Entra {
        /// Where it lives.
        cloud: Cloud,
        /// Which it is.
        tenant: Tenant,
    },
    /// Active Directory Federation Services.
    AdFs,
    /// Another `OpenID` provider.
    OpenId,
}

/// As whom the authority signs itself.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Issuer {
    /// With this name.
    Exactly(String),
    /// Entra by a domain or a shared name: `https://HOST/{some GUID}/v2.0`.
    AnyTenantOf(&'static str),
}

/// There is no such authority.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AuthorityError {
    /// Not an address.
    #[error("not an https address: {0}")]
    NotAnAddress(String),
    /// An endpoint that would let tokens be read on the way.
    #[error("not secure: {0}")]
    NotSecure(String),
    /// No metadata there.
    #[error("{page} has no OpenID metadata (HTTP {status})")]
    NoMetadata {
        /// Who was asked.
        host: String,
        /// What was read.
        page: String,
        /// How it was answered.
        status: u16,
        /// How long it asks to wait.
        wait: Option<Duration>,
    },
    /// The metadata belongs to another issuer.
    #[error("asked {asked}, which calls itself {named}")]
    OtherIssuer {
        /// The issuer that was asked for.
        asked: String,
        /// The issuer that the metadata names.
        named: String,
    },
    /// No answer.
    #[error("no answer from {0}")]
    Unreachable(#[from] HttpFault),
}

impl Authority {
    /// A tenant of Entra (version 2.0 endpoints).
    /// <https://learn.microsoft.com/entra/identity-platform/v2-protocols>
    ///
    /// # Panics
    /// Never: hosts are constants and a [`Tenant`] changes no URL.
    #[must_use]
    pub fn entra(cloud: Cloud, tenant: Tenant) -> Self {
        let host = cloud.login_host();
        let at = |path: &str| {
            Url::parse(&format!("https://{host}/{}/{path}", tenant.as_str()))
                .expect("a constant host and a checked tenant are a URL")
        };
        let issuer = match tenant.id() {
            Some(id) => Issuer::Exactly(format!("https://{host}/{id}/v2.0")),
            None => Issuer::AnyTenantOf(host),
        };
        Self {
            issuer,
            says_issuer: false,
            authorization: at("oauth2/v2.0/authorize"),
            token: at("oauth2/v2.0/token"),
            device: Some(at("oauth2/v2.0/devicecode")),
            revocation: None,
            keys: Some(at("discovery/v2.0/keys")),
            consent: Some(at("adminconsent")),
            kind: Kind::Entra { cloud, tenant },
        }
    }

    /// AD FS at its base address, with or without `/adfs`: `https://adfs.contoso.com`.
    /// <https://learn.microsoft.com/windows-server/identity/ad-fs/development/ad-fs-openid-connect-oauth-concepts>
    ///
    /// # Errors
    /// [`AuthorityError::NotAnAddress`].
    pub fn ad_fs(base: &str) -> Result<Self, AuthorityError> {
        let address = address(base)?;
        let path = address.path().trim_end_matches('/');
        let root = path.strip_suffix("/adfs").unwrap_or(path).to_owned();
        let at = |path: &str| {
            let mut url = address.clone();
            url.set_path(&format!("{root}/adfs/{path}"));
            url
        };
        Ok(Self {
            kind: Kind::AdFs,
            issuer: Issuer::Exactly(at("").to_string().trim_end_matches('/').to_owned()),
            says_issuer: false,
            authorization: at("oauth2/authorize"),
            token: at("oauth2/token"),
            device: Some(at("oauth2/devicecode")),
            revocation: None,
            keys: Some(at("discovery/keys")),
            consent: None,
        })
    }

    /// Any `OpenID` provider by its issuer URL: its metadata is read, and must name the same issuer.
    ///
    /// # Errors
    /// [`AuthorityError`]: no answer, no metadata, another issuer, an endpoint without TLS.
    pub async fn discover(http: &Http, issuer: &str) -> Result<Self, AuthorityError> {
        metadata::discover(http, issuer).await
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// Its host, for the eye.
    #[must_use]
    pub fn host(&self) -> &str {
        self.token.host_str().unwrap_or_default()
    }

    /// Whether it stands for one tenant: app-only access is not given by `common`.
    #[must_use]
    pub fn is_one_tenant(&self) -> bool {
        !matches!(&self.kind, Kind::Entra { tenant, .. } if tenant.is_shared())
    }

    /// Where users sign in.
    #[must_use]
    pub fn authorization_endpoint(&self) -> &Url {
        &self.authorization
    }

    /// Where tokens come from.
    #[must_use]
    pub fn token_endpoint(&self) -> &Url {
        &self.token
    }

    /// Where device codes come from.
    #[must_use]
    pub fn device_endpoint(&self) -> Option<&Url> {
        self.device.as_ref()
    }

    /// Where tokens are revoked (RFC 7009). Entra and AD FS have no such place.
    #[must_use]
    pub fn revocation_endpoint(&self) -> Option<&Url> {
        self.revocation.as_ref()
    }

    /// Where its keys are.
    #[must_use]
    pub fn keys(&self) -> Option<&Url> {
        self.keys.as_ref()
    }

    /// The page on which an administrator of the tenant consents for everybody, where there is one.
    /// <https://learn.microsoft.com/entra/identity-platform/v2-admin-consent>
    #[must_use]
    pub fn admin_consent(&self, client_id: &str) -> Option<Url> {
        let mut page = self.consent.clone()?;
        page.query_pairs_mut().append_pair("client_id", client_id);
        Some(page)
    }

    /// Whether an answer must say who it is from.
    pub(crate) fn says_issuer(&self) -> bool {
        self.says_issuer
    }

    /// Whether `name` is this authority.
    pub(crate) fn is_issuer(&self, name: &str) -> bool {
        match &self.issuer {
            // AD FS spells its host as somebody once typed it.
            Issuer::Exactly(issuer) if self.kind == Kind::AdFs => issuer.eq_ignore_ascii_case(name),
            Issuer::Exactly(issuer) => issuer == name,
            Issuer::AnyTenantOf(host) => name
                .strip_prefix("https://")
                .and_then(|rest| rest.strip_prefix(host))
                .and_then(|rest| rest.strip_prefix('/'))
                .and_then(|rest| rest.strip_suffix("/v2.0"))
                .is_some_and(|id| id.len() == 36 && uuid::Uuid::parse_str(id).is_ok()),
        }
    }

    /// How it signs itself, for the eye.
    pub(crate) fn issuer(&self) -> String {
        match &self.issuer {
            Issuer::Exactly(issuer) => issuer.clone(),
            Issuer::AnyTenantOf(host) => format!("a tenant of {host}"),
        }
    }
}

/// An address that may be asked for tokens.
fn address(text: &str) -> Result<Url, AuthorityError> {
    let text = text.trim();
    let url = Url::parse(text).map_err(|_| AuthorityError::NotAnAddress(text.to_owned()))?;
    let plain = url.username().is_empty() && url.password().is_none();
    if is_secure(&url) && plain && url.query().is_none() && url.fragment().is_none() {
        Ok(url)
    } else {
        Err(AuthorityError::NotAnAddress(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Authority, AuthorityError, Cloud, Tenant};

    const ID: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

    fn entra(cloud: Cloud, tenant: &str) -> Authority {
        Authority::entra(cloud, Tenant::parse(tenant).unwrap())
    }

    #[test]
    fn entra_has_the_paths_of_version_two() {
        let authority = entra(Cloud::China, "contoso.partner.onmschina.cn");
        assert_eq!(
            authority.token_endpoint().as_str(),
            "https://login.partner.microsoftonline.cn/contoso.partner.onmschina.cn/oauth2/v2.0/token"
        );
        assert_eq!(
            entra(Cloud::UsGovL5, ID).authorization_endpoint().as_str(),
            format!("https://login.microsoftonline.us/{ID}/oauth2/v2.0/authorize")
        );
        assert!(authority.is_one_tenant());
        assert!(!entra(Cloud::Global, "common").is_one_tenant());
        assert_eq!(
            entra(Cloud::Global, ID)
                .admin_consent("a b")
                .unwrap()
                .as_str(),
            format!("https://login.microsoftonline.com/{ID}/adminconsent?client_id=a+b")
        );
    }

    #[test]
    fn entra_is_known_by_its_issuer() {
        let exact = entra(Cloud::Global, ID);
        let any = entra(Cloud::Global, "contoso.com");
        let own = format!("https://login.microsoftonline.com/{ID}/v2.0");
        let other = "https://login.microsoftonline.com/11111111-86f1-41af-91ab-2d7cd011db47/v2.0";
        assert!(exact.is_issuer(&own) && any.is_issuer(&own));
        assert!(!exact.is_issuer(other), "another tenant is another issuer");
        assert!(any.is_issuer(other));
        assert!(!any.is_issuer("https://login.microsoftonline.com.evil.example/v2.0"));
        assert!(!any.is_issuer(&format!("https://login.microsoftonline.com/{ID}/x/v2.0")));
    }

    #[test]
    fn ad_fs_is_found_with_and_without_its_path() {
        for base in ["https://adfs.contoso.com", "https://adfs.contoso.com/adfs/"] {
            let authority = Authority::ad_fs(base).unwrap();
            assert_eq!(
                authority.device_endpoint().unwrap().as_str(),
                "https://adfs.contoso.com/adfs/oauth2/devicecode"
            );
            for issuer in [
                "https://adfs.contoso.com/adfs",
                "https://ADFS.contoso.com/adfs",
            ] {
                assert!(authority.is_issuer(issuer), "{base}");
            }
            assert!(!authority.is_issuer("https://adfs.contoso.com.evil.example/adfs"));
        }
    }

    #[test]
    fn nothing_readable_on_the_way_is_an_authority() {
        for base in [
            "http://adfs.contoso.com",
            "adfs.contoso.com",
            "https://u:p@adfs.contoso.com",
            "https://a/?b",
        ] {
            let refused = Authority::ad_fs(base);
            assert!(
                matches!(refused, Err(AuthorityError::NotAnAddress(_))),
                "{base}"
            );
        }
        assert!(
            Authority::ad_fs("http://localhost:9000").is_ok(),
            "this machine is near enough"
        );
    }
}
