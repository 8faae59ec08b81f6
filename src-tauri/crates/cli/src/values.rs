//! Values of flags, read once. What is wrong with one is said in half a sentence, for clap.

use std::net::{IpAddr, SocketAddr};

use contract::{Authentication, Code, IdentifyBy, Problem, ProxySetting};
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
    /// An access token: from --token-stdin, or of whoever is signed in
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
    let why = match auth {
        Authentication::Automatic
        | Authentication::Negotiate
        | Authentication::Ntlm
        | Authentication::Basic
        | Authentication::Bearer => return Ok(()),
        Authentication::SignedInUser => {
            "My Windows sign-in is for checks in the window; the command line has no word for it."
        }
    };
    Err(Problem::new(Code::NotAllowed, why)
        .hint("Leave --auth out: NTLM or Negotiate, whichever the server offers."))
}

/// `--proxy` of a check: `system`, `none` or a URL, with the name to sign in to it with. Read apart
/// from clap, which repeats what it refuses, passwords included.
///
/// # Errors
/// [`contract::Code::Invalid`].
pub(crate) fn proxy(text: &str) -> Result<ProxyChoice, Problem> {
    let (user, rest) = without_user(text)?;
    let refused = || {
        Problem::new(Code::Invalid, "The value of --proxy is no HTTP proxy.")
            .hint("Write system, none or http://proxy.contoso.com:8080.")
    };
    match ProxyChoice::parse(&rest) {
        Ok(ProxyChoice::Http { host, port, .. }) => Ok(ProxyChoice::Http { host, port, user }),
        Ok(choice) if user.is_none() => Ok(choice),
        Ok(_) | Err(_) => Err(refused()),
    }
}

/// `--proxy` of an organization: `inherit`, `none` or `host:port`, never with a name or password.
///
/// # Errors
/// [`contract::Code::Invalid`].
pub(crate) fn proxy_setting(text: &str) -> Result<ProxySetting, Problem> {
    let refused = || {
        Problem::new(Code::Invalid, "The value of --proxy is no HTTP proxy.")
            .hint("Write inherit, none or proxy.contoso.com:8080, and the name to sign in with as --proxy-user.")
    };
    match text {
        "inherit" | "system" => return Ok(ProxySetting::Inherit),
        "none" => return Ok(ProxySetting::None),
        _ => {}
    }
    match proxy(text)? {
        ProxyChoice::Http {
            host,
            port,
            user: None,
        } => Ok(ProxySetting::Custom {
            address: format!("{host}:{port}"),
            user: None,
        }),
        _ => Err(refused()),
    }
}

/// A proxy's URL apart from the user in it (RFC 3986 §3.2.1, decoded).
fn without_user(text: &str) -> Result<(Option<String>, String), Problem> {
    let start = text.find("://").map_or(0, |at| at + 3);
    let end = text[start..].find('/').map_or(text.len(), |at| start + at);
    let Some((user, host)) = text[start..end].rsplit_once('@') else {
        return Ok((None, text.to_owned()));
    };
    let user = decoded(user);
    if user.as_deref().is_none_or(|user| user.contains(':')) {
        return Err(password_in_argument());
    }
    let rest = format!("{}{host}{}", &text[..start], &text[end..]);
    Ok((user.filter(|user| !user.is_empty()), rest))
}

/// A name with a colon holds a password (RFC 7617 §2: names have none).
pub(crate) fn password_in_argument() -> Problem {
    Problem::new(
        Code::Invalid,
        "The password of a proxy never goes into an argument: everyone on this computer can read those.",
    )
    .hint("Name the user alone. The password is the second line of stdin with --password-stdin, else it is asked for.")
}

/// `%5C` as `\`; `None` where it is no UTF-8.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|pair| str::from_utf8(pair).ok());
        match pair.map(|pair| u8::from_str_radix(pair, 16)) {
            Some(Ok(byte)) if first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use contract::ProxySetting;
    use engine::checks::ProxyChoice;

    use super::{Concurrency, Resolve, pin, proxy, proxy_setting};

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

    #[test]
    fn a_proxy_may_name_a_user_and_never_a_password() {
        let http = |user: Option<&str>| ProxyChoice::Http {
            host: "proxy".to_owned(),
            port: 8080,
            user: user.map(str::to_owned),
        };
        assert_eq!(proxy("system"), Ok(ProxyChoice::System));
        assert_eq!(proxy("none"), Ok(ProxyChoice::None));
        assert_eq!(proxy("http://proxy:8080"), Ok(http(None)));
        assert_eq!(proxy("anna@proxy:8080"), Ok(http(Some("anna"))));
        for user in ["CONTOSO\\anna", "CONTOSO%5Canna", "CONTOSO%5canna"] {
            let read = proxy(&format!("http://{user}@proxy:8080/"));
            assert_eq!(read, Ok(http(Some("CONTOSO\\anna"))), "{user}");
        }
        let upn = proxy("http://anna@contoso.com@proxy:8080");
        assert_eq!(upn, Ok(http(Some("anna@contoso.com"))));
        for secret in [
            "me:hunter2@proxy:8080",
            "me%3Ahunter2@proxy:8080",
            "me:@proxy",
            "socks5://hunter2",
        ] {
            let problem = proxy(secret).expect_err("refused");
            let said = format!("{} {:?}", problem.message, problem.hint);
            assert!(!said.contains("hunter2"), "{said}");
        }
        assert!(
            proxy("http://me:pw@proxy:8080")
                .expect_err("refused")
                .message
                .contains("argument")
        );
        assert!(proxy("anna@none").is_err(), "none has no user");
    }

    #[test]
    fn a_stored_proxy_is_host_and_port() {
        let custom = ProxySetting::Custom {
            address: "proxy.contoso.com:3128".to_owned(),
            user: None,
        };
        assert_eq!(proxy_setting("proxy.contoso.com:3128"), Ok(custom));
        assert_eq!(proxy_setting("inherit"), Ok(ProxySetting::Inherit));
        assert_eq!(proxy_setting("none"), Ok(ProxySetting::None));
        assert!(proxy_setting("me@proxy:8080").is_err() && proxy_setting("").is_err());
    }
}
