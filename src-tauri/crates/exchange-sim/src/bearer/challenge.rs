//! The `WWW-Authenticate: Bearer` line of Exchange
//! (<https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxwoauth>): where tokens come
//! from. Builds text only.

use std::fmt::Write as _;

use super::{BearerRules, ModernAuth, SERVICE_ISSUER, TokenEndpoint};
use crate::options::Build;

/// Office 365 Exchange Online, and every Exchange that Entra knows.
const EXCHANGE: &str = "00000002-0000-0ff1-ce00-000000000000";

/// The challenge; `error` where a token was refused.
pub(crate) fn value(rules: &BearerRules, build: Build, error: Option<&str>) -> String {
    let (kind, endpoint) = match &rules.modern_auth {
        ModernAuth::Off => ("AzureAD", None),
        ModernAuth::Entra(endpoint) => ("AzureAD", Some(endpoint)),
        ModernAuth::Adfs(endpoint) => ("ADFS", Some(endpoint)),
    };
    let anyone = format!("{SERVICE_ISSUER}@*");
    let issuers = endpoint.map_or(anyone.as_str(), |endpoint| &endpoint.trusted_issuers);
    let mut line = format!(
        "Bearer client_id=\"{EXCHANGE}\", trusted_issuers=\"{issuers}\", \
         token_types=\"app_asserted_user_v1 service_asserted_app_v1\""
    );
    if let Some(TokenEndpoint {
        authorization_uri, ..
    }) = endpoint
    {
        let _ = write!(line, ", authorization_uri=\"{authorization_uri}\"");
    }
    // Servers that know AD FS say of what kind the issuer is.
    if build.knows_adfs() && rules.online.is_none() && endpoint.is_some() {
        let _ = write!(line, ", issuer_kind=\"{kind}\"");
    }
    if let Some(error) = error {
        let _ = write!(line, ", error=\"{error}\"");
    }
    line
}

/// Whether everybody is told who is not logged on; else those alone who send an empty Bearer.
pub(crate) fn challenges_everybody(rules: &BearerRules, build: Build) -> bool {
    rules.online.is_some() || !build.knows_adfs()
}
