//! What an Exchange server says of OAuth: its `WWW-Authenticate: Bearer` challenge.
//!
//! The challenge comes from whoever answered at the EWS URL, so it is a proposal and no more: Entra is
//! taken from the list of Microsoft's hosts, and an AD FS is to be confirmed by the user before anybody
//! signs in there. Format: RFC 6750 §3, with Exchange's own parameters
//! (<https://learn.microsoft.com/exchange/hybrid-deployment/hybrid-modern-auth>).

use url::Url;

use crate::{Authority, Cloud, Tenant};

/// Exchange's own application id, as which it challenges.
pub const EXCHANGE: &str = "00000002-0000-0ff1-ce00-000000000000";

/// A Bearer challenge, its values as the server wrote them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Challenge {
    /// `client_id`: the application of the server, [`EXCHANGE`].
    pub client_id: Option<String>,
    /// `trusted_issuers`: `principal@realm`, realm `*` for any.
    pub trusted_issuers: Vec<TrustedIssuer>,
    /// `authorization_uri`. Absent: Hybrid Modern Authentication is not on.
    pub authorization_uri: Option<String>,
    /// `issuer_kind`.
    pub issuer_kind: Option<IssuerKind>,
    /// `error` (RFC 6750 §3.1): `invalid_token`, …
    pub error: Option<String>,
    /// `error_description`.
    pub error_description: Option<String>,
}

/// One of the issuers whose tokens a server takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedIssuer {
    /// Application id of the issuer.
    pub principal: String,
    /// Tenant, or `*`.
    pub realm: String,
}

/// Who issues the tokens that a server takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IssuerKind {
    /// Entra.
    AzureAd,
    /// AD FS.
    AdFs,
    /// Something new.
    Unknown(String),
}

/// The authority a challenge points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Candidate {
    /// A tenant of Entra, at a host of Microsoft's.
    Entra(Cloud, Tenant),
    /// AD FS at this base address, which the server alone vouches for: ask the user.
    AdFs(String),
}

impl Challenge {
    /// Finds the Bearer challenge among the values of `WWW-Authenticate`, each of which may hold several.
    /// Where there are several Bearer challenges the first wins that says where to sign in.
    pub fn find<'a>(values: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut found: Option<Self> = None;
        for value in values {
            for (scheme, parameters) in challenges(value) {
                let better = found
                    .as_ref()
                    .is_none_or(|known| known.authorization_uri.is_none());
                if scheme.eq_ignore_ascii_case("bearer") && better {
                    found = Some(Self::of(parameters));
                }
            }
        }
        found
    }

    fn of(parameters: Vec<(String, String)>) -> Self {
        let mut challenge = Self::default();
        for (name, value) in parameters {
            match name.to_ascii_lowercase().as_str() {
                "client_id" => challenge.client_id = Some(value),
                "trusted_issuers" => challenge.trusted_issuers = trusted_issuers(&value),
                "authorization_uri" => challenge.authorization_uri = Some(value),
                "issuer_kind" => challenge.issuer_kind = Some(IssuerKind::read(value)),
                "error" => challenge.error = Some(value),
                "error_description" => challenge.error_description = Some(value),
                _ => {}
            }
        }
        challenge
    }

    /// Whether the server says where to sign in: Hybrid Modern Authentication or AD FS is on.
    #[must_use]
    pub fn is_modern_auth_on(&self) -> bool {
        self.authorization_uri.is_some()
    }

    /// Where to sign in, if it is a place that can be made out.
    #[must_use]
    pub fn candidate(&self) -> Option<Candidate> {
        let uri = Url::parse(self.authorization_uri.as_deref()?).ok()?;
        if uri.scheme() != "https" {
            return None;
        }
        if let Some(cloud) = Cloud::of_login_host(uri.host_str()?) {
            return Some(Candidate::Entra(cloud, self.tenant(&uri)?));
        }
        let path = uri.path().to_ascii_lowercase();
        let ad_fs = matches!(self.issuer_kind, Some(IssuerKind::AdFs) | None);
        let at = path.find("/adfs/oauth2/authorize").filter(|_| ad_fs)?;
        let mut base = uri.clone();
        base.set_path(&uri.path()[..at]);
        base.set_query(None);
        base.set_fragment(None);
        Some(Candidate::AdFs(
            base.as_str().trim_end_matches('/').to_owned(),
        ))
    }

    /// The tenant among the trusted issuers; failing that, the one in the address.
    fn tenant(&self, uri: &Url) -> Option<Tenant> {
        let realms = self.trusted_issuers.iter().map(|issuer| &issuer.realm);
        let named = realms
            .filter_map(|realm| Tenant::parse(realm).ok())
            .find(|tenant| !tenant.is_shared());
        named.or_else(|| Tenant::parse(uri.path_segments()?.next()?).ok())
    }
}

impl Candidate {
    /// The authority itself.
    ///
    /// # Errors
    /// As [`Authority::ad_fs`].
    pub fn authority(&self) -> Result<Authority, crate::AuthorityError> {
        match self {
            Self::Entra(cloud, tenant) => Ok(Authority::entra(*cloud, tenant.clone())),
            Self::AdFs(base) => Authority::ad_fs(base),
        }
    }
}

impl IssuerKind {
    fn read(value: String) -> Self {
        match value.to_ascii_lowercase().as_str() {
            "azuread" => Self::AzureAd,
            "adfs" => Self::AdFs,
            _ => Self::Unknown(value),
        }
    }
}

fn trusted_issuers(value: &str) -> Vec<TrustedIssuer> {
    let entries = value
        .split(',')
        .filter_map(|entry| entry.trim().split_once('@'));
    entries
        .map(|(principal, realm)| TrustedIssuer {
            principal: principal.to_owned(),
            realm: realm.to_owned(),
        })
        .collect()
}

/// The challenges of one header value (RFC 9110 §11.6.1): scheme and parameters. What cannot be read
/// ends the list, so that no half parameter is believed.
fn challenges(value: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut found: Vec<(String, Vec<(String, String)>)> = Vec::new();
    let mut rest = value;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let (word, after) = token(rest);
        if word.is_empty() {
            return found;
        }
        let after_blanks = after.trim_start_matches([' ', '\t']);
        // `name = value` belongs to the scheme before it; `NTLM TlRM==` is a scheme and its token68.
        let parameter = after_blanks.strip_prefix('=').filter(|_| !found.is_empty());
        if let Some(after) = parameter {
            let Some((value, after)) = parameter_value(after.trim_start_matches([' ', '\t']))
            else {
                return found;
            };
            if let Some((_, parameters)) = found.last_mut() {
                parameters.push((word.to_owned(), value));
            }
            rest = after;
        } else {
            found.push((word.to_owned(), Vec::new()));
            rest = after_token68(after_blanks);
        }
    }
}

/// Skips a token68 (`TlRMTVNT==`), which ends at a comma and is no `name=value`.
fn after_token68(text: &str) -> &str {
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || "-._~+/".contains(c)))
        .unwrap_or(text.len());
    let after = text[end..].trim_start_matches('=');
    let closed = after.trim_start_matches([' ', '\t']);
    if end > 0 && (closed.is_empty() || closed.starts_with(',')) {
        closed
    } else {
        text
    }
}

fn token(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)))
        .unwrap_or(text.len());
    text.split_at(end)
}

fn parameter_value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, after) = token(text);
        return Some((value.to_owned(), after));
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => value.push(characters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Candidate, Challenge, EXCHANGE, IssuerKind};
    use crate::{Cloud, Tenant};

    /// <https://learn.microsoft.com/exchange/plan-and-deploy/hybrid-modern-auth>, with a tenant put in.
    const HYBRID: &str = r#"Bearer client_id="00000002-0000-0ff1-ce00-000000000000", trusted_issuers="00000001-0000-0000-c000-000000000000@72f988bf-86f1-41af-91ab-2d7cd011db47,00000002-0000-0ff1-ce00-000000000000@*", token_types="app_asserted_user_v1 service_asserted_app_v1", authorization_uri="https://login.windows.net/common/oauth2/authorize""#;

    fn one(value: &str) -> Challenge {
        Challenge::find([value]).unwrap()
    }

    #[test]
    fn hybrid_modern_auth_points_at_the_tenant() {
        let challenge = one(HYBRID);
        assert_eq!(challenge.client_id.as_deref(), Some(EXCHANGE));
        assert_eq!(challenge.trusted_issuers.len(), 2);
        let tenant = Tenant::parse("72f988bf-86f1-41af-91ab-2d7cd011db47").unwrap();
        assert_eq!(
            challenge.candidate(),
            Some(Candidate::Entra(Cloud::Global, tenant))
        );
    }

    #[test]
    fn a_server_without_an_address_has_not_turned_it_on() {
        let challenge = one(r#"Bearer client_id="x", trusted_issuers="a@*""#);
        assert!(!challenge.is_modern_auth_on());
        assert_eq!(challenge.candidate(), None);
    }

    #[test]
    fn ad_fs_is_told_by_its_path_and_kind() {
        let challenge = one(
            r#"Bearer client_id="x", authorization_uri="https://adfs.contoso.com/adfs/oauth2/authorize", issuer_kind="ADFS""#,
        );
        assert_eq!(challenge.issuer_kind, Some(IssuerKind::AdFs));
        let base = "https://adfs.contoso.com".to_owned();
        assert_eq!(challenge.candidate(), Some(Candidate::AdFs(base)));
    }

    #[test]
    fn an_unknown_host_is_no_entra_and_plain_http_is_nothing() {
        for uri in [
            "https://login.evil.example/common/oauth2/authorize",
            "http://login.windows.net/common/oauth2/authorize",
            "https://adfs.contoso.com/other",
            "not an address",
        ] {
            let challenge = one(&format!(r#"Bearer authorization_uri="{uri}""#));
            assert_eq!(challenge.candidate(), None, "{uri}");
        }
    }

    #[test]
    fn bearer_is_found_among_other_schemes() {
        let values = [
            "Negotiate",
            "NTLM TlRMTVNTUAAC==",
            r#"Basic realm="a, Bearer b=\"c\"", Bearer error=invalid_token, error_description="say \"no\"""#,
        ];
        let challenge = Challenge::find(values).unwrap();
        assert_eq!(challenge.error.as_deref(), Some("invalid_token"));
        assert_eq!(challenge.error_description.as_deref(), Some("say \"no\""));
        assert_eq!(
            Challenge::find(["Negotiate, NTLM", "Basic realm=\"Bearer\""]),
            None
        );
        assert_eq!(Challenge::find(["Bearer"]), Some(Challenge::default()));
        let with_token = "Negotiate YIIB==, Bearer client_id=\"x\"";
        assert_eq!(one(with_token).client_id.as_deref(), Some("x"));
    }

    #[test]
    fn the_challenge_with_an_address_wins() {
        let challenge = Challenge::find(["Bearer error=\"x\"", HYBRID]).unwrap();
        assert!(challenge.is_modern_auth_on());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_to_its_end(text in ".{0,200}") {
            drop(Challenge::find([text.as_str()]));
        }
    }
}
