//! Tokens to practise with, signed by a key that is made for them: what an identity provider would
//! issue, right or wrong as it is told. Signs only; the key never leaves it.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{KeyPair, PKCS_RSA_SHA256};
use serde_json::{Map, Value, json};

use super::{EWS_ROLE, EWS_SCOPE, SigningKeys};
use crate::calendar;
use crate::der::Element;

/// Why no token can be made.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// No key.
    #[error("could not make a key")]
    Key(#[from] rcgen::Error),
    /// The key cannot be used.
    #[error("could not use the key")]
    Use(#[from] jsonwebtoken::errors::Error),
}

/// Signs tokens in the name of one issuer.
pub struct TokenMint {
    issuer: String,
    id: String,
    key: EncodingKey,
    jwks: String,
}

impl std::fmt::Debug for TokenMint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenMint")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

/// What a token says. The fields are what Entra and AD FS write; `more` adds or replaces any.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenClaims {
    /// `aud`: `https://mail.contoso.com/`.
    pub audience: String,
    /// `tid`.
    pub tenant: String,
    /// `upn`; none in the token of an application.
    pub user: Option<String>,
    /// `appid`.
    pub application: String,
    /// `scp`, separated by spaces; none in the token of an application.
    pub scopes: Option<String>,
    /// `roles`; none: left out.
    pub roles: Vec<String>,
    /// `nbf` and `iat`, in seconds from now.
    pub begins_in: i64,
    /// `exp`, in seconds from now.
    pub ends_in: i64,
    /// `jti`; a new one where it is none.
    pub id: Option<String>,
    /// Signed with PS256 instead of RS256.
    pub pss: bool,
    /// Further claims, or others in their place.
    pub more: Map<String, Value>,
}

impl TokenClaims {
    /// An hour for this user, for EWS.
    #[must_use]
    pub fn delegated(user: &str, audience: &str) -> Self {
        Self {
            audience: audience.to_owned(),
            tenant: "0f0f0f0f-1111-4222-8333-444444444444".to_owned(),
            user: Some(user.to_owned()),
            application: "a1b2c3d4-0000-4000-8000-000000000001".to_owned(),
            scopes: Some(EWS_SCOPE.to_owned()),
            roles: Vec::new(),
            begins_in: 0,
            ends_in: 3_600,
            id: None,
            pss: false,
            more: Map::new(),
        }
    }

    /// An hour for this application, for EWS.
    #[must_use]
    pub fn app_only(application: &str, audience: &str) -> Self {
        Self {
            user: None,
            application: application.to_owned(),
            scopes: None,
            roles: vec![EWS_ROLE.to_owned()],
            ..Self::delegated("", audience)
        }
    }

    /// An hour for this application, for Graph, with `Mail.Read`.
    #[must_use]
    pub fn graph(application: &str) -> Self {
        Self {
            roles: vec!["Mail.Read".to_owned()],
            ..Self::app_only(application, "https://graph.microsoft.com")
        }
    }
}

impl TokenMint {
    /// A mint with a new key (RSA, 2,048 bits) for this issuer.
    ///
    /// # Errors
    /// [`MintError`] when the system gives no key.
    pub fn new(issuer: &str) -> Result<Self, MintError> {
        let pair = KeyPair::generate_for(&PKCS_RSA_SHA256)?;
        let key = EncodingKey::from_rsa_der(inner_key(pair.serialized_der()));
        let id = uuid::Uuid::new_v4().simple().to_string();
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::RS256)?;
        // The key signs with both algorithms.
        jwk.common.key_algorithm = None;
        jwk.common.key_id = Some(id.clone());
        let jwks = json!({ "keys": [jwk] }).to_string();
        Ok(Self {
            issuer: issuer.to_owned(),
            id,
            key,
            jwks,
        })
    }

    /// The issuer its tokens name.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Its public key as a JWK Set (RFC 7517).
    #[must_use]
    pub fn jwks(&self) -> &str {
        &self.jwks
    }

    /// Its public key, for a server to verify with.
    #[must_use]
    pub fn keys(&self) -> SigningKeys {
        SigningKeys::Given(self.jwks.clone())
    }

    /// A token, dated by the real clock.
    ///
    /// # Panics
    /// Never: its key was read when it was made.
    #[must_use]
    pub fn sign(&self, claims: &TokenClaims) -> String {
        let header = Header {
            kid: Some(self.id.clone()),
            ..Header::new(if claims.pss {
                Algorithm::PS256
            } else {
                Algorithm::RS256
            })
        };
        let claims = self.written(claims);
        encode(&header, &claims, &self.key).expect("the key was read when it was made")
    }

    fn written(&self, claims: &TokenClaims) -> Map<String, Value> {
        let now = calendar::now();
        let id = claims.id.clone();
        let id = id.unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
        let mut all = Map::new();
        let mut put = |name: &str, value: Value| all.insert(name.to_owned(), value);
        put("iss", json!(self.issuer));
        put("aud", json!(claims.audience));
        put("tid", json!(claims.tenant));
        put("appid", json!(claims.application));
        put("jti", json!(id));
        put("iat", json!(now + claims.begins_in));
        put("nbf", json!(now + claims.begins_in));
        put("exp", json!(now + claims.ends_in));
        if let Some(user) = &claims.user {
            put("upn", json!(user));
        }
        if let Some(scopes) = &claims.scopes {
            put("scp", json!(scopes));
        }
        if !claims.roles.is_empty() {
            put("roles", json!(claims.roles));
        }
        all.extend(claims.more.clone());
        all
    }
}

/// The `RSAPrivateKey` (RFC 8017 appendix A.1.2) in a PKCS #8 structure.
fn inner_key(pkcs_8: &[u8]) -> &[u8] {
    let (outer, _) = Element::read(pkcs_8).expect("what was just written is DER");
    let parts = outer.children().expect("a sequence has elements");
    parts.get(2).expect("the third is the key").content
}
