//! What a token says of itself. Decoded for the eye, never verified, never a reason to trust anybody:
//! whether a token opens a mailbox is the server's decision.

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// Longest token that is read: Entra's stay below 20 KB.
const MAX_TOKEN: usize = 256 * 1024;

/// The claims that are shown. Texts are as the issuer wrote them.
/// <https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference>
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claims {
    /// `upn`, `preferred_username`, `unique_name` or `email`: whose it is. None for an application.
    pub account: Option<String>,
    /// `tid`.
    pub tenant: Option<String>,
    /// `iss`.
    pub issuer: Option<String>,
    /// `aud`, one or several.
    pub audience: Vec<String>,
    /// `scp`: what a signed-in account lets the application do.
    pub scopes: Vec<String>,
    /// `roles`: what the application may do by itself.
    pub roles: Vec<String>,
    /// `appid` or `azp`: the application.
    pub app_id: Option<String>,
    /// `exp`.
    pub expires_at: Option<Timestamp>,
    /// `nonce`, of an id token.
    pub nonce: Option<String>,
}

/// The token is not a JWT that can be read; some providers' access tokens never are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token says nothing that can be read")]
pub struct Unreadable;

#[derive(Deserialize)]
struct Raw {
    upn: Option<String>,
    preferred_username: Option<String>,
    unique_name: Option<String>,
    email: Option<String>,
    tid: Option<String>,
    iss: Option<String>,
    #[serde(default)]
    aud: Value,
    #[serde(default)]
    scp: Value,
    #[serde(default)]
    roles: Value,
    appid: Option<String>,
    azp: Option<String>,
    exp: Option<f64>,
    nonce: Option<String>,
}

impl Claims {
    /// Decodes the middle part of a JWT (RFC 7519).
    ///
    /// # Errors
    /// [`Unreadable`]: opaque, encrypted, or too long.
    pub fn read(token: &str) -> Result<Self, Unreadable> {
        if token.len() > MAX_TOKEN {
            return Err(Unreadable);
        }
        let mut parts = token.split('.');
        let (Some(_), Some(payload), Some(_), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Unreadable);
        };
        let bytes = URL_SAFE_NO_PAD
            .decode(payload)
            .or_else(|_| URL_SAFE.decode(payload))
            .map_err(|_| Unreadable)?;
        let raw: Raw = serde_json::from_slice(&bytes).map_err(|_| Unreadable)?;
        Ok(Self {
            account: raw
                .upn
                .or(raw.preferred_username)
                .or(raw.unique_name)
                .or(raw.email),
            tenant: raw.tid,
            issuer: raw.iss,
            audience: list(&raw.aud, false),
            scopes: list(&raw.scp, true),
            roles: list(&raw.roles, false),
            app_id: raw.appid.or(raw.azp),
            expires_at: raw.exp.and_then(seconds),
            nonce: raw.nonce,
        })
    }

    /// Whether the token is for this EWS host: `https://host`, with or without a slash, or Exchange
    /// Online's application id where the host is Microsoft's.
    #[must_use]
    pub fn is_for(&self, host: &str) -> bool {
        let online = crate::Cloud::ALL
            .iter()
            .any(|cloud| cloud.ews_host() == host);
        self.audience.iter().any(|audience| {
            let named = audience
                .strip_prefix("https://")
                .map_or(audience.as_str(), |rest| rest.trim_end_matches('/'));
            named.eq_ignore_ascii_case(host) || (online && audience == crate::EXCHANGE)
        })
    }
}

/// A claim that is one text or several; `scp` is one text with blanks between, or a list.
fn list(value: &Value, split: bool) -> Vec<String> {
    let texts = match value {
        Value::String(text) if split => text.split_whitespace().map(str::to_owned).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values
            .iter()
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    };
    texts.into_iter().filter(|text| !text.is_empty()).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast from a float saturates, and jiff refuses what is out of its range"
)]
fn seconds(since_1970: f64) -> Option<Timestamp> {
    Timestamp::from_second(since_1970 as i64).ok()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::{Claims, Unreadable};

    fn token(claims: &str) -> String {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.sig", part(r#"{"alg":"RS256"}"#), part(claims))
    }

    #[test]
    fn a_signed_in_account() {
        let claims = Claims::read(&token(
            r#"{"aud":"https://mail.contoso.com/","iss":"i","tid":"t","appid":"a","upn":"svc@contoso.com","unique_name":"x","scp":"EWS.AccessAsUser.All profile","exp":1795000000}"#,
        ))
        .unwrap();
        assert_eq!(claims.account.as_deref(), Some("svc@contoso.com"));
        assert_eq!(claims.scopes, ["EWS.AccessAsUser.All", "profile"]);
        assert_eq!(claims.expires_at.unwrap().as_second(), 1_795_000_000);
        assert!(claims.is_for("mail.contoso.com"));
        assert!(!claims.is_for("other.contoso.com"));
    }

    #[test]
    fn an_application() {
        let claims = Claims::read(&token(
            r#"{"aud":["00000002-0000-0ff1-ce00-000000000000"],"azp":"a","roles":["full_access_as_app"]}"#,
        ))
        .unwrap();
        assert_eq!((claims.account.as_deref(), claims.roles.len()), (None, 1));
        assert!(claims.is_for("outlook.office365.com"));
        assert!(
            !claims.is_for("mail.contoso.com"),
            "the id stands for Exchange Online"
        );
    }

    #[test]
    fn what_is_no_token_says_nothing() {
        for text in ["", "opaque", "a.b", "a.!!.c", "a.b.c.d", "a.e30.b.c.d"] {
            assert_eq!(Claims::read(text), Err(Unreadable), "{text}");
        }
        let odd =
            Claims::read(&token(r#"{"aud":7,"scp":{},"exp":1e300,"roles":[1,"r"]}"#)).unwrap();
        assert_eq!((odd.expires_at, odd.roles), (None, vec!["r".to_owned()]));
    }
}
