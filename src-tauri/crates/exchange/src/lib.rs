//! The wire: connection lanes to an Exchange server, authentication, TLS trust.
//!
//! One [`Lane`] is one TCP/TLS connection and one log-on. This crate moves bytes and says exactly
//! what happened to them ([`Reply`] or [`Fault`]); it never decides what an answer means, never
//! follows a redirect, never sends a password before it was told that the server asks for it, and
//! has no switch that turns certificate verification off.

mod authentication;
mod certificate;
mod dial;
mod endpoint;
mod fault;
mod lane;
mod proxy;
mod reply;
mod tls;
mod trust;

pub use authentication::{Authenticator, Basic, Connection, Handshake, HandshakeError, Leg};
pub use certificate::{Certificate, CertificateError, read_certificates};
pub use endpoint::{Endpoint, EndpointError, Override};
pub use fault::{Fault, TlsFault, TlsFaultKind};
pub use lane::{Call, Lane, Stats, StatsSnapshot};
pub use proxy::Proxy;
pub use reply::{Headers, Reply};
pub use trust::Trust;

/// Most bytes of a reply's body that are read: a reply to the check is about 2 KiB.
pub const MAX_BODY: usize = 1024 * 1024;
