//! Values of flags, read once. What is wrong with one is said in half a sentence, for clap.

use std::net::{IpAddr, SocketAddr};

use contract::{Authentication, Code, IdentifyBy, Problem};
use engine::checks::ProxyChoice;

/// `--auth`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Auth {
    /// The strongest scheme the server offers, never Basic
    #[default]
    Auto,
    /// Kerberos where a ticket can be had, else NTLM, under the word Negotiate
    Negotiate,
    /// NTLM version 2, bound to the TLS channel; the password itself is not sent
    Ntlm,
    /// Name and password themselves, protected by TLS alone
    Basic,
    /// An access token; not part of this version
    Bearer,
}

impl From<Auth> for Authentication {
    fn from(auth: Auth) -> Self {
        match auth {
            Auth::Auto => Self::Automatic,
            Auth::Negotiate => Self::Negotiate,
            Auth::Ntlm => Self::Ntlm,
            Auth::Basic => Self::Basic,
            Auth::Bearer => Self::Bearer,
        }
    }
}

/// `--identify-by`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Identify {
    /// SMTP address
    #[default]
    Smtp,
    /// Primary SMTP address: finds aliases
    PrimarySmtp,
    /// User principal name
    Upn,
    /// Security identifier
    Sid,
}

impl From<Identify> for IdentifyBy {
    fn from(identify: Identify) -> Self {
        match identify {
            Identify::Smtp => Self::Smtp,
            Identify::PrimarySmtp => Self::PrimarySmtp,
            Identify::Upn => Self::Upn,
            Identify::Sid => Self::Sid,
        }
    }
}

/// `--concurrency`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Concurrency {
    /// 4 lanes at first, 10 at most.
    Auto,
    /// This many at most.
    Most(u32),
}

impl Concurrency {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match (text, text.parse()) {
            ("auto", _) => Ok(Self::Auto),
            (_, Ok(number @ 1..=27)) => Ok(Self::Most(number)),
            _ => Err("Give auto, or 1 to 27.".to_owned()),
        }
    }

    /// As the engine wants it.
    pub(crate) fn ceiling(self) -> Option<u32> {
        match self {
            Self::Auto => None,
            Self::Most(number) => Some(number),
        }
    }
}

/// `--folders`: what a mailbox is opened by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Folder {
    /// Inbox
    Inbox,
    /// Calendar
    Calendar,
    /// Contacts
    Contacts,
    /// Tasks
    Tasks,
}

impl Folder {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Calendar => "calendar",
            Self::Contacts => "contacts",
            Self::Tasks => "tasks",
        }
    }
}

/// `--resolve HOST:PORT:ADDRESS[:PORT]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resolve {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) to: SocketAddr,
}

impl Resolve {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let bad = || {
            "Write HOST:PORT:ADDRESS or HOST:PORT:ADDRESS:PORT, an IPv6 address in brackets."
                .to_owned()
        };
        let (host, rest) = text
            .split_once(':')
            .filter(|(host, _)| !host.is_empty())
            .ok_or_else(bad)?;
        let (port, address) = rest.split_once(':').ok_or_else(bad)?;
        let port: u16 = port.parse().map_err(|_| bad())?;
        let bare = address
            .strip_prefix('[')
            .and_then(|inner| inner.strip_suffix(']'))
            .unwrap_or(address);
        let to = address
            .parse::<SocketAddr>()
            .or_else(|_| bare.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, port)))
            .map_err(|_| bad())?;
        Ok(Self {
            host: host.to_lowercase(),
            port,
            to,
        })
    }
}

/// `--pin-sha256`: 64 hexadecimal digits, however grouped.
pub(crate) fn pin(text: &str) -> Result<String, String> {
    let digits: String = text
        .chars()
        .filter(|c| !matches!(c, ':' | ' ' | '-'))
        .collect();
    if digits.len() == 64 && digits.chars().all(|c| c.is_ascii_hexdigit()) {
        Ok(digits.to_ascii_uppercase())
    } else {
        Err("Give the SHA-256 of the certificate: 64 hexadecimal digits.".to_owned())
    }
}

/// `--timeout`, in seconds.
pub(crate) fn timeout(text: &str) -> Result<u64, String> {
    match text.parse() {
        Ok(seconds @ 1..=600) => Ok(seconds),
        _ => Err("Give 1 to 600 seconds.".to_owned()),
    }
}

/// What this version can log on with is said before a password is asked for or read.
///
/// # Errors
/// [`Code::NotAllowed`].
pub(crate) fn served(auth: Authentication) -> Result<(), Problem> {
    let scheme = match auth {
        Authentication::Automatic
        | Authentication::Negotiate
        | Authentication::Ntlm
        | Authentication::Basic => return Ok(()),
        Authentication::SignedInUser => "The Windows sign-in",
        Authentication::Bearer => "Logging on with a token",
    };
    Err(Problem::new(
        Code::NotAllowed,
        format!("{scheme} isn't part of this version yet."),
    )
    .hint("Leave --auth out: NTLM or Negotiate, whichever the server offers."))
}

/// `--proxy`. Read apart from clap, which repeats what it refuses, passwords included.
///
/// # Errors
/// [`contract::Code::Invalid`].
pub(crate) fn proxy(text: &str) -> Result<ProxyChoice, Problem> {
    ProxyChoice::parse(text).map_err(|_| {
        Problem::new(
            Code::Invalid,
            "The value of --proxy is no HTTP proxy, or names a password.",
        )
        .hint("Write system, none or http://proxy.contoso.com:8080.")
    })
}

#[cfg(test)]
mod tests {
    use super::{Concurrency, Resolve, pin};

    #[test]
    fn resolve_reads_what_curl_reads() {
        let read = |text: &str| Resolve::parse(text).map(|r| (r.host, r.port, r.to.to_string()));
        let ok = |to: &str| Ok(("mail.contoso.com".to_owned(), 443, to.to_owned()));
        assert_eq!(read("mail.contoso.com:443:10.0.0.5"), ok("10.0.0.5:443"));
        assert_eq!(
            read("Mail.Contoso.com:443:10.0.0.5:8443"),
            ok("10.0.0.5:8443")
        );
        assert_eq!(read("mail.contoso.com:443:[::1]"), ok("[::1]:443"));
        assert_eq!(read("mail.contoso.com:443:[::1]:8443"), ok("[::1]:8443"));
        for bad in [
            "",
            "mail",
            "mail:443",
            ":443:10.0.0.5",
            "mail:x:10.0.0.5",
            "mail:443:elsewhere",
            "mail:443:10.0.0.5:x",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn lanes_are_counted_from_1_to_27() {
        assert_eq!(Concurrency::parse("auto"), Ok(Concurrency::Auto));
        assert_eq!(Concurrency::parse("27"), Ok(Concurrency::Most(27)));
        for bad in ["0", "28", "-1", "many", ""] {
            assert!(Concurrency::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_pin_is_64_digits() {
        assert_eq!(pin(&"ab:".repeat(32)), Ok("AB".repeat(32)));
        assert!(pin("abcd").is_err() && pin(&"zz".repeat(32)).is_err());
    }
}
