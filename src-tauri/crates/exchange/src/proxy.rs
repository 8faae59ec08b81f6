//! HTTP proxies: the CONNECT tunnel (RFC 9110 §9.3.6) and the proxy's own sign-in (407, §11.7).
//!
//! A proxy is signed in to with credentials of its own or not at all: the service account's never go
//! to a proxy, and nothing is sent before the proxy asked. NTLM goes before Basic, which is readable
//! on the way to the proxy and therefore sent only where the proxy offers nothing else. One refusal
//! is final for all lanes of a run. `https` to the proxy, SOCKS and proxy scripts (PAC) are not spoken.

mod fault;
mod line;
mod system;
mod tunnel;

use zeroize::Zeroizing;

pub use fault::{ProxyFault, ProxyFaultKind};
pub(crate) use tunnel::Way;

/// Which proxy to go through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Proxy {
    /// Straight to the server.
    #[default]
    None,
    /// Through this HTTP proxy.
    Http {
        /// Host of the proxy; a name, or an address without brackets.
        host: String,
        /// Port of the proxy.
        port: u16,
        /// What to sign in to it with, should it ask.
        credentials: Option<ProxyCredentials>,
    },
}

impl Proxy {
    /// The proxy at this host, whose IPv6 address may stand in the brackets of a URL.
    #[must_use]
    pub fn at(host: &str, port: u16, credentials: Option<ProxyCredentials>) -> Self {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        Self::Http {
            host: bare.to_owned(),
            port,
            credentials,
        }
    }
}

/// Name and password for a proxy; never the service account's unless typed for it.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyCredentials {
    /// `DOMAIN\user`, a UPN, or a bare name.
    pub user: String,
    /// Its password.
    pub password: Zeroizing<String>,
}

impl std::fmt::Debug for ProxyCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ProxyCredentials(…)")
    }
}
