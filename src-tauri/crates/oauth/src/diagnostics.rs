//! `x-ms-diagnostics`: why Exchange refused a token, in its own words and in plain ones.
//! <https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxoauth>

use crate::explain::one_line;

/// What Exchange says of a token it refused: `id;reason="...";error_category="..."`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostics {
    /// 2000000 to 2000008, 2000020, …
    pub id: Option<u32>,
    /// The server's own words, one line.
    pub reason: String,
    /// `invalid_signature`, …
    pub category: String,
}

impl Diagnostics {
    /// Reads a value of the header.
    #[must_use]
    pub fn read(value: &str) -> Self {
        let (id, rest) = value.split_once(';').unwrap_or((value, ""));
        Self {
            id: id.trim().parse().ok(),
            reason: one_line(&quoted(rest, "reason").unwrap_or_default()),
            category: one_line(&quoted(rest, "error_category").unwrap_or_default()),
        }
    }

    /// What it means, and what to do.
    #[must_use]
    pub fn explanation(&self) -> &'static str {
        match (self.id, self.category.as_str()) {
            (_, "oauth_not_available") => {
                "Modern authentication is blocked for this account by an authentication policy. Check Get-User and Get-AuthenticationPolicy."
            }
            (Some(2_000_000), _) | (_, "invalid_signature") => {
                "Exchange doesn't know the key that signed the token. Refresh the authority's keys with Get-AuthServer and Set-AuthServer -RefreshAuthMetadata."
            }
            (Some(2_000_001), _) | (_, "invalid_token") => {
                "Exchange can't use this token. Sign in again; if it stays, compare the token's issuer with Get-AuthServer."
            }
            (Some(2_000_002), _) | (_, "token_expired") => {
                "The token has expired. Sign in again; if it happens right after signing in, compare the clocks of the server and this machine."
            }
            (Some(2_000_003), _) | (_, "invalid_resource") => {
                "The token is for another server. Its audience must be the EWS host; register the host as a service principal name and sign in again."
            }
            (Some(2_000_004), _) | (_, "invalid_tenant") => {
                "Exchange doesn't know the tenant of this token. Compare the directory ID with Get-AuthServer and Get-OrganizationConfig."
            }
            (Some(2_000_005), _) | (_, "invalid_user") => {
                "Exchange found no user for this token. The service account must exist on this server, with the same user principal name or SID."
            }
            (Some(2_000_006), _) | (_, "invalid_client") => {
                "Exchange doesn't accept this application. Check its permissions and consent, then sign in again."
            }
            (Some(2_000_007), _) | (_, "internal_error") => {
                "Exchange failed while it checked the token. Try again; if it stays, look at the server's OAuth log."
            }
            (Some(2_000_008), _) | (_, "invalid_grant") => {
                "The token doesn't hold the permission that is needed: EWS.AccessAsUser.All for a signed-in account, full_access_as_app for an application."
            }
            (Some(2_000_020), _) => {
                "Tenant restrictions of the network refuse this tenant. Ask whoever runs the proxy to allow it."
            }
            _ => "Exchange refused the token for a reason that isn't documented.",
        }
    }
}

/// The value of `name="…"`.
fn quoted(text: &str, name: &str) -> Option<String> {
    let fields = text.split("\";").map(str::trim);
    let mut values = fields.filter_map(|field| field.split_once('='));
    let (_, value) = values.find(|(key, _)| key.trim().eq_ignore_ascii_case(name))?;
    Some(value.trim().trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::Diagnostics;

    #[test]
    fn a_refusal_is_read_and_explained() {
        let value = r#"2000003;reason="The audience claim value is invalid 'aud'.";error_category="invalid_resource""#;
        let diagnostics = Diagnostics::read(value);
        assert_eq!(diagnostics.id, Some(2_000_003));
        assert_eq!(
            diagnostics.reason,
            "The audience claim value is invalid 'aud'."
        );
        assert_eq!(diagnostics.category, "invalid_resource");
        assert!(diagnostics.explanation().contains("audience"));
    }

    #[test]
    fn the_category_alone_is_enough() {
        let value =
            r#"4000000;reason="Flighting is not enabled";error_category="oauth_not_available";"#;
        assert!(
            Diagnostics::read(value)
                .explanation()
                .contains("authentication policy")
        );
    }

    #[test]
    fn anything_else_is_kept_as_it_is() {
        let diagnostics = Diagnostics::read("nonsense\u{7}; reason=\"a\u{1b}b\"");
        assert_eq!((diagnostics.id, diagnostics.reason.as_str()), (None, "a b"));
        assert!(diagnostics.explanation().contains("isn't documented"));
    }
}
