//! Bearer tokens (RFC 6750): one token, in a header of every request. It gets no token, renews none and
//! never looks into one: a lane is given a newer one with [`crate::Lane::log_on_with`].

use hyper::header::HeaderValue;
use zeroize::Zeroizing;

use crate::authentication::{
    Authenticator, Connection, Handshake, HandshakeError, Leg, NextLeg, sensitive,
};

/// One access token.
pub struct Bearer {
    header: HeaderValue,
}

impl Bearer {
    /// Prepares the header once.
    ///
    /// # Errors
    /// [`HandshakeError::Credentials`] for a text that is no token (RFC 6750 §2.1).
    pub fn new(token: &str) -> Result<Self, HandshakeError> {
        if !is_token(token) {
            return Err(HandshakeError::Credentials(
                "the access token has characters that no token has".to_owned(),
            ));
        }
        let header = sensitive(&Zeroizing::new(format!("Bearer {token}")))?;
        Ok(Self { header })
    }

    /// The header that asks who issues tokens, and carries none.
    pub(crate) fn nobodys() -> HeaderValue {
        HeaderValue::from_static("Bearer")
    }
}

/// `b64token` (RFC 6750 §2.1).
fn is_token(text: &str) -> bool {
    let text = text.trim_end_matches('=');
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !text.is_empty() && text.bytes().all(fits)
}

impl std::fmt::Debug for Bearer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bearer(…)")
    }
}

impl Authenticator for Bearer {
    fn scheme(&self) -> &'static str {
        "Bearer"
    }

    fn mechanism(&self) -> &'static str {
        "bearer"
    }

    fn every_request(&self) -> bool {
        true
    }

    fn begin(&self, _connection: Connection<'_>) -> Box<dyn Handshake> {
        Box::new(Carried(self.header.clone()))
    }
}

struct Carried(HeaderValue);

impl Handshake for Carried {
    fn next<'a>(&'a mut self, _challenge: Option<&'a [u8]>) -> NextLeg<'a> {
        Box::pin(async { Ok(Leg::Last(self.0.clone())) })
    }
}

#[cfg(test)]
mod tests {
    use super::Bearer;
    use crate::authentication::{Authenticator as _, Connection, Leg};

    #[tokio::test]
    async fn a_token_stands_after_its_word_and_shows_nowhere() {
        let bearer = Bearer::new("eyJ0.eyJh-_~+/.c2ln=").expect("a token");
        let mut handshake = bearer.begin(Connection {
            host: "h",
            certificate: None,
        });
        let Leg::Last(value) = handshake.next(None).await.expect("always") else {
            panic!("Bearer has one leg")
        };
        assert_eq!(
            value.to_str().expect("ascii"),
            "Bearer eyJ0.eyJh-_~+/.c2ln="
        );
        assert!(!format!("{bearer:?}{value:?}").contains("eyJ"));
    }

    #[test]
    fn what_is_no_token_is_not_sent() {
        for text in [
            "",
            "=",
            "a=b",
            "Bearer eyJ0",
            "a\r\nX: b",
            "tok\u{e9}n",
            "a,b",
        ] {
            assert!(Bearer::new(text).is_err(), "{text:?}");
        }
    }
}
