//! EWS URLs as people type them: what is one, what is nearly one, and what must not be used.
//!
//! Never asks a server.

use url::{Host, Url};

/// Where EWS lives on an Exchange server:
/// <https://learn.microsoft.com/exchange/client-developer/exchange-web-services/how-to-set-the-ews-service-url-by-using-the-ews-managed-api>.
const PATH: &str = "/EWS/Exchange.asmx";
/// Hosts of Exchange Online, national clouds included:
/// <https://learn.microsoft.com/microsoft-365/enterprise/urls-and-ip-address-ranges>.
const EXCHANGE_ONLINE: [&str; 8] = [
    "office365.com",
    "office365.us",
    "outlook.office.com",
    "outlook.com",
    "outlook.office.de",
    "partner.outlook.cn",
    "outlook.cn",
    "webmail.apps.mil",
];

/// An `https` URL without user, query and fragment. Plain `http` stays on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EwsUrl(Url);

/// How a text was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// As it stands.
    Exact(EwsUrl),
    /// A near miss, completed: host only, `/ews`, a final slash, a doubled path.
    Completed(EwsUrl),
    /// A page for people (`/owa`, `/ecp`); EWS would be here.
    WebPage(EwsUrl),
}

/// Why a text is no EWS URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EwsUrlError {
    /// Nothing there.
    #[error("the EWS URL is missing")]
    Empty,
    /// It does not parse.
    #[error("this is not a web address")]
    NotAnAddress,
    /// Credentials would be readable on the way.
    #[error("only https reaches another machine")]
    NotHttps,
    /// User name, password, query or fragment.
    #[error("a user name, password, ? or # part does not belong here")]
    Extras,
    /// A page for people.
    #[error("this is a web page for people; EWS would be at {0}")]
    WebPage(String),
}

impl EwsUrlError {
    /// The sentence beside the field (panel §7.3).
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Empty => "Enter the EWS URL or use the Magic Wand.".to_owned(),
            Self::NotAnAddress => "This isn't a web address.".to_owned(),
            Self::NotHttps => "Use https. Credentials are never sent over http.".to_owned(),
            Self::Extras => "Remove the user name, password, ? and # parts.".to_owned(),
            Self::WebPage(url) => format!("That's a web page for people. Use {url}?"),
        }
    }
}

impl EwsUrl {
    /// Reads a URL, near misses completed.
    ///
    /// # Errors
    /// [`EwsUrlError`], a web page for people included.
    pub fn parse(text: &str) -> Result<Self, EwsUrlError> {
        match Self::read(text)? {
            Reading::Exact(url) | Reading::Completed(url) => Ok(url),
            Reading::WebPage(url) => Err(EwsUrlError::WebPage(url.to_string())),
        }
    }

    /// Reads a URL, and says what had to be done to it.
    ///
    /// # Errors
    /// [`EwsUrlError`].
    pub fn read(text: &str) -> Result<Reading, EwsUrlError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(EwsUrlError::Empty);
        }
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(EwsUrlError::NotAnAddress);
        }
        let has_scheme = text.contains("://");
        if !has_scheme && text.contains(['@', '\\']) {
            return Err(EwsUrlError::NotAnAddress); // an account in the wrong field
        }
        let full = if has_scheme {
            text.to_owned()
        } else {
            format!("https://{text}")
        };
        let mut url = Url::parse(&full).map_err(|_| EwsUrlError::NotAnAddress)?;
        if url.host_str().is_none_or(str::is_empty) {
            return Err(EwsUrlError::NotAnAddress);
        }
        match url.scheme() {
            "https" => {}
            "http" if is_practice(&url) => {}
            _ => return Err(EwsUrlError::NotHttps),
        }
        let bare = url.username().is_empty() && url.password().is_none();
        if !bare || url.query().is_some() || url.fragment().is_some() {
            return Err(EwsUrlError::Extras);
        }
        let kind = PathKind::of(url.path());
        if kind != PathKind::Kept {
            url.set_path(PATH);
        }
        Ok(match kind {
            PathKind::Kept if has_scheme => Reading::Exact(Self(url)),
            PathKind::Kept | PathKind::NearMiss => Reading::Completed(Self(url)),
            PathKind::WebPage => Reading::WebPage(Self(url)),
        })
    }

    /// The URL of EWS on a host.
    ///
    /// # Errors
    /// [`EwsUrlError`] when this is no host name.
    pub fn of_host(host: &str) -> Result<Self, EwsUrlError> {
        Self::parse(&format!("https://{host}{PATH}"))
    }

    /// The URL as it is stored and sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Its host, in lower case, without brackets.
    #[must_use]
    pub fn host(&self) -> String {
        match self.0.host() {
            Some(Host::Ipv6(address)) => address.to_string(),
            Some(host) => host.to_string(),
            None => String::new(),
        }
    }

    /// Its host as it stands in addresses, with the port where that is not the usual one.
    #[must_use]
    pub fn authority(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        match self.0.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// Whether the host is an IP address: no certificate name, no Kerberos.
    #[must_use]
    pub fn is_ip(&self) -> bool {
        matches!(self.0.host(), Some(Host::Ipv4(_) | Host::Ipv6(_)))
    }

    /// Whether it is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// Whether it is Exchange Online, where passwords are not taken any more:
    /// <https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/deprecation-of-basic-authentication-exchange-online>.
    #[must_use]
    pub fn is_exchange_online(&self) -> bool {
        let host = self.host();
        let host = host.trim_end_matches('.');
        EXCHANGE_ONLINE.iter().any(|cloud| {
            host.strip_suffix(cloud)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    }
}

impl std::fmt::Display for EwsUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PathKind {
    Kept,
    NearMiss,
    WebPage,
}

impl PathKind {
    fn of(path: &str) -> Self {
        if path.eq_ignore_ascii_case(PATH) {
            return Self::Kept;
        }
        let lower = path.to_ascii_lowercase();
        let mut parts = lower.split('/').filter(|part| !part.is_empty()).peekable();
        if matches!(parts.peek(), Some(&("owa" | "ecp"))) {
            return Self::WebPage;
        }
        if parts.all(|part| matches!(part, "ews" | "exchange.asmx")) {
            return Self::NearMiss;
        }
        Self::Kept
    }
}

/// Where plain http is accepted: `127.0.0.1` and `localhost`, and nowhere else.
fn is_practice(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address == std::net::Ipv4Addr::LOCALHOST,
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv6(_)) | None => false,
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        // RFC 6761 §6.3.
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            name == "localhost" || name.ends_with(".localhost")
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{EwsUrl, EwsUrlError, Reading};

    const WHOLE: &str = "https://mail.contoso.com/EWS/Exchange.asmx";

    #[test]
    fn near_misses_are_completed() {
        for text in [
            "mail.contoso.com",
            "mail.contoso.com/ews",
            "https://mail.contoso.com",
            "https://mail.contoso.com/",
            "https://mail.contoso.com/ews",
            "https://mail.contoso.com/EWS/",
            "https://mail.contoso.com/EWS/Exchange.asmx/",
            "https://mail.contoso.com/EWS/EWS/Exchange.asmx",
            "https://mail.contoso.com/EWS/Exchange.asmx/EWS/Exchange.asmx",
            "https://mail.contoso.com//EWS//Exchange.asmx",
            "mail.contoso.com/EWS/Exchange.asmx",
        ] {
            let expected = EwsUrl::parse(WHOLE).map(Reading::Completed);
            assert_eq!(EwsUrl::read(text), expected, "{text}");
        }
        let port = EwsUrl::parse("mail.contoso.com:444").map(|url| url.to_string());
        assert_eq!(
            port,
            Ok("https://mail.contoso.com:444/EWS/Exchange.asmx".into())
        );
    }

    #[test]
    fn whole_urls_stay_as_they_are() {
        for text in [
            WHOLE,
            "https://mail.contoso.com/ews/exchange.asmx",
            "https://proxy.contoso.com/mail/EWS/Exchange.asmx",
            "http://127.0.0.1:8080/EWS/Exchange.asmx",
            "http://localhost/EWS/Exchange.asmx",
        ] {
            let read = EwsUrl::read(text);
            assert!(
                matches!(&read, Ok(Reading::Exact(url)) if url.as_str() == text),
                "{text}: {read:?}"
            );
        }
    }

    #[test]
    fn the_rest_is_refused_in_the_words_of_the_panel() {
        for (text, said) in [
            ("  ", "Enter the EWS URL or use the Magic Wand."),
            ("not an address", "This isn't a web address."),
            ("https://", "This isn't a web address."),
            ("svc@contoso.com", "This isn't a web address."),
            ("CONTOSO\\svc", "This isn't a web address."),
            (
                "http://mail.contoso.com/EWS/Exchange.asmx",
                "Use https. Credentials are never sent over http.",
            ),
            (
                "http://localhost.evil.com/",
                "Use https. Credentials are never sent over http.",
            ),
            (
                "ftp://mail.contoso.com",
                "Use https. Credentials are never sent over http.",
            ),
            (
                "https://svc:x@mail.contoso.com/EWS/Exchange.asmx",
                "Remove the user name, password, ? and # parts.",
            ),
            (
                "https://mail.contoso.com/EWS/Exchange.asmx?wsdl",
                "Remove the user name, password, ? and # parts.",
            ),
            (
                "https://mail.contoso.com/#x",
                "Remove the user name, password, ? and # parts.",
            ),
            (
                "https://mail.contoso.com/owa/",
                "That's a web page for people. Use https://mail.contoso.com/EWS/Exchange.asmx?",
            ),
            (
                "https://mail.contoso.com/ecp",
                "That's a web page for people. Use https://mail.contoso.com/EWS/Exchange.asmx?",
            ),
        ] {
            assert_eq!(
                EwsUrl::parse(text).map_err(|error| error.text()),
                Err(said.to_owned()),
                "{text}"
            );
        }
        assert_eq!(
            EwsUrl::read("http://10.0.0.1/EWS"),
            Err(EwsUrlError::NotHttps)
        );
    }

    #[test]
    fn the_cloud_and_addresses_are_recognized() {
        let online = |text: &str| EwsUrl::parse(text).expect("valid").is_exchange_online();
        assert!(online("outlook.office365.com"));
        assert!(online("https://OUTLOOK.office365.us/EWS/Exchange.asmx"));
        assert!(online("partner.outlook.cn"));
        assert!(!online("outlook.office365.com.contoso.com"));
        assert!(!online("myoffice365.com"), "another domain that ends alike");
        assert!(!online("outlook.contoso.com"));
        let ip = |text: &str| EwsUrl::parse(text).expect("valid").is_ip();
        assert!(ip("10.1.2.3") && ip("https://[2001:db8::1]/ews") && !ip("mail"));
    }
}
