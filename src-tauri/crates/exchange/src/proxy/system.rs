//! The operating system's proxy settings, read by a library: the environment (`HTTPS_PROXY`,
//! `ALL_PROXY`, `NO_PROXY`, as curl reads them), then Windows' Internet Settings and macOS's network
//! preferences.
//!
//! Not read: proxy scripts (PAC, WPAD), Windows entries of the form `http=…;https=…` and the exceptions
//! of macOS. Where a network has only those, the proxy is named by hand. SOCKS proxies and proxies that
//! are themselves reached over https are not used, and a warning says so.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use zeroize::Zeroizing;

use super::{Proxy, ProxyCredentials};

impl Proxy {
    /// The operating system's proxy for `https` to this server, as it is set now. Credentials only
    /// from the environment (`HTTPS_PROXY=http://user:password@proxy:8080`).
    #[must_use]
    pub fn of_system(host: &str, port: u16) -> Self {
        through(&Matcher::from_system(), host, port)
    }
}

/// What the settings say for this server.
fn through(settings: &Matcher, host: &str, port: u16) -> Proxy {
    let host = if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    };
    let Ok(server) = format!("https://{host}:{port}/").parse() else {
        return Proxy::None;
    };
    let Some(found) = settings.intercept(&server) else {
        return Proxy::None;
    };
    let uri = found.uri();
    let Some(proxy) = uri.host().filter(|_| uri.scheme_str() == Some("http")) else {
        tracing::warn!(
            "the system's proxy is a SOCKS proxy or one that is reached over https; it is not used"
        );
        return Proxy::None;
    };
    Proxy::at(proxy, uri.port_u16().unwrap_or(80), credentials(&found))
}

/// The user and password of the proxy's URL, which the library keeps as a header of Basic (RFC 7617).
fn credentials(found: &Intercept) -> Option<ProxyCredentials> {
    let encoded = found.basic_auth()?.to_str().ok()?.strip_prefix("Basic ")?;
    let bytes = Zeroizing::new(BASE64_STANDARD.decode(encoded).ok()?);
    let (user, password) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
    (!user.is_empty()).then(|| ProxyCredentials {
        user: user.to_owned(),
        password: Zeroizing::new(password.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use hyper_util::client::proxy::matcher::Matcher;
    use zeroize::Zeroizing;

    use super::{Proxy, ProxyCredentials, through};

    fn plain(host: &str, port: u16) -> Proxy {
        Proxy::Http {
            host: host.to_owned(),
            port,
            credentials: None,
        }
    }

    #[test]
    fn settings_of_the_system_are_followed() {
        let settings = Matcher::builder()
            .https("http://proxy.contoso.com:3128")
            .no("localhost, .fabrikam.com, 10.0.0.0/8")
            .build();
        let to = |host: &str| through(&settings, host, 443);
        let proxy = plain("proxy.contoso.com", 3128);
        assert_eq!(to("mail.contoso.com"), proxy);
        assert_eq!(to("2001:db8::1"), proxy);
        assert_eq!(to("mail.notfabrikam.com"), proxy);
        for exempt in ["mail.fabrikam.com", "fabrikam.com", "10.1.2.3"] {
            assert_eq!(to(exempt), Proxy::None, "{exempt}");
        }
        let everywhere = Matcher::builder().all("proxy:3128").build();
        let to = |settings: &Matcher| through(settings, "mail.contoso.com", 443);
        assert_eq!(to(&everywhere), plain("proxy", 3128));
        let nowhere = Matcher::builder().all("proxy:3128").no("*").build();
        assert_eq!(to(&nowhere), Proxy::None);
        for other in ["socks5://proxy:1080", "https://proxy:443", "%%%"] {
            let settings = Matcher::builder().all(other).build();
            assert_eq!(to(&settings), Proxy::None, "{other}");
        }
    }

    #[test]
    fn the_environment_may_name_a_user() {
        let settings = Matcher::builder()
            .https("http://CONTOSO%5Cme:p%40ss%3Aw%C3%B6rd@proxy:3128/")
            .build();
        let expected = Proxy::Http {
            host: "proxy".to_owned(),
            port: 3128,
            credentials: Some(ProxyCredentials {
                user: "CONTOSO\\me".to_owned(),
                password: Zeroizing::new("p@ss:wörd".to_owned()),
            }),
        };
        let found = through(&settings, "mail.contoso.com", 443);
        assert_eq!(found, expected);
        assert!(!format!("{found:?}").contains("p@ss"), "debug stays silent");
    }
}
