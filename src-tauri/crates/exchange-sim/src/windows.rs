//! Words of Windows authentication: the domain, Extended Protection, and why a log-on is refused.
//! Plain data; `crate::session` acts on it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The Active Directory domain that NTLM challenges name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// `NetBIOS` name, the part before the backslash.
    pub netbios: String,
    /// DNS name.
    pub dns: String,
    /// DNS name of the forest.
    pub tree: String,
    /// `NetBIOS` name of the server; its DNS name is made of it and `dns`.
    pub computer: String,
}

impl Default for Domain {
    fn default() -> Self {
        Self {
            netbios: "CONTOSO".to_owned(),
            dns: "contoso.com".to_owned(),
            tree: "contoso.com".to_owned(),
            computer: "EX1".to_owned(),
        }
    }
}

/// Extended Protection of the virtual directory (`tokenChecking` of IIS). Over
/// plain HTTP there is no channel to be bound to, and every level takes an absent binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExtendedProtection {
    /// Bindings are not looked at.
    None,
    /// An absent binding is tolerated, a wrong or all-zero one is refused.
    #[default]
    Allow,
    /// Only the right binding will do.
    Require,
}

impl ExtendedProtection {
    /// Whether a log-on with this binding passes, over TLS or not.
    #[must_use]
    pub const fn takes(self, binding: Binding, has_channel: bool) -> bool {
        match (self, binding) {
            (Self::None, _) | (_, Binding::Right) | (Self::Allow, Binding::Absent) => true,
            (_, Binding::Wrong) => false,
            (_, Binding::Zero) | (Self::Require, Binding::Absent) => !has_channel,
        }
    }
}

/// The channel binding in a log-on, compared with the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Binding {
    /// None was sent.
    Absent,
    /// That of the certificate Exchange knows.
    Right,
    /// That of another certificate.
    Wrong,
    /// Sixteen zeros.
    Zero,
}

/// A scheme of HTTP authentication that this server knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// RFC 7617.
    Basic,
    /// NTLM under its own name.
    Ntlm,
    /// SPNEGO, or bare NTLM under this name.
    Negotiate,
    /// RFC 6750: an OAuth token.
    Bearer,
}

impl Scheme {
    /// As it stands in headers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Basic => "Basic",
            Self::Ntlm => "NTLM",
            Self::Negotiate => "Negotiate",
            Self::Bearer => "Bearer",
        }
    }

    /// The scheme of an `Authorization` value.
    pub(crate) fn named(value: &[u8]) -> Option<Self> {
        let word = value.split(|byte| *byte == b' ').next()?;
        [Self::Basic, Self::Ntlm, Self::Negotiate, Self::Bearer]
            .into_iter()
            .find(|scheme| word.eq_ignore_ascii_case(scheme.name().as_bytes()))
    }

    /// A header value of this scheme with a token.
    pub(crate) fn with(self, token: &[u8]) -> String {
        format!("{} {}", self.name(), STANDARD.encode(token))
    }
}

/// How far a request has got with its log-on, before it is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Leg {
    /// No credentials, on a connection that nobody is logged on to.
    #[default]
    Anonymous,
    /// No credentials, on a connection that is logged on.
    LoggedOn,
    /// NTLM's first message (type 1), bare or in SPNEGO.
    Negotiate,
    /// NTLM's last message (type 3).
    Authenticate,
    /// Any other credentials.
    Credentials,
}

/// Why a log-on was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusedFor {
    /// Unknown name, wrong password, or a name in a form that Windows does not take.
    Password,
    /// The account is locked out.
    LockedOut,
    /// The channel binding, at the level of Extended Protection.
    Binding,
    /// A response of NTLM version 1, or an anonymous one.
    NtlmV1,
    /// The message integrity code.
    Mic,
    /// A scheme that is not offered.
    Scheme,
    /// A token that cannot be read, or that does not belong to a log-on of this connection.
    Token,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_level_takes_what_it_is_told_to() {
        use Binding::{Absent, Right, Wrong, Zero};
        let taken = |level: ExtendedProtection, has_channel| {
            [Absent, Right, Wrong, Zero].map(|binding| level.takes(binding, has_channel))
        };
        assert_eq!(taken(ExtendedProtection::None, true), [true; 4]);
        assert_eq!(
            taken(ExtendedProtection::Allow, true),
            [true, true, false, false]
        );
        assert_eq!(
            taken(ExtendedProtection::Require, true),
            [false, true, false, false]
        );
        for level in [ExtendedProtection::Allow, ExtendedProtection::Require] {
            assert_eq!(
                taken(level, false),
                [true, true, false, true],
                "without TLS there is nothing to be bound to"
            );
        }
    }
}
