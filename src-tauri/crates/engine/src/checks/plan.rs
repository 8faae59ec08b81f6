//! How a run reaches Exchange: everything about it that is no secret, so that a run that was cut off
//! can go on with the same.

use std::time::Duration;

use contract::{Authentication, Code, IdentifyBy, Problem, ProxySetting, Secret, TlsTrust};
use ews::DistinguishedFolder;
use exchange::{Endpoint, EndpointError, Override, Proxy, Trust, read_certificates};
use serde::{Deserialize, Serialize};

use super::lanes::Wire;
use super::spec;

/// Constant, so that a security team recognizes it and an `EwsAllowList` can name it.
const USER_AGENT: &str = concat!("Understudy/", env!("CARGO_PKG_VERSION"), " (check)");

/// Settings of a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Plan {
    /// EWS URL.
    pub ews_url: String,
    /// Account Logon.
    pub account: String,
    /// How to log on.
    pub authentication: Authentication,
    /// Whose certificates are trusted.
    pub tls_trust: TlsTrust,
    /// The `ConnectingSID` child.
    pub identify_by: IdentifyBy,
    /// `inbox`, `calendar`, `contacts`, `tasks`.
    pub folders: Vec<String>,
    /// Most connections, 1 to 27; `None`: automatic, at most 10.
    pub concurrency: Option<u32>,
    /// Seconds a request may take.
    pub timeout_seconds: u64,
    /// Addresses to ask instead of what a name resolves to: host, port, socket address.
    #[serde(default)]
    pub resolve: Vec<(String, u16, std::net::SocketAddr)>,
    /// Which HTTP proxy.
    #[serde(default)]
    pub proxy: ProxyChoice,
}

/// Which HTTP proxy a run goes through.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ProxyChoice {
    /// `HTTPS_PROXY` and `NO_PROXY` as they stand.
    #[default]
    System,
    /// None.
    None,
    /// This one.
    Http {
        /// Its host.
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
    /// [`Code::Invalid`] for an address that is none.
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
    /// [`Code::Invalid`] for anything else, credentials in the URL included.
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
        match (url.host_str(), clean) {
            (Some(host), true) => Ok(Self::Http {
                host: host.to_owned(),
                port: url.port().unwrap_or(8080),
                user: None,
            }),
            _ => Err(bad()),
        }
    }

    fn settle(&self, host: &str) -> Proxy {
        match self {
            Self::None => Proxy::None,
            Self::Http { host, port, .. } => Proxy::Http {
                host: host.clone(),
                port: *port,
            },
            Self::System => system_proxy(host),
        }
    }
}

impl Plan {
    /// Host of the EWS URL, for sentences.
    ///
    /// # Errors
    /// [`Code::Invalid`] when the URL is none.
    pub(crate) fn endpoint(&self) -> Result<Endpoint, Problem> {
        let endpoint = Endpoint::new(&self.ews_url).map_err(|error| match error {
            EndpointError::Insecure => {
                Problem::invalid("ewsUrl", "Use https. Credentials are never sent over http.")
                    .hint("http is accepted for 127.0.0.1 and localhost only, for practice.")
            }
            EndpointError::Invalid => Problem::invalid("ewsUrl", "This isn't a web address.")
                .hint("The EWS URL looks like https://mail.contoso.com/EWS/Exchange.asmx."),
        })?;
        let overrides = self.resolve.iter().map(|(host, port, to)| Override {
            host: host.clone(),
            port: *port,
            to: *to,
        });
        let proxy = self.proxy.settle(endpoint.host());
        Ok(endpoint
            .timeout(Duration::from_secs(self.timeout_seconds.clamp(1, 600)))
            .user_agent(USER_AGENT)
            .overrides(overrides.collect())
            .proxy(proxy))
    }

    /// The wire of the run.
    ///
    /// # Errors
    /// [`Code::BadCertificate`], [`Code::Invalid`], [`Code::NotAllowed`] for a scheme this version
    /// does not speak.
    pub(crate) fn wire(&self, password: &Secret) -> Result<Wire, Problem> {
        let (endpoint, trust) = (self.endpoint()?, self.trust()?);
        Ok(Wire::new(endpoint, trust, &self.account, password))
    }

    /// Whether this version can log on as chosen.
    ///
    /// # Errors
    /// [`Code::NotAllowed`].
    pub(crate) fn served(&self) -> Result<(), Problem> {
        let scheme = match self.authentication {
            Authentication::Automatic
            | Authentication::Negotiate
            | Authentication::Ntlm
            | Authentication::Basic => return Ok(()),
            Authentication::SignedInUser => "The Windows sign-in",
            Authentication::Bearer => "A bearer token",
        };
        Err(Problem::new(
            Code::NotAllowed,
            format!("{scheme} isn't part of this version yet."),
        )
        .field("authentication")
        .hint("Choose Automatic: NTLM or Negotiate, whichever the server offers."))
    }

    pub(crate) fn trust(&self) -> Result<Trust, Problem> {
        match &self.tls_trust {
            TlsTrust::System => Ok(Trust::system(Vec::new())),
            TlsTrust::Ca { pem, name } => {
                let bad = |error: exchange::CertificateError| {
                    Problem::new(Code::BadCertificate, format!("{name}: {error}"))
                        .field("tlsTrust")
                        .hint("Choose the CA file again, as PEM or DER.")
                };
                let found = read_certificates(pem.as_bytes()).map_err(bad)?;
                Ok(Trust::system(
                    found
                        .into_iter()
                        .map(|certificate| certificate.der)
                        .collect(),
                ))
            }
            TlsTrust::Pin { sha256, .. } => pin(sha256).map(Trust::pin).ok_or_else(|| {
                Problem::invalid(
                    "tlsTrust",
                    "A pinned certificate is named by its SHA-256: 64 hexadecimal digits.",
                )
                .hint("`openssl x509 -in certificate.pem -noout -fingerprint -sha256` shows it.")
            }),
        }
    }

    /// The folders of the one request; the Inbox where none is named.
    ///
    /// # Errors
    /// [`Code::Invalid`] for an unknown word.
    pub(crate) fn folders(&self) -> Result<Vec<DistinguishedFolder>, Problem> {
        let mut folders = Vec::new();
        for word in &self.folders {
            let folder = spec::folder(word.trim()).ok_or_else(|| {
                Problem::invalid("folders", format!("{word:?} is no folder of the check"))
                    .hint("Choose among inbox, calendar, contacts, tasks.")
            })?;
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        if folders.is_empty() {
            folders.push(DistinguishedFolder::Inbox);
        }
        Ok(folders)
    }
}

/// 64 hexadecimal digits, with or without colons and blanks.
fn pin(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| !matches!(c, ':' | ' ' | '-'))
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits
        .chunks(2)
        .filter(|pair| pair.len() == 2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect();
    if digits.len() == 64 {
        bytes.try_into().ok()
    } else {
        None
    }
}

/// `HTTPS_PROXY` unless `NO_PROXY` names the host (the conventions of curl).
fn system_proxy(host: &str) -> Proxy {
    let variable = |name: &str| {
        std::env::var(name)
            .or_else(|_| std::env::var(name.to_ascii_lowercase()))
            .ok()
    };
    let Some(proxy) = variable("HTTPS_PROXY").filter(|text| !text.trim().is_empty()) else {
        return Proxy::None;
    };
    if variable("NO_PROXY").is_some_and(|list| is_exempt(host, &list)) {
        return Proxy::None;
    }
    if let Ok(ProxyChoice::Http { host, port, .. }) =
        ProxyChoice::parse(proxy.trim().trim_end_matches('/'))
    {
        return Proxy::Http { host, port };
    }
    tracing::warn!("HTTPS_PROXY is set to something that is no HTTP proxy; it is not used");
    Proxy::None
}

fn is_exempt(host: &str, list: &str) -> bool {
    let host = host.to_ascii_lowercase();
    list.split(',')
        .map(|entry| {
            entry
                .trim()
                .trim_start_matches("*.")
                .trim_start_matches('.')
                .to_ascii_lowercase()
        })
        .any(|entry| {
            entry == "*"
                || (!entry.is_empty() && (host == entry || host.ends_with(&format!(".{entry}"))))
        })
}

#[cfg(test)]
mod tests {
    use super::{ProxyChoice, is_exempt, pin};

    #[test]
    fn a_pin_is_64_digits_however_grouped() {
        let plain = "ab".repeat(32);
        let grouped = plain
            .as_bytes()
            .chunks(2)
            .map(|p| String::from_utf8_lossy(p).to_uppercase())
            .collect::<Vec<_>>()
            .join(":");
        assert_eq!(pin(&plain), Some([0xAB; 32]));
        assert_eq!(pin(&grouped), Some([0xAB; 32]));
        assert_eq!(pin(&plain[1..]), None);
        assert_eq!(pin(&"zz".repeat(32)), None);
    }

    #[test]
    fn proxies_are_read_and_credentials_refused() {
        let http = |host: &str, port| ProxyChoice::Http {
            host: host.to_owned(),
            port,
            user: None,
        };
        assert_eq!(
            ProxyChoice::parse("http://proxy.contoso.com:3128"),
            Ok(http("proxy.contoso.com", 3128))
        );
        assert_eq!(ProxyChoice::parse("proxy:8080"), Ok(http("proxy", 8080)));
        assert!(ProxyChoice::parse("http://user:pw@proxy:8080").is_err());
        assert!(ProxyChoice::parse("socks5://proxy:1080").is_err());
    }

    #[test]
    fn no_proxy_names_hosts_and_domains() {
        assert!(is_exempt("mail.contoso.com", "localhost,.contoso.com"));
        assert!(is_exempt("mail.contoso.com", "*"));
        assert!(!is_exempt("mail.contoso.com", "toso.com, other"));
    }
}
