//! What a proxy can do wrong, each told so that it cannot be taken for an answer of Exchange.

use std::fmt;

/// Why there is no tunnel, and through which proxy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the HTTP proxy {proxy} {kind}")]
pub struct ProxyFault {
    /// `host:port` of the proxy.
    pub proxy: String,
    /// Which kind.
    pub kind: ProxyFaultKind,
}

/// Kinds of proxy faults; as text they go on after the proxy's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxyFaultKind {
    /// No connection to the proxy itself.
    Unreachable {
        /// Why: its name, its port, the way to it.
        detail: String,
    },
    /// It accepted the connection and does not answer CONNECT.
    Silent {
        /// How long was waited.
        waited: String,
    },
    /// It closed the connection instead of answering CONNECT.
    HungUp,
    /// What it says is no HTTP.
    NotHttp,
    /// 407, and there is nothing to sign in with.
    AsksForSignIn {
        /// The schemes it offers.
        offered: Vec<String>,
    },
    /// 407, in no scheme that can be served.
    NoScheme {
        /// The schemes it offers.
        offered: Vec<String>,
    },
    /// It offers a scheme and does not answer its first leg with a challenge. No password was sent.
    NoChallenge {
        /// The scheme.
        scheme: &'static str,
    },
    /// The sign-in could not be made; none was refused.
    SignInFailed {
        /// What the mechanism said.
        detail: String,
    },
    /// It closed the connection between two legs of the sign-in, or instead of answering the last.
    HungUpInSignIn {
        /// The scheme.
        scheme: &'static str,
    },
    /// 407 after the password: final.
    SignInRefused {
        /// Who was refused.
        user: String,
        /// The scheme.
        scheme: &'static str,
    },
    /// The password is not sent any more.
    HeldBack {
        /// One was refused; else several were never answered.
        refused: bool,
    },
    /// Any other status.
    Refuses {
        /// `host:port` of the server.
        target: String,
        /// HTTP status.
        status: u16,
        /// Its own words: reason phrase, `X-Squid-Error`.
        reason: String,
    },
}

impl fmt::Display for ProxyFaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable { detail } => write!(f, "can't be reached: {detail}"),
            Self::Silent { waited } => write!(
                f,
                "accepts connections and doesn't answer: waited {waited}. Either this is no HTTP proxy, or it waits in vain \
                 for the server"
            ),
            Self::HungUp => f.write_str("closed the connection instead of answering"),
            Self::NotHttp => f.write_str(
                "isn't an HTTP proxy: what answers on this port doesn't speak HTTP (SOCKS, or https to the proxy)",
            ),
            Self::AsksForSignIn { offered } => write!(
                f,
                "asks for a sign-in of its own (407; {}), and no proxy user and password are set; \
                 the service account's are never sent to a proxy",
                list(offered)
            ),
            Self::NoScheme { offered } => write!(
                f,
                "asks for a sign-in that this program doesn't make (407; {}); it makes NTLM, also under Negotiate, \
                 and Basic where nothing else is offered. No password was sent",
                list(offered)
            ),
            Self::NoChallenge { scheme } => write!(
                f,
                "offers {scheme} and doesn't go on with it (407): most likely it takes Kerberos only, which isn't \
                 spoken to proxies. No password was sent"
            ),
            Self::SignInFailed { detail } => write!(f, "can't be signed in to: {detail}"),
            Self::HungUpInSignIn { scheme: "Basic" } => {
                f.write_str("closed the connection instead of answering the sign-in (Basic)")
            }
            Self::HungUpInSignIn { .. } => f.write_str(
                "closed the connection in the middle of the sign-in; NTLM needs one connection, which a load \
                 balancer in front of the proxy may not keep",
            ),
            Self::SignInRefused { user, scheme } => write!(
                f,
                "refused the sign-in of its user {user} (407 to {scheme}); it was sent once and not again. \
                 Exchange was not asked, and the service account's password was not sent"
            ),
            Self::HeldBack { refused: true } => {
                f.write_str("refused its sign-in before; that password isn't sent again")
            }
            Self::HeldBack { refused: false } => f.write_str(
                "left several sign-ins unanswered; the password isn't sent again, lest its account be locked",
            ),
            Self::Refuses {
                target,
                status,
                reason,
            } => refuses(f, target, *status, reason),
        }
    }
}

/// What each status says about the way to the server (RFC 9110 §15).
fn refuses(f: &mut fmt::Formatter<'_>, target: &str, status: u16, reason: &str) -> fmt::Result {
    let said = format!("{status} {reason}");
    let said = said.trim();
    match status {
        300..=399 => write!(
            f,
            "answers with a redirect ({said}): a portal wants a sign-in in the browser first"
        ),
        400 => write!(f, "calls the request for a tunnel to {target} bad ({said})"),
        401 | 404 => write!(
            f,
            "answers like a web server ({said}): is this an HTTP proxy and its port"
        ),
        403 => write!(
            f,
            "doesn't allow a tunnel to {target} ({said}): its rules forbid this host or port"
        ),
        405 | 501 => write!(f, "makes no tunnels ({said}): CONNECT isn't allowed there"),
        429 => write!(f, "has too many connections from here ({said})"),
        502 => write!(
            f,
            "couldn't connect to {target} ({said}): seen from the proxy the name isn't found or the port is closed"
        ),
        503 => write!(
            f,
            "has no way to {target} now ({said}): it is overloaded, or can't find or reach that server"
        ),
        504 => write!(
            f,
            "waited in vain for {target} ({said}): most likely a firewall between the proxy and the server"
        ),
        _ => write!(f, "refuses the tunnel to {target} ({said})"),
    }
}

fn list(offered: &[String]) -> String {
    if offered.is_empty() {
        "it names no scheme".to_owned()
    } else {
        format!("it offers {}", offered.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::{ProxyFault, ProxyFaultKind as K};

    #[test]
    fn every_kind_has_a_sentence_of_its_own() {
        let refuses = |status: u16| K::Refuses {
            target: "mail.contoso.com:443".to_owned(),
            status,
            reason: String::new(),
        };
        let offered = vec!["Negotiate".to_owned(), "NTLM".to_owned()];
        let kinds = [
            K::Unreachable {
                detail: "refused".to_owned(),
            },
            K::Silent {
                waited: "1 s".to_owned(),
            },
            K::HungUp,
            K::NotHttp,
            K::AsksForSignIn {
                offered: offered.clone(),
            },
            K::AsksForSignIn {
                offered: Vec::new(),
            },
            K::NoScheme { offered },
            K::NoChallenge { scheme: "NTLM" },
            K::HungUpInSignIn { scheme: "NTLM" },
            K::HungUpInSignIn { scheme: "Basic" },
            K::SignInRefused {
                user: "me".to_owned(),
                scheme: "NTLM",
            },
            K::HeldBack { refused: true },
            K::HeldBack { refused: false },
            refuses(302),
            refuses(400),
            refuses(403),
            refuses(405),
            refuses(502),
            refuses(503),
            refuses(504),
            refuses(599),
        ];
        let texts: std::collections::BTreeSet<String> = kinds
            .iter()
            .map(|kind| {
                let proxy = "proxy:8080".to_owned();
                let kind = kind.clone();
                ProxyFault { proxy, kind }.to_string()
            })
            .collect();
        assert_eq!(texts.len(), kinds.len(), "{texts:#?}");
        for text in &texts {
            assert!(text.starts_with("the HTTP proxy proxy:8080 "), "{text}");
            assert!(!text.ends_with('.'), "{text}");
        }
    }
}
