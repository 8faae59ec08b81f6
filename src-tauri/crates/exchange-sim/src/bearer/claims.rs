//! The claims of an access token, read once its signature was found right.
//! <https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference>

use std::fmt::Write as _;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// What a token says. Everything may be missing; whoever needs it says so.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Claims {
    pub(crate) iss: Option<String>,
    pub(crate) aud: Option<OneOrMore>,
    pub(crate) exp: Option<i64>,
    pub(crate) nbf: Option<i64>,
    pub(crate) tid: Option<String>,
    scp: Option<OneOrMore>,
    roles: Vec<String>,
    upn: Option<String>,
    preferred_username: Option<String>,
    unique_name: Option<String>,
    appid: Option<String>,
    azp: Option<String>,
    jti: Option<String>,
    uti: Option<String>,
}

/// A string, or a list of them (RFC 7519 section 4.1.3).
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        let list = match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::More(more) => more,
        };
        list.iter().map(String::as_str)
    }
}

impl Claims {
    /// Whether a user gave it to an application; else it is the application's own.
    pub(crate) const fn is_delegated(&self) -> bool {
        self.scp.is_some()
    }

    /// Whether it says that it permits anything at all.
    pub(crate) fn has_permissions(&self) -> bool {
        self.is_delegated() || !self.roles.is_empty()
    }

    pub(crate) fn has_scope(&self, scope: &str) -> bool {
        let mut scopes = self.scp.iter().flat_map(OneOrMore::iter);
        scopes.any(|part| part.split_whitespace().any(|word| word == scope))
    }

    pub(crate) fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|own| own == role)
    }

    /// The names its user may go by, the surest first.
    pub(crate) fn users(&self) -> impl Iterator<Item = &str> {
        [&self.upn, &self.preferred_username, &self.unique_name]
            .into_iter()
            .filter_map(Option::as_deref)
    }

    /// The application it was given to.
    pub(crate) fn application(&self) -> Option<&str> {
        self.appid.as_deref().or(self.azp.as_deref())
    }

    /// What tells it from other tokens: `jti`, `uti`, or a hash of it.
    pub(crate) fn id(&self, token: &str) -> String {
        let own = self.jti.as_ref().or(self.uti.as_ref());
        own.cloned().unwrap_or_else(|| {
            let hash = Sha256::digest(token.as_bytes());
            hash.iter().take(8).fold(String::new(), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            })
        })
    }
}
