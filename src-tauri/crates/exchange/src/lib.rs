//! The wire: connection lanes to an Exchange server, authentication, TLS trust.
//!
//! One [`Lane`] is one TCP/TLS connection and one log-on. This crate moves bytes and says exactly
//! what happened to them ([`Reply`] or [`Fault`]); it never decides what an answer means, never
//! follows a redirect, never sends a password before it was told that the server asks for it, and
//! has no switch that turns certificate verification off.

mod authentication;
mod bearer;
mod certificate;
mod challenge;
mod channel_binding;
mod connection;
mod dial;
mod endpoint;
mod fault;
mod glance;
mod kerberos;
mod lane;
mod log_on;
mod log_ons;
mod logon_name;
mod names;
mod ntlm;
mod proxy;
mod reply;
mod signed_in;
mod tls;
mod trust;
mod wire;

pub use authentication::{
    Authenticator, Basic, Connection, Handshake, HandshakeError, Leg, NextLeg,
};
pub use bearer::Bearer;
pub use certificate::{Certificate, CertificateError, read_certificates};
pub use challenge::{Challenge, ChallengeError};
pub use channel_binding::{BindingHash, ChannelBinding};
pub use dial::Dialing;
pub use endpoint::{Endpoint, EndpointError, Override};
pub use fault::{
    AuthorityFault, AuthorityFaultKind, Fault, LogOnFault, TlsFault, TlsFaultKind, TlsReason,
};
pub use glance::{Glance, Glanced};
pub use kerberos::{Kerberos, NoRealm, Realm};
pub use lane::{Call, Lane, Stats, StatsSnapshot, Target};
pub use log_ons::LogOns;
pub use logon_name::LogonName;
pub use names::{Names, NamesError, Srv};
pub use ntlm::{Ntlm, NtlmWord};
pub use proxy::{Proxy, ProxyCredentials, ProxyFault, ProxyFaultKind};
pub use reply::{Headers, LogOnReport, Reply};
pub use signed_in::SignedIn;
pub use trust::Trust;

/// Most bytes of a reply's body that are read: a reply to the check is about 2 KiB.
pub const MAX_BODY: usize = 1024 * 1024;
