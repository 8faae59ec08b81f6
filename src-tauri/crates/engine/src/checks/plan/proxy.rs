//! Which HTTP proxy a run goes through: the operating system's, none, or one that was named by hand.
//! Nothing here holds the service account's password.

use contract::{Problem, ProxySetting, Secret};
use exchange::{Proxy, ProxyCredentials};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Port of a proxy that is named by hand without one.
const USUAL_PORT: u16 = 8080;

/// Which HTTP proxy a run goes through.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ProxyChoice {
    /// The operating system's settings, the environment first.
    #[default]
    System,
    /// None.
    None,
    /// This one.
    Http {
        /// Its host; an IPv6 address in brackets.
        host: String,
        /// Its port.
        port: u16,
        /// Name to sign in to it with; never the service account unless typed here.
        #[serde(default)]
        user: Option<String>,
    },
}

impl ProxyChoice {
    /// From a setting of the app.
    ///
    /// # Errors
    /// [`contract::Code::Invalid`] for an address that is none.
    pub(crate) fn of(setting: &ProxySetting) -> Result<Self, Problem> {
        match setting {
            ProxySetting::Inherit => Ok(Self::System),
            ProxySetting::None => Ok(Self::None),
            ProxySetting::Custom { address, user } => match Self::parse(address)? {
                Self::Http { host, port, .. } => Ok(Self::Http {
                    host,
                    port,
                    user: user.clone().filter(|user| !user.is_empty()),
                }),
                _ => Err(Problem::invalid("proxy", "Enter host:port.")),
            },
        }
    }

    /// Reads `system`, `none`, `http://proxy:8080` or `proxy:8080`.
    ///
    /// # Errors
    /// [`contract::Code::Invalid`] for anything else, credentials in the URL included.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let bad = || {
            Problem::invalid("proxy", format!("{text:?} is no HTTP proxy"))
                .hint("Write system, none or http://proxy.contoso.com:8080.")
        };
        match text {
            "system" => return Ok(Self::System),
            "none" => return Ok(Self::None),
            _ => {}
        }
        let full = if text.contains("://") {
            text.to_owned()
        } else {
            format!("http://{text}")
        };
        let url = url::Url::parse(&full).map_err(|_| bad())?;
        let clean = url.scheme() == "http" && url.username().is_empty() && url.password().is_none();
        // A URL forgets the port of its scheme, which is not the usual one of proxies.
        let port_80 = full.trim_end_matches('/').ends_with(":80");
        let unsaid = if port_80 { 80 } else { USUAL_PORT };
        match (url.host_str(), clean) {
            (Some(host), true) => Ok(Self::Http {
                host: host.to_owned(),
                port: url.port().unwrap_or(unsaid),
                user: None,
            }),
            _ => Err(bad()),
        }
    }

    /// The proxy for this server. `password` belongs to the user that was named by hand; the
    /// environment brings its own (`HTTPS_PROXY=http://user:password@proxy:8080`).
    pub(crate) fn settle(&self, host: &str, port: u16, password: Option<&Secret>) -> Proxy {
        match self {
            Self::None => Proxy::None,
            Self::Http {
                host: proxy,
                port,
                user,
            } => {
                let credentials = user.as_ref().zip(password).map(|(user, password)| {
                    let password = Zeroizing::new(password.expose().to_owned());
                    let user = user.clone();
                    ProxyCredentials { user, password }
                });
                Proxy::at(proxy, *port, credentials)
            }
            Self::System => Proxy::of_system(host, port),
        }
    }
}

#[cfg(test)]
mod tests {
    use contract::{ProxySetting, Secret};
    use exchange::Proxy;

    use super::ProxyChoice;

    fn by_hand(host: &str, port: u16) -> ProxyChoice {
        ProxyChoice::Http {
            host: host.to_owned(),
            port,
            user: None,
        }
    }

    fn plain(host: &str, port: u16) -> Proxy {
        Proxy::Http {
            host: host.to_owned(),
            port,
            credentials: None,
        }
    }

    #[test]
    fn proxies_are_read_and_credentials_refused() {
        for (text, host, port) in [
            ("http://proxy.contoso.com:3128", "proxy.contoso.com", 3128),
            ("proxy:8080", "proxy", 8080),
            ("proxy", "proxy", 8080),
            ("http://proxy:80", "proxy", 80),
            ("http://proxy:80/", "proxy", 80),
            ("[2001:db8::1]:3128", "[2001:db8::1]", 3128),
        ] {
            assert_eq!(ProxyChoice::parse(text), Ok(by_hand(host, port)), "{text}");
        }
        for text in [
            "http://user:pw@proxy:8080",
            "socks5://proxy:1080",
            "https://proxy:8443",
            "",
        ] {
            assert!(ProxyChoice::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_address_is_connected_to_without_its_brackets() {
        let choice = ProxyChoice::parse("[2001:db8::1]:3128").expect("a proxy");
        assert_eq!(
            choice.settle("mail.contoso.com", 443, None),
            plain("2001:db8::1", 3128)
        );
    }

    #[test]
    fn a_user_by_hand_signs_in_only_with_a_password() {
        let setting = ProxySetting::Custom {
            address: "proxy:3128".to_owned(),
            user: Some("CONTOSO\\me".to_owned()),
        };
        let choice = ProxyChoice::of(&setting).expect("a proxy");
        assert_eq!(
            choice.settle("mail.contoso.com", 443, None),
            plain("proxy", 3128)
        );
        let password = Secret::new("pw".to_owned());
        let Proxy::Http { credentials, .. } =
            choice.settle("mail.contoso.com", 443, Some(&password))
        else {
            panic!("it was chosen");
        };
        assert_eq!(credentials.expect("both are there").user, "CONTOSO\\me");
        let nobody = by_hand("proxy", 3128).settle("mail.contoso.com", 443, Some(&password));
        assert_eq!(nobody, plain("proxy", 3128), "a password alone is nobody's");
    }
}
