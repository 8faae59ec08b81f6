//! The few pages of the web that can be opened, and opening one. Nothing else can be: a page is made
//! here only, from fixed addresses and the host of the organization's own server.

use contract::{Code, GuidePage, NoArgs, OpenPage, Problem};
use store::email_configurations;
use url::{Host, Url};

use super::names;
use crate::Engine;
use crate::email_configuration::EwsUrl;
use crate::organizations::known;
use crate::stage::on_blocking_thread;

/// Microsoft's connectivity test, Service Account Access (Developers).
const MICROSOFT_TEST: &str = "https://testconnectivity.microsoft.com/tests/O365EwsAccess/input";
/// The Microsoft Entra admin center.
const ENTRA_ADMIN_CENTER: &str = "https://entra.microsoft.com/";

/// The address of a page that may be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebPage(String);

impl WebPage {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A page of an authorization server: sign-in, or an administrator's consent. `None`: neither `https`
    /// nor this computer itself, where identity providers of tests are.
    pub(crate) fn of_authority(url: &Url) -> Option<Self> {
        let here = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        let fine = url.scheme() == "https" || (url.scheme() == "http" && here);
        fine.then(|| Self(url.as_str().to_owned()))
    }
}

impl Engine {
    /// Opens one of the pages in the system's browser.
    ///
    /// # Errors
    /// [`Code::Offline`]; [`Code::NotAllowed`] where the organization's server is not known, or there is
    /// no browser; [`Code::NotFound`].
    pub async fn page_open(&self, request: OpenPage) -> Result<NoArgs, Problem> {
        // In practice mode too: these pages are never practice.
        if crate::settings::load(&self.inner.real).await?.work_offline {
            return Err(
                Problem::new(Code::Offline, "Needs the network. Work offline is on.")
                    .hint("Turn Work offline off in the status bar, then try again."),
            );
        }
        let page = match request.page {
            GuidePage::MicrosoftTest => WebPage(MICROSOFT_TEST.to_owned()),
            GuidePage::EntraAdminCenter => WebPage(ENTRA_ADMIN_CENTER.to_owned()),
            GuidePage::AdminCenter => self.admin_center(&request).await?,
        };
        let browser = std::sync::Arc::clone(&self.inner.browser);
        on_blocking_thread(move || browser.open(&page)).await?;
        Ok(NoArgs {})
    }

    async fn admin_center(&self, request: &OpenPage) -> Result<WebPage, Problem> {
        let stage = self.stage();
        if stage.practice {
            return Err(Problem::new(
                Code::NotAllowed,
                "The practice Exchange has no admin center.",
            )
            .hint("Leave practice mode to open your own."));
        }
        let Some(organization) = request.organization else {
            return Err(unknown_server());
        };
        let (url, server) = stage
            .read(move |tx| {
                known(tx, organization)?;
                let url = email_configurations::load(tx, organization)?
                    .map(|stored| stored.form.ews_url)
                    .unwrap_or_default();
                Ok((url, names::load(tx, organization)?.server))
            })
            .await?;
        admin_center(&url, &server)
    }
}

/// The admin center of a server: that of the EWS URL, else the one among the names.
fn admin_center(ews_url: &str, server: &str) -> Result<WebPage, Problem> {
    let host = match EwsUrl::parse(ews_url) {
        Ok(url) if url.is_exchange_online() => {
            return Err(Problem::new(
                Code::NotAllowed,
                "This EWS URL is one of Exchange Online: no server of your own stands behind it.",
            )
            .hint("Open the Microsoft Entra admin center instead."));
        }
        Ok(url) if url.is_loopback() => return Err(unknown_server()),
        Ok(url) => url.authority(),
        Err(_) if !server.is_empty() => server.to_owned(),
        Err(_) => return Err(unknown_server()),
    };
    Ok(WebPage(format!("https://{host}/ecp")))
}

fn unknown_server() -> Problem {
    Problem::new(
        Code::NotAllowed,
        "The server of this organization isn't known yet.",
    )
    .hint("Enter the EWS URL under Email Configuration, or a server among the names of the guide.")
}

#[cfg(test)]
mod tests {
    use super::admin_center;

    #[test]
    fn an_authority_is_opened_over_tls_or_on_this_computer() {
        let opened = |text: &str| {
            let url = url::Url::parse(text).expect("a URL");
            super::WebPage::of_authority(&url).is_some()
        };
        assert!(opened(
            "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/authorize?x=1"
        ));
        assert!(opened("http://localhost:8080/authorize") && opened("http://127.0.0.1/"));
        assert!(!opened("http://adfs.contoso.com/") && !opened("http://localhost.evil.com/"));
        assert!(!opened("file:///etc/passwd") && !opened("javascript:alert(1)"));
    }

    #[test]
    fn the_admin_center_is_that_of_the_own_server() {
        let page = |url: &str, server: &str| {
            admin_center(url, server)
                .map(|page| page.as_str().to_owned())
                .map_err(|problem| problem.code)
        };
        let url = "https://mail.contoso.com/EWS/Exchange.asmx";
        assert_eq!(page(url, "EX1"), Ok("https://mail.contoso.com/ecp".into()));
        assert_eq!(
            page("https://mail.contoso.com:444/EWS/Exchange.asmx", ""),
            Ok("https://mail.contoso.com:444/ecp".into())
        );
        assert_eq!(page("", "EX1"), Ok("https://EX1/ecp".into()));
        for (url, server) in [
            ("", ""),
            ("https://outlook.office365.com/EWS/Exchange.asmx", "EX1"),
            ("http://127.0.0.1:8080/EWS/Exchange.asmx", ""),
            ("javascript:alert(1)", ""),
        ] {
            assert!(page(url, server).is_err(), "{url} {server}");
        }
    }
}
