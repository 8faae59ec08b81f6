//! `OpenID` Connect Discovery: what a provider says of itself, believed only where it names itself.
//! <https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation>

use serde::Deserialize;
use url::Url;

use super::{Authority, AuthorityError, Issuer, Kind};
use crate::Http;
use crate::http::is_secure;

/// The part of `.well-known/openid-configuration` that is read.
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    device_authorization_endpoint: Option<Url>,
    revocation_endpoint: Option<Url>,
    jwks_uri: Option<Url>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Asks the provider with this issuer URL.
pub(super) async fn discover(http: &Http, issuer: &str) -> Result<Authority, AuthorityError> {
    let base = super::address(issuer)?;
    let page = page(&base);
    let reply = http.read(&page).await?;
    let not_understood = || AuthorityError::NoMetadata {
        host: page.host_str().unwrap_or_default().to_owned(),
        page: page.to_string(),
        status: reply.status,
        wait: reply.wait,
    };
    if !reply.is_success() {
        return Err(not_understood());
    }
    let metadata: Metadata = reply.json().ok_or_else(not_understood)?;
    if metadata.issuer.trim_end_matches('/') != issuer.trim().trim_end_matches('/') {
        return Err(AuthorityError::OtherIssuer {
            asked: issuer.trim().to_owned(),
            named: crate::explain::one_line(&metadata.issuer),
        });
    }
    metadata.into_authority()
}

/// `{issuer}/.well-known/openid-configuration`, whatever path the issuer has.
fn page(base: &Url) -> Url {
    let mut page = base.clone();
    let path = base.path().trim_end_matches('/');
    page.set_path(&format!("{path}/.well-known/openid-configuration"));
    page
}

impl Metadata {
    fn into_authority(self) -> Result<Authority, AuthorityError> {
        let endpoints = [
            Some(&self.authorization_endpoint),
            Some(&self.token_endpoint),
            self.device_authorization_endpoint.as_ref(),
            self.revocation_endpoint.as_ref(),
            self.jwks_uri.as_ref(),
        ];
        if let Some(open) = endpoints.into_iter().flatten().find(|url| !is_secure(url)) {
            return Err(AuthorityError::NotSecure(open.to_string()));
        }
        Ok(Authority {
            kind: Kind::OpenId,
            issuer: Issuer::Exactly(self.issuer),
            says_issuer: self.authorization_response_iss_parameter_supported,
            authorization: self.authorization_endpoint,
            token: self.token_endpoint,
            device: self.device_authorization_endpoint,
            revocation: self.revocation_endpoint,
            keys: self.jwks_uri,
            consent: None,
        })
    }
}
