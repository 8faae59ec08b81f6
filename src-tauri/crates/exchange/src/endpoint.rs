//! Where to connect: an EWS URL taken apart, once.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::Uri;
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use url::{Host, Url};

use crate::{LogOns, Names, Proxy, ProxyCredentials};

const RETURN_REQUEST_ID: HeaderName = HeaderName::from_static("return-client-request-id");

/// An EWS address and how to reach it.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Path and query.
    pub(crate) uri: Uri,
    /// What stands in the head of every request.
    pub(crate) headers: HeaderMap,
    pub(crate) secure: bool,
    pub(crate) address: Option<IpAddr>,
    pub(crate) overrides: Vec<Override>,
    pub(crate) names: Option<Names>,
    pub(crate) proxy: Proxy,
    /// Sign-ins to the proxy, over all lanes to this endpoint.
    pub(crate) proxy_log_ons: Arc<LogOns>,
    pub(crate) timeout: Duration,
    pub(crate) user_agent: String,
}

/// "Ask this address instead of what the name resolves to", as curl's `--resolve`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Host of the URL.
    pub host: String,
    /// Port of the URL.
    pub port: u16,
    /// Where to connect; the port may differ.
    pub to: SocketAddr,
}

/// Why a URL cannot be an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// It does not parse, or has no host.
    #[error("this is no web address")]
    Invalid,
    /// Plain http to another machine: credentials would be readable on the way.
    #[error("only https reaches another machine; plain http is for this machine alone")]
    Insecure,
}

impl Endpoint {
    /// Takes a URL apart. `https` for any host, plain `http` for loopback only.
    ///
    /// # Errors
    /// [`EndpointError`].
    pub fn new(url: &str) -> Result<Self, EndpointError> {
        let url = Url::parse(url).map_err(|_| EndpointError::Invalid)?;
        let host = url.host().ok_or(EndpointError::Invalid)?;
        let secure = match url.scheme() {
            "https" => true,
            "http" if is_practice(&host) => false,
            "http" => return Err(EndpointError::Insecure),
            _ => return Err(EndpointError::Invalid),
        };
        Self::of(&url, secure)
    }

    /// Plain http to any host, reached like another: for looks that carry no credentials, and for
    /// nothing else.
    pub(crate) fn plain(url: &str, like: &Self) -> Result<Self, EndpointError> {
        let url = Url::parse(url).map_err(|_| EndpointError::Invalid)?;
        if url.scheme() != "http" {
            return Err(EndpointError::Invalid);
        }
        let plain = Self {
            overrides: like.overrides.clone(),
            names: like.names.clone(),
            proxy: like.proxy.clone(),
            proxy_log_ons: Arc::clone(&like.proxy_log_ons),
            timeout: like.timeout,
            ..Self::of(&url, false)?
        };
        Ok(plain.user_agent(&like.user_agent))
    }

    fn of(url: &Url, secure: bool) -> Result<Self, EndpointError> {
        let host = url.host().ok_or(EndpointError::Invalid)?;
        let address = match &host {
            Host::Ipv4(ip) => Some(IpAddr::V4(*ip)),
            Host::Ipv6(ip) => Some(IpAddr::V6(*ip)),
            Host::Domain(_) => None,
        };
        let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let endpoint = Self {
            host: match address {
                Some(ip) => ip.to_string(),
                None => host.to_string(),
            },
            port: url.port_or_known_default().ok_or(EndpointError::Invalid)?,
            uri: path.parse().map_err(|_| EndpointError::Invalid)?,
            headers: HeaderMap::new(),
            secure,
            address,
            overrides: Vec::new(),
            names: None,
            proxy: Proxy::None,
            proxy_log_ons: Arc::default(),
            timeout: Duration::from_secs(30),
            user_agent: String::new(),
        };
        Ok(endpoint.user_agent("Understudy"))
    }

    /// Time for one request, and for one connection attempt, TLS handshake included.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The constant `User-Agent` that a security team recognizes.
    ///
    /// # Panics
    /// For a name that cannot stand in a header: it is ours, and no input.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        let value = |text: &str| HeaderValue::from_str(text).expect("a host or a name of ours");
        self.headers = HeaderMap::from_iter([
            (HOST, value(&self.authority())),
            (USER_AGENT, value(&self.user_agent)),
            (
                CONTENT_TYPE,
                HeaderValue::from_static("text/xml; charset=utf-8"),
            ),
            (ACCEPT, HeaderValue::from_static("text/xml")),
            (RETURN_REQUEST_ID, HeaderValue::from_static("true")),
        ]);
        self
    }

    /// Connects to these addresses instead of what the name resolves to.
    #[must_use]
    pub fn overrides(mut self, overrides: Vec<Override>) -> Self {
        self.overrides = overrides;
        self
    }

    /// Asks this way of asking DNS for the addresses of the host.
    #[must_use]
    pub fn names(mut self, names: Option<Names>) -> Self {
        self.names = names;
        self
    }

    /// Goes through a proxy; loopback never does.
    #[must_use]
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = proxy;
        self
    }

    /// Host of the URL, without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Port of the URL.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether connections go through an HTTP proxy.
    #[must_use]
    pub fn is_proxied(&self) -> bool {
        self.proxy != Proxy::None && !self.is_loopback()
    }

    /// What the proxy is signed in to with, whoever named it.
    #[must_use]
    pub fn proxy_credentials(&self) -> Option<&ProxyCredentials> {
        match &self.proxy {
            Proxy::Http { credentials, .. } => credentials.as_ref(),
            Proxy::None => None,
        }
    }

    /// Whether it is https.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// `host:port`, as CONNECT names it (RFC 9110 §7.1).
    pub(crate) fn target(&self) -> String {
        host_and_port(&self.host, self.port)
    }

    /// `Host` header (RFC 9110 §7.2): the port only where it is not the scheme's own.
    pub(crate) fn authority(&self) -> String {
        match (self.secure, self.port) {
            (true, 443) | (false, 80) if self.host.contains(':') => format!("[{}]", self.host),
            (true, 443) | (false, 80) => self.host.clone(),
            _ => self.target(),
        }
    }

    /// Whether it is this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        match self.address {
            Some(ip) => ip.is_loopback(),
            None => is_local_name(&self.host),
        }
    }
}

/// `host:port`, an IPv6 address in brackets (RFC 3986 §3.2.2).
pub(crate) fn host_and_port(host: &str, port: u16) -> String {
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

/// Where plain http is accepted: `127.0.0.1` and `localhost`, and nowhere else.
fn is_practice(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(ip) => *ip == std::net::Ipv4Addr::LOCALHOST,
        Host::Ipv6(_) => false,
        Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
    }
}

/// `localhost` and the names below it (RFC 6761 §6.3).
fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, EndpointError};

    #[test]
    fn plain_http_stays_on_this_machine() {
        for url in [
            "http://127.0.0.1:8080/EWS/Exchange.asmx",
            "http://localhost/EWS",
        ] {
            assert!(Endpoint::new(url).is_ok(), "{url}");
        }
        for url in [
            "http://mail.contoso.com/EWS",
            "http://10.0.0.1/EWS",
            "http://[::1]:1/x",
            "http://127.0.0.2/x",
            "http://localhost.evil.com/",
        ] {
            assert_eq!(
                Endpoint::new(url).map(|_| ()),
                Err(EndpointError::Insecure),
                "{url}"
            );
        }
    }

    #[test]
    fn the_host_header_names_unusual_ports_only() {
        let authority = |url: &str| Endpoint::new(url).expect("valid").authority();
        assert_eq!(
            authority("https://mail.contoso.com/EWS/Exchange.asmx"),
            "mail.contoso.com"
        );
        assert_eq!(
            authority("https://mail.contoso.com:444/EWS"),
            "mail.contoso.com:444"
        );
        assert_eq!(
            authority("https://[2001:db8::1]:444/EWS"),
            "[2001:db8::1]:444"
        );
    }
}
