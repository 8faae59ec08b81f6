//! The authentication port: a mechanism turns challenges into header values, one connection at a time.
//!
//! It is narrow on purpose, so that a mechanism can be replaced. NTLM and Negotiate log a connection
//! on and bind to its own certificate, which is why they are given it; Basic sends the same header
//! with every request. No mechanism opens a connection to the Exchange server or reads a reply.

use std::future::Future;
use std::pin::Pin;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use hyper::header::HeaderValue;
use zeroize::Zeroizing;

use crate::channel_binding::BindingHash;

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
    /// The word in `WWW-Authenticate`: `Basic`, `NTLM`, `Negotiate`, `Bearer`.
    fn scheme(&self) -> &'static str;

    /// What goes under that word: `basic`, `ntlm`, `kerberos`, `bearer`.
    fn mechanism(&self) -> &'static str;

    /// Whether every request carries the header (Basic, Bearer), instead of the connection being
    /// logged on once (NTLM, Negotiate).
    fn every_request(&self) -> bool;

    /// Begins a log-on on one connection.
    fn begin(&self, connection: Connection<'_>) -> Box<dyn Handshake>;
}

/// The next leg of a log-on; Kerberos asks the KDC for it.
pub type NextLeg<'a> = Pin<Box<dyn Future<Output = Result<Leg, HandshakeError>> + Send + 'a>>;

/// One log-on on one connection.
pub trait Handshake: Send {
    /// The next leg, given the server's challenge (absent at first).
    fn next<'a>(&'a mut self, challenge: Option<&'a [u8]>) -> NextLeg<'a>;

    /// The channel binding that is sent, by its hash; absent: none.
    fn binding(&self) -> Option<BindingHash> {
        None
    }
}

/// A leg of a log-on.
#[derive(Debug)]
pub enum Leg {
    /// Send this without a body; a challenge will follow.
    More(HeaderValue),
    /// Send this with the request.
    Last(HeaderValue),
}

/// Why a mechanism cannot go on. A refusal by the Exchange server is not an error, it is a 401.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandshakeError {
    /// The server's challenge cannot be used.
    #[error("{0}")]
    Challenge(String),
    /// The name or password cannot be sent with this mechanism. Nothing was sent.
    #[error("{0}")]
    Credentials(String),
    /// No ticket can be had, for a reason that says nothing about the password: no KDC answers, the
    /// service is unknown to it, the clocks differ.
    #[error("{0}")]
    NoTicket(String),
    /// The KDC refused the password.
    #[error("{0}")]
    Refused(String),
    /// The KDC says that the account is locked, disabled or expired.
    #[error("{0}")]
    AccountRevoked(String),
    /// The KDC says that the password has expired.
    #[error("{0}")]
    PasswordExpired(String),
}

/// A header value that debug output does not show.
pub(crate) fn header(scheme: &str, token: &[u8]) -> Result<HeaderValue, HandshakeError> {
    let text = Zeroizing::new(format!("{scheme} {}", BASE64_STANDARD.encode(token)));
    sensitive(&text)
}

pub(crate) fn sensitive(text: &str) -> Result<HeaderValue, HandshakeError> {
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        HandshakeError::Credentials("the name or password cannot be put into a header".to_owned())
    })?;
    value.set_sensitive(true);
    Ok(value)
}

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

    fn mechanism(&self) -> &'static str {
        "basic"
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
    fn next<'a>(&'a mut self, _challenge: Option<&'a [u8]>) -> NextLeg<'a> {
        Box::pin(async { sensitive(&self.header).map(Leg::Last) })
    }
}

#[cfg(test)]
mod tests {
    use super::{Authenticator as _, Basic, Connection, Leg};

    #[tokio::test]
    async fn basic_encodes_utf8() {
        // RFC 7617 §2.1: "test" with the password "123£" in UTF-8.
        let basic = Basic::new("test", "123£");
        let mut handshake = basic.begin(Connection {
            host: "h",
            certificate: None,
        });
        let Leg::Last(value) = handshake.next(None).await.expect("always") else {
            panic!("Basic has one leg")
        };
        assert_eq!(value.to_str().expect("ascii"), "Basic dGVzdDoxMjPCow==");
        assert!(
            !format!("{basic:?}{value:?}").contains("dGVzdDox"),
            "debug output must stay silent"
        );
    }
}
