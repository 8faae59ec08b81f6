//! Where a discovery has been: no address twice, ten redirects in all, https only. Decides, asks nobody.

use std::collections::HashSet;

use url::Url;

/// Most redirects of one discovery, URLs and addresses together (MS-OXDISCO §3.1.5; Microsoft's client
/// has the same limit).
const MOST: u32 = 10;

/// Why nobody goes where a text leads that has the password in it: it would be sent there, and shown.
pub(super) const QUOTED: &str =
    "Sends on to an address that has the password in it. Nobody goes there; this branch ends here.";

/// The addresses that were asked, and the redirects that were followed.
#[derive(Debug, Default)]
pub(super) struct Trail {
    asked: HashSet<String>,
    redirects: u32,
}

/// Why a branch ends here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum DeadEnd {
    #[error("Sends on to no address that can be used ({0}). This branch ends here.")]
    NoAddress(String),
    #[error("Sends on to {0}, which is not https. Nothing was sent there; this branch ends here.")]
    NotHttps(String),
    #[error("Sends on to {0}, which is no address of Autodiscover. Nothing was sent there.")]
    NotAutodiscover(String),
    #[error("Sends on to {0}, where we have been before: a loop. This branch ends here.")]
    Loop(String),
    #[error("Sends on once more, after {MOST} redirects. This branch ends here.")]
    TooMany,
}

impl Trail {
    /// Whether this is asked for the first time; from now on it was asked.
    pub(super) fn first_time(&mut self, what: &str) -> bool {
        self.asked.insert(what.to_owned())
    }

    /// Whether this was never asked.
    pub(super) fn is_new(&self, what: &str) -> bool {
        !self.asked.contains(what)
    }

    /// Where a redirect leads to, if it may be followed.
    pub(super) fn follow(&mut self, from: &Url, location: &str) -> Result<Url, DeadEnd> {
        let url = target(from, location)?;
        self.count()?;
        if self.asked.contains(&key(&url)) {
            return Err(DeadEnd::Loop(url.to_string()));
        }
        Ok(url)
    }

    /// The same for a redirect that must lead to Autodiscover.
    pub(super) fn follow_to_door(&mut self, from: &Url, location: &str) -> Result<Url, DeadEnd> {
        let url = target(from, location)?;
        if !is_door(&url) {
            return Err(DeadEnd::NotAutodiscover(url.to_string()));
        }
        self.follow(from, location)
    }

    /// The same for another address (`user@contoso.mail.onmicrosoft.com`).
    pub(super) fn follow_address(&mut self, address: &str) -> Result<(), DeadEnd> {
        self.count()?;
        if self.first_time(&address.to_lowercase()) {
            Ok(())
        } else {
            Err(DeadEnd::Loop(address.to_owned()))
        }
    }

    fn count(&mut self) -> Result<(), DeadEnd> {
        if self.redirects >= MOST {
            return Err(DeadEnd::TooMany);
        }
        self.redirects += 1;
        Ok(())
    }
}

/// How a GET of this address is remembered.
pub(super) fn key(url: &Url) -> String {
    format!("GET {url}")
}

fn target(from: &Url, location: &str) -> Result<Url, DeadEnd> {
    let shown = || DeadEnd::NoAddress(location.chars().take(200).collect());
    let mut url = from.join(location.trim()).map_err(|_| shown())?;
    if url.host_str().is_none_or(str::is_empty)
        || !url.username().is_empty()
        || url.password().is_some()
    {
        return Err(shown());
    }
    if url.scheme() != "https" {
        return Err(DeadEnd::NotHttps(url.to_string()));
    }
    url.set_fragment(None);
    Ok(url)
}

/// Whether this can be a door of Autodiscover: `/autodiscover/…/autodiscover.xml` or `.svc`.
fn is_door(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    path.contains("/autodiscover/")
        && (path.ends_with("/autodiscover.xml") || path.ends_with("/autodiscover.svc"))
}

/// Host, with its port where that is not 443: what consent is given for.
pub(super) fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    match url.port_or_known_default() {
        Some(443) | None => host,
        Some(port) => format!("{host}:{port}"),
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{DeadEnd, Trail, key, place};

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    const DOOR: &str = "https://a.contoso.com/autodiscover/autodiscover.xml";

    #[test]
    fn only_https_is_followed() {
        let mut trail = Trail::default();
        for (location, end) in [
            (
                "http://b.contoso.com/x",
                DeadEnd::NotHttps("http://b.contoso.com/x".into()),
            ),
            ("ftp://b/x", DeadEnd::NotHttps("ftp://b/x".into())),
            (
                "https://svc:pw@b.contoso.com/x",
                DeadEnd::NoAddress("https://svc:pw@b.contoso.com/x".into()),
            ),
            ("https://", DeadEnd::NoAddress("https://".into())),
        ] {
            assert_eq!(trail.follow(&url(DOOR), location), Err(end), "{location}");
        }
        assert_eq!(trail.redirects, 0, "none was followed");
        let relative = trail.follow(&url(DOOR), "/autodiscover/b.xml");
        assert_eq!(
            relative.map(String::from),
            Ok("https://a.contoso.com/autodiscover/b.xml".into())
        );
    }

    #[test]
    fn a_loop_and_the_eleventh_redirect_end_a_branch() {
        let mut trail = Trail::default();
        assert!(trail.first_time(&key(&url(DOOR))));
        assert_eq!(
            trail.follow(&url("https://b.contoso.com/"), DOOR),
            Err(DeadEnd::Loop(DOOR.into()))
        );
        for hop in 2..=10 {
            let next = format!("https://a.contoso.com/{hop}");
            assert!(trail.follow(&url(DOOR), &next).is_ok(), "{hop}");
        }
        assert_eq!(trail.follow(&url(DOOR), "/11"), Err(DeadEnd::TooMany));
        assert_eq!(trail.follow_address("a@b.c"), Err(DeadEnd::TooMany));
    }

    #[test]
    fn a_page_to_sign_in_on_is_no_door() {
        let mut trail = Trail::default();
        let page = "https://login.contoso.com/adfs/ls/?return=/autodiscover/autodiscover.xml";
        assert_eq!(
            trail.follow_to_door(&url(DOOR), page),
            Err(DeadEnd::NotAutodiscover(page.into()))
        );
        let door = "https://b.contoso.com/Autodiscover/Autodiscover.svc";
        assert!(trail.follow_to_door(&url(DOOR), door).is_ok());
    }

    #[test]
    fn another_port_is_another_place() {
        assert_eq!(
            place(&url("https://Mail.Contoso.com./x")),
            "mail.contoso.com"
        );
        assert_eq!(
            place(&url("https://mail.contoso.com:444/")),
            "mail.contoso.com:444"
        );
    }
}
