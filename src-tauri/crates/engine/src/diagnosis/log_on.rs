//! Log-ons that could not be gone on with: none of them was refused by the Exchange server.

use contract::Cause;
use exchange::{HandshakeError, LogOnFault};

use super::observe::{Observed, Seen};

/// How a detail begins where it was not Exchange that could not be reached.
pub(crate) const AUTHORITY_SILENT: &str = "the authority that issues the tokens can't be asked";

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
            sign_in_needed: true,
            ..
        } => Seen::Cause(Cause::OauthSignInNeeded),
        LogOnFault::NoToken { sentence, .. } => {
            let detail = format!("{AUTHORITY_SILENT}: {sentence}");
            return Observed::new(Seen::Cause(Cause::TcpTimeout)).detail(detail);
        }
        LogOnFault::Unexpected(_) => Seen::Cause(Cause::ProtocolUnexpected),
    };
    Observed::new(seen).detail(fault.to_string())
}
