//! What can become of a sign-in that does not end with tokens. Every variant means: nothing was kept.

use std::time::Duration;

use crate::{Explanation, HttpFault};

/// Why there are no tokens.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Failure {
    /// The user gave up here.
    #[error("the sign-in was canceled")]
    Canceled,
    /// Nobody finished signing in within the time limit.
    #[error("the sign-in was not finished in time")]
    TimedOut,
    /// Another program listens on the port that was asked for.
    #[error("port {port} is taken by another program")]
    PortTaken {
        /// The port.
        port: u16,
    },
    /// This machine lets nobody listen on loopback.
    #[error("cannot listen on loopback: {detail}")]
    NoLoopback {
        /// What the system said.
        detail: String,
    },
    /// The authorization server said no.
    #[error("{0}")]
    Refused(Explanation),
    /// The refresh token is worth nothing any more: expired, revoked, or reused.
    #[error("{0}")]
    SignInNeeded(Explanation),
    /// The answer names another authorization server than the one that was asked (mix-up, RFC 9207).
    #[error("the answer comes from {got}, expected {expected}")]
    WrongIssuer {
        /// Whose answer it should be.
        expected: String,
        /// Whose it says it is; `nobody` where it must say so and does not.
        got: String,
    },
    /// The id token belongs to another sign-in.
    #[error("the id token does not belong to this sign-in: {0}")]
    ForeignIdToken(&'static str),
    /// A token that is no bearer token: whoever does not understand its type must not use it (RFC 6749
    /// §7.1).
    #[error("the token is of type {0}, not Bearer")]
    OtherTokenType(String),
    /// App-only access, or a device code, was asked of an authority that cannot give it.
    #[error("{0}")]
    NotOffered(&'static str),
    /// The certificate cannot be used.
    #[error(transparent)]
    Certificate(#[from] crate::CertificateError),
    /// No answer came.
    #[error("no answer from {0}")]
    Unreachable(#[from] HttpFault),
    /// The authorization server, or what stands in front of it, is overrun or down (429, 5xx): that
    /// refuses nobody.
    #[error("{host} doesn't answer as it should now (HTTP {status})")]
    NotNow {
        /// Who answered.
        host: String,
        /// The HTTP status.
        status: u16,
        /// How long it asks to wait.
        wait: Option<Duration>,
        /// What it said besides, explained.
        said: Option<Box<Explanation>>,
    },
    /// Something answered that is no authorization server, or a broken one.
    #[error("the answer of {host} (HTTP {status}) is not that of an authorization server")]
    NotUnderstood {
        /// Who answered.
        host: String,
        /// The HTTP status.
        status: u16,
    },
}
