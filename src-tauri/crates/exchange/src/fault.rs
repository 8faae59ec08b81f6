//! What can happen to a request below HTTP. Each is told apart by evidence; none is a verdict.

use std::time::Duration;

use crate::{Certificate, HandshakeError, ProxyFault};

/// Why no reply came.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Fault {
    /// The host does not resolve.
    #[error("the name does not resolve: {detail}")]
    NameNotFound {
        /// What the resolver said.
        detail: String,
    },
    /// The connection was refused.
    #[error("the connection was refused")]
    ConnectionRefused,
    /// No answer to the connection attempt, TLS handshake included; also unreachable networks.
    #[error("no answer to the connection attempt: {detail}")]
    ConnectTimeout {
        /// What was waited for.
        detail: String,
    },
    /// The HTTP proxy is unreachable, wants credentials or refuses the tunnel.
    #[error(transparent)]
    Proxy(Box<ProxyFault>),
    /// No TLS connection.
    #[error(transparent)]
    Tls(Box<TlsFault>),
    /// The request was accepted, then no (whole) answer came in time.
    #[error("no answer in time")]
    Timeout,
    /// The connection was closed before the answer was complete.
    #[error("the connection was closed before the answer was complete: {detail}")]
    Closed {
        /// What the connection said.
        detail: String,
    },
    /// The reply's body is larger than [`crate::MAX_BODY`].
    #[error("the reply is too large")]
    TooLarge {
        /// Its HTTP status.
        status: u16,
    },
    /// The reply is not HTTP/1.1.
    #[error("the reply is not HTTP: {detail}")]
    NotHttp {
        /// What is wrong with it.
        detail: String,
    },
    /// The log-on could not be gone on with (not: was refused by the server).
    #[error(transparent)]
    LogOn(Box<LogOnFault>),
}

impl Fault {
    /// There was no access token to send, so that nothing happened on the connection.
    #[must_use]
    pub fn is_no_token(&self) -> bool {
        matches!(self, Self::LogOn(fault) if matches!(**fault, LogOnFault::NoToken { .. }))
    }
}

/// Why a log-on could not be gone on with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogOnFault {
    /// The mechanism could not.
    #[error(transparent)]
    Handshake(HandshakeError),
    /// The server answered the first leg without a challenge in this scheme.
    #[error("the server doesn't go on with this log-on")]
    NoChallenge {
        /// What it offers now.
        offered: Vec<String>,
    },
    /// No password is sent any more: one was refused, or several were never answered.
    #[error("the password isn't sent again")]
    HeldBack {
        /// One was refused.
        refused: bool,
    },
    /// There is no access token to send, so that nothing was sent.
    #[error("{sentence}")]
    NoToken {
        /// Why, in plain words.
        sentence: String,
        /// What kept the authority from being asked; absent: somebody has to sign in.
        authority: Option<Box<AuthorityFault>>,
    },
    /// The server does not keep to the protocol.
    #[error("{0}")]
    Unexpected(String),
}

/// Why the authority that issues access tokens gave no answer. Says nothing about the server they are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorityFault {
    /// Its host.
    pub host: String,
    /// Which kind.
    pub kind: AuthorityFaultKind,
    /// How long it asks to wait.
    pub wait: Option<Duration>,
}

/// Kinds of [`AuthorityFault`], each by the evidence of its namesake among [`Fault`] and HTTP statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthorityFaultKind {
    /// Its name does not resolve.
    NameNotFound,
    /// The connection was refused.
    Refused,
    /// No answer to the connection attempt, TLS handshake included.
    Silent,
    /// The HTTP proxy.
    Proxy,
    /// No TLS connection.
    Tls(TlsFaultKind),
    /// Accepted, then no answer in time.
    NoAnswer,
    /// Closed before the answer was complete.
    Closed,
    /// A gateway in front of it gets no answer (502, 504).
    Gateway,
    /// Too busy (429, 503).
    Busy,
    /// Failed on its side (other 5xx).
    Failed,
    /// Leads elsewhere (3xx).
    Redirects,
    /// An answer that cannot be understood.
    Unexpected,
}

impl From<LogOnFault> for Fault {
    fn from(fault: LogOnFault) -> Self {
        Self::LogOn(Box::new(fault))
    }
}

/// Why there is no TLS connection, with the chain the server showed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{detail}")]
pub struct TlsFault {
    /// Which kind.
    pub kind: TlsFaultKind,
    /// For [`TlsFaultKind::Protocol`]: which of its reasons.
    pub reason: TlsReason,
    /// What was found, in a few words.
    pub detail: String,
    /// The chain, leaf first; empty where the handshake did not come so far.
    pub chain: Vec<Certificate>,
}

/// Kinds of TLS faults. Several faults of one certificate: pin, then issuer, then name, then dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsFaultKind {
    /// Not the pinned certificate.
    PinMismatch,
    /// Unknown or self-signed issuer.
    Untrusted,
    /// Host not among the names.
    NameMismatch,
    /// Expired or not yet valid.
    Expired,
    /// No common version or cipher, client certificate demanded, not TLS at all.
    Protocol,
}

/// Reasons of [`TlsFaultKind::Protocol`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsReason {
    /// No cipher suite both sides speak: servers with RSA key exchange or CBC alone.
    NoCommonCipher,
    /// No version both sides speak: TLS 1.0 and 1.1 are not spoken here (RFC 8996).
    NoCommonVersion,
    /// The server demands a client certificate.
    ClientCertificate,
    /// What answers is not TLS.
    NotTls,
    /// The connection ended without an alert.
    HungUp,
    /// Something else.
    Other,
}
