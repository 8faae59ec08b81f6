//! Which Exchange answers, by its build, and what that means today.
//!
//! <https://learn.microsoft.com/exchange/new-features/build-numbers-and-release-dates>

/// An edition of Exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Edition {
    /// No build is known.
    #[default]
    Unknown,
    /// Exchange Server 2010 or older.
    Ex2010,
    /// Exchange Server 2013.
    Ex2013,
    /// Exchange Server 2016.
    Ex2016,
    /// Exchange Server 2019.
    Ex2019,
    /// Exchange Server Subscription Edition.
    Subscription,
    /// Exchange Online.
    Online,
}

/// First build of the Subscription Edition: 15.2.2562.
const SUBSCRIPTION: u32 = 2562;

/// Hosts of Exchange Online, national clouds included, and the domains they are under.
/// <https://learn.microsoft.com/microsoft-365/enterprise/urls-and-ip-address-ranges>
const ONLINE: &[&str] = &[
    "outlook.office365.com",
    "outlook.office.com",
    "outlook.cloud.microsoft",
    "office365.us",
    "webmail.apps.mil",
    "partner.outlook.cn",
    "graph.microsoft.com",
    "graph.microsoft.us",
    "dod-graph.microsoft.us",
    "microsoftgraph.chinacloudapi.cn",
];

impl Edition {
    /// By host first: Exchange Online is told by its name; then by build, `15.2.2562.17`.
    #[must_use]
    pub fn of(host: &str, build: Option<&str>) -> Self {
        if is_online(host) {
            return Self::Online;
        }
        let mut numbers = build.unwrap_or_default().split('.').map(str::parse::<u32>);
        let mut next = || numbers.next().and_then(Result::ok);
        match (next(), next(), next()) {
            (Some(15), Some(20), _) => Self::Online,
            (Some(15), Some(2), Some(build)) if build >= SUBSCRIPTION => Self::Subscription,
            (Some(15), Some(2), _) => Self::Ex2019,
            (Some(15), Some(1), _) => Self::Ex2016,
            (Some(15), Some(0), _) => Self::Ex2013,
            (Some(..=14), _, _) => Self::Ex2010,
            _ => Self::Unknown,
        }
    }

    /// Out of support, since when, in one plain sentence.
    #[must_use]
    pub const fn out_of_support(self) -> Option<&'static str> {
        match self {
            Self::Ex2010 => Some(
                "This is Exchange 2010 or older, out of support since 13 October 2020: no fix is to be expected there.",
            ),
            Self::Ex2013 => Some(
                "This is Exchange 2013, out of support since 11 April 2023: no fix is to be expected there.",
            ),
            Self::Ex2016 => Some(
                "This is Exchange 2016, out of support since 14 October 2025: fixes come with the extended program only.",
            ),
            Self::Ex2019 => Some(
                "This is Exchange 2019, out of support since 14 October 2025: fixes come with the extended program only.",
            ),
            Self::Unknown | Self::Subscription | Self::Online => None,
        }
    }
}

/// Whether a host is Microsoft Graph's.
pub(crate) fn is_graph(host: &str) -> bool {
    is_online(host) && host.to_ascii_lowercase().contains("graph.")
}

/// Whether a host is Exchange Online's.
pub(crate) fn is_online(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    ONLINE.iter().any(|known| {
        host.strip_suffix(known)
            .is_some_and(|before| before.is_empty() || before.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::{Edition, is_graph, is_online};

    #[test]
    fn builds_name_editions() {
        for (build, edition) in [
            ("14.3.123.4", Edition::Ex2010),
            ("15.0.1156.6", Edition::Ex2013),
            ("15.1.2507.6", Edition::Ex2016),
            ("15.2.1748.10", Edition::Ex2019),
            ("15.2.2562.17", Edition::Subscription),
            ("15.20.8000.1", Edition::Online),
            ("nonsense", Edition::Unknown),
        ] {
            assert_eq!(
                Edition::of("mail.contoso.com", Some(build)),
                edition,
                "{build}"
            );
        }
        assert_eq!(Edition::of("mail.contoso.com", None), Edition::Unknown);
    }

    #[test]
    fn the_cloud_is_known_by_its_name_and_by_no_likeness() {
        for host in [
            "outlook.office365.com",
            "Outlook.Office365.com.",
            "outlook-dod.office365.us",
            "partner.outlook.cn",
        ] {
            assert!(is_online(host), "{host}");
        }
        for host in [
            "mail.contoso.com",
            "outlook.office365.com.contoso.com",
            "myoutlook.office365.com.x",
        ] {
            assert!(!is_online(host), "{host}");
        }
    }

    #[test]
    fn graph_is_told_by_its_name() {
        for host in [
            "graph.microsoft.com",
            "dod-graph.microsoft.us",
            "microsoftgraph.chinacloudapi.cn",
        ] {
            assert!(is_graph(host), "{host}");
        }
        assert!(!is_graph("outlook.office365.com") && !is_graph("graph.contoso.com"));
    }
}
