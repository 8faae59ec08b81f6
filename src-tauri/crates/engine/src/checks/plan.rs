//! How a run reaches Exchange: everything about it that is no secret, so that a run that was cut off
//! can go on with the same.

mod proxy;

use std::sync::Arc;
use std::time::Duration;

use contract::{Authentication, Code, IdentifyBy, Problem, Secret, TlsTrust};
use ews::DistinguishedFolder;
use exchange::{Endpoint, EndpointError, Override, Trust, read_certificates};
use serde::{Deserialize, Serialize};

use super::bearer::Tokens;
use super::lanes::Wire;
use super::sending::Sending;
use super::spec;
use crate::stage::Stage;

pub use proxy::ProxyChoice;

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
    /// As whom it asks, and over what.
    #[serde(default)]
    pub approach: Approach,
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

/// As whom a run asks, and over what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approach {
    /// EWS, as an account: with its password, a ticket, or a token that somebody signed in for.
    #[default]
    Account,
    /// EWS, as an application with a token of its own.
    App,
    /// Microsoft Graph, as an application with a token of its own.
    Graph,
}

impl Plan {
    /// Host of the EWS URL, for sentences.
    ///
    /// # Errors
    /// [`Code::Invalid`] when the URL is none.
    pub(crate) fn endpoint(&self) -> Result<Endpoint, Problem> {
        self.endpoint_by(None)
    }

    /// The same, signing in to a proxy that was chosen by hand with this password.
    ///
    /// # Errors
    /// [`Code::Invalid`] when the URL is none.
    pub(crate) fn endpoint_by(&self, proxy_password: Option<&Secret>) -> Result<Endpoint, Problem> {
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
        let proxy = self
            .proxy
            .settle(endpoint.host(), endpoint.port(), proxy_password);
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
    pub(crate) fn wire(
        &self,
        stage: &Stage,
        password: &Secret,
        sending: &Sending,
    ) -> Result<Wire, Problem> {
        let proxy_password = sending.proxy_password.as_ref();
        let endpoint = self.endpoint_by(proxy_password)?.names(stage.names.clone());
        let trust = self.trust()?;
        if self.authentication != Authentication::Bearer {
            return Ok(Wire::new(endpoint, trust, &self.account, password));
        }
        let wire = Wire::new(endpoint, trust, &self.account, &Secret::new(String::new()));
        let tokens = sending.tokens.clone().unwrap_or_else(Tokens::nobody);
        Ok(wire.with_tokens(tokens, Arc::clone(&stage.clock)))
    }

    /// Whether a password is needed.
    pub(crate) fn wants_password(&self) -> bool {
        !matches!(
            self.authentication,
            Authentication::SignedInUser | Authentication::Bearer
        )
    }

    /// Whether this version can log on as chosen.
    ///
    /// # Errors
    /// [`Code::NotAllowed`].
    pub(crate) fn served(&self) -> Result<(), Problem> {
        let why = match self.authentication {
            Authentication::Automatic
            | Authentication::Negotiate
            | Authentication::Ntlm
            | Authentication::Basic
            | Authentication::Bearer => return self.approach_served(),
            Authentication::SignedInUser if exchange::SignedIn::AVAILABLE => return Ok(()),
            Authentication::SignedInUser => "The Windows sign-in isn't built into this program.",
        };
        Err(Problem::new(Code::NotAllowed, why)
            .field("authentication")
            .hint("Choose Automatic: NTLM or Negotiate, whichever the server offers."))
    }

    /// Applications have tokens and nothing else.
    fn approach_served(&self) -> Result<(), Problem> {
        let bearer = self.authentication == Authentication::Bearer;
        if self.approach == Approach::Graph && self.identify_by == IdentifyBy::Sid {
            let why = "Microsoft Graph knows mailboxes by address or UPN, not by SID.";
            return Err(Problem::new(Code::NotAllowed, why)
                .field("identifyBy")
                .hint("Choose SmtpAddress or PrincipalName."));
        }
        if bearer || self.approach == Approach::Account {
            return Ok(());
        }
        let why = "An application signs in with an access token, never with a password.";
        Err(Problem::new(Code::NotAllowed, why).field("authentication"))
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
            TlsTrust::Pin {
                sha256,
                certificate,
            } => {
                let sha256 = pin(sha256).ok_or_else(|| {
                    Problem::invalid(
                        "tlsTrust",
                        "A pinned certificate is named by its SHA-256: 64 hexadecimal digits.",
                    )
                    .hint(
                        "`openssl x509 -in certificate.pem -noout -fingerprint -sha256` shows it.",
                    )
                })?;
                let issuer = certificate.as_ref().map(|pinned| pinned.issuer.clone());
                Ok(Trust::pin(sha256, issuer))
            }
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

#[cfg(test)]
mod tests {
    use super::pin;

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
}
