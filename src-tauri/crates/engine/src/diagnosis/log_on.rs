//! Log-ons that could not be gone on with: none of them was refused by the Exchange server.

use contract::Cause;
use exchange::{AuthorityFault, AuthorityFaultKind, HandshakeError, LogOnFault, TlsFaultKind};

use super::observe::{Observed, Seen};

/// Where no log-on can be made any more though one was, as without a KDC: that says nothing about
/// password or rights.
pub(crate) const NO_WAY: Cause = Cause::HttpClosed;

/// The same in words.
pub(crate) fn no_way(observed: &Observed) -> String {
    let why = observed.detail.as_deref().unwrap_or("no reason was told");
    format!("a new log-on could not be begun ({why}), which says nothing about the password")
}

/// What such a fault comes to. Only a KDC's word about the password is a matter of the account.
pub(super) fn judge(fault: &LogOnFault) -> Observed {
    let seen = match fault {
        LogOnFault::Handshake(error) => match error {
            HandshakeError::Challenge(_) => Seen::Cause(Cause::ProtocolUnexpected),
            HandshakeError::Credentials(_) | HandshakeError::NoTicket(_) => Seen::NoWay,
            HandshakeError::Refused(_) => Seen::LogOnRefused,
            HandshakeError::AccountRevoked(_) => Seen::Cause(Cause::AccountLocked),
            HandshakeError::PasswordExpired(_) => Seen::Cause(Cause::AccountPasswordExpired),
        },
        LogOnFault::NoChallenge { .. } => Seen::NoWay,
        LogOnFault::HeldBack { refused: true } => Seen::HeldBack,
        LogOnFault::HeldBack { refused: false } => Seen::Cause(Cause::HttpClosed),
        LogOnFault::NoToken {
            authority: Some(authority),
            sentence,
        } => return of_authority(authority).detail(sentence),
        LogOnFault::NoToken { .. } => Seen::Cause(Cause::OauthSignInNeeded),
        LogOnFault::Unexpected(_) => Seen::Cause(Cause::ProtocolUnexpected),
    };
    Observed::new(seen).detail(fault.to_string())
}

/// The authority gave no token: the same causes as on the way to Exchange, at another host.
fn of_authority(fault: &AuthorityFault) -> Observed {
    use AuthorityFaultKind as K;
    let cause = match fault.kind {
        K::NameNotFound => Cause::DnsNotFound,
        K::Refused => Cause::TcpRefused,
        K::Silent => Cause::TcpTimeout,
        K::Proxy => Cause::ProxyFailed,
        K::Tls(TlsFaultKind::Untrusted) => Cause::TlsUntrusted,
        K::Tls(TlsFaultKind::NameMismatch) => Cause::TlsNameMismatch,
        K::Tls(TlsFaultKind::Expired) => Cause::TlsExpired,
        K::Tls(TlsFaultKind::PinMismatch) => Cause::TlsPinMismatch,
        K::Tls(TlsFaultKind::Protocol) => Cause::TlsProtocol,
        K::NoAnswer => Cause::HttpTimeout,
        K::Closed => Cause::HttpClosed,
        K::Gateway => Cause::HttpGateway,
        K::Busy => Cause::ServerBusy,
        K::Failed => Cause::ServerError,
        K::Redirects => Cause::HttpRedirected,
        K::Unexpected => Cause::ProtocolUnexpected,
    };
    let mut observed = Observed::cause(cause);
    observed.wait = fault.wait;
    observed.authority = Some(fault.host.clone());
    observed
}
