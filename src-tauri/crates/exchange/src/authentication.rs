//! The authentication port, and Basic behind it.
//!
//! The port is narrow on purpose: a mechanism turns challenges into header values, one connection
//! at a time. NTLM and Negotiate bind to the connection's own certificate, which is why they are
//! given it; Basic sends the same header with every request.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use hyper::header::HeaderValue;
use zeroize::Zeroizing;

/// What a mechanism may know of the connection it logs on.
#[derive(Debug, Clone, Copy)]
pub struct Connection<'a> {
    /// Host of the URL.
    pub host: &'a str,
    /// DER of the certificate the server showed on this connection; absent for plain http.
    pub certificate: Option<&'a [u8]>,
}

/// A way to log on.
pub trait Authenticator: Send + Sync {
    /// The word in `WWW-Authenticate`: `Basic`, `NTLM`, `Negotiate`.
    fn scheme(&self) -> &'static str;

    /// Whether every request carries the header (Basic, Bearer), instead of the connection being
    /// logged on once (NTLM, Negotiate).
    fn every_request(&self) -> bool;

    /// Begins a log-on on one connection.
    fn begin(&self, connection: Connection<'_>) -> Box<dyn Handshake>;
}

/// One log-on on one connection.
pub trait Handshake: Send {
    /// The next leg, given the server's challenge (absent at first).
    ///
    /// # Errors
    /// [`HandshakeError`] when the mechanism cannot go on; a refusal is not an error, it is a 401.
    fn next(&mut self, challenge: Option<&[u8]>) -> Result<Leg, HandshakeError>;
}

/// A leg of a log-on.
#[derive(Debug)]
pub enum Leg {
    /// Send this without a body; a challenge will follow.
    More(HeaderValue),
    /// Send this with the request.
    Last(HeaderValue),
}

/// The mechanism cannot go on.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct HandshakeError(pub String);

/// Basic (RFC 7617), name and password in UTF-8.
pub struct Basic {
    header: Zeroizing<String>,
}

impl Basic {
    /// Prepares the header once. `user` as it will be seen by the server: `DOMAIN\user` or UPN.
    #[must_use]
    pub fn new(user: &str, password: &str) -> Self {
        let pair = Zeroizing::new(format!("{user}:{password}"));
        let encoded = Zeroizing::new(BASE64_STANDARD.encode(pair.as_bytes()));
        Self {
            header: Zeroizing::new(format!("Basic {}", encoded.as_str())),
        }
    }
}

impl std::fmt::Debug for Basic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Basic(…)")
    }
}

impl Authenticator for Basic {
    fn scheme(&self) -> &'static str {
        "Basic"
    }

    fn every_request(&self) -> bool {
        true
    }

    fn begin(&self, _connection: Connection<'_>) -> Box<dyn Handshake> {
        Box::new(BasicHandshake {
            header: self.header.clone(),
        })
    }
}

struct BasicHandshake {
    header: Zeroizing<String>,
}

impl Handshake for BasicHandshake {
    fn next(&mut self, _challenge: Option<&[u8]>) -> Result<Leg, HandshakeError> {
        let mut value = HeaderValue::from_str(&self.header).map_err(|_| {
            HandshakeError("the name or password cannot be put into a header".to_owned())
        })?;
        value.set_sensitive(true);
        Ok(Leg::Last(value))
    }
}

#[cfg(test)]
mod tests {
    use super::{Authenticator as _, Basic, Connection, Leg};

    #[test]
    fn basic_encodes_utf8() {
        // RFC 7617 §2.1: "test" with the password "123£" in UTF-8.
        let basic = Basic::new("test", "123£");
        let leg = basic
            .begin(Connection {
                host: "h",
                certificate: None,
            })
            .next(None)
            .expect("always");
        let Leg::Last(value) = leg else {
            panic!("Basic has one leg")
        };
        assert_eq!(value.to_str().expect("ascii"), "Basic dGVzdDoxMjPCow==");
        assert!(
            !format!("{basic:?}{value:?}").contains("dGVzdDox"),
            "debug output must stay silent"
        );
    }
}
