//! Which cloud a host belongs to. Passwords are never sent to any of them: Exchange Online takes none.

/// Hosts of Exchange Online by cloud, national ones included:
/// <https://learn.microsoft.com/microsoft-365/enterprise/urls-and-ip-address-ranges>,
/// <https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/deprecation-of-basic-authentication-exchange-online>.
const CLOUDS: [(&str, &str); 14] = [
    (
        "outlook-dod.office365.us",
        "Exchange Online (US Government L5, DoD)",
    ),
    (
        "webmail.apps.mil",
        "Exchange Online (US Government L5, DoD)",
    ),
    (
        "autodiscover-s-dod.office365.us",
        "Exchange Online (US Government L5, DoD)",
    ),
    (
        "office365.us",
        "Exchange Online (US Government L4, GCC High)",
    ),
    ("partner.outlook.cn", "Exchange Online (China, 21Vianet)"),
    ("outlook.cn", "Exchange Online (China, 21Vianet)"),
    ("outlook.sovcloud.fr", "Exchange Online (Bleu, France)"),
    ("sovcloud.fr", "Exchange Online (Bleu, France)"),
    ("outlook.sovcloud.de", "Exchange Online (Delos, Germany)"),
    ("sovcloud.de", "Exchange Online (Delos, Germany)"),
    (
        "outlook.office.de",
        "Exchange Online (Germany, closed in 2021)",
    ),
    ("office365.com", ONLINE),
    ("outlook.office.com", ONLINE),
    ("outlook.com", ONLINE),
];
const ONLINE: &str = "Exchange Online";

/// The cloud of a host; `None`: none that is known.
pub(super) fn of_host(host: &str) -> Option<&'static str> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let of = |domain: &str| {
        host.strip_suffix(domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    CLOUDS
        .iter()
        .find(|(domain, _)| of(domain))
        .map(|(_, cloud)| *cloud)
}

/// Whether an address is the routing address of a mailbox in Exchange Online.
pub(super) fn is_routing_domain(domain: &str) -> bool {
    let domain = domain.to_ascii_lowercase();
    [
        ".onmicrosoft.com",
        ".onmicrosoft.us",
        ".partner.onmschina.cn",
    ]
    .iter()
    .any(|suffix| domain.ends_with(suffix))
}

#[cfg(test)]
mod tests {
    use super::{is_routing_domain, of_host};

    #[test]
    fn clouds_are_told_apart() {
        for (host, cloud) in [
            ("outlook.office365.com", Some("Exchange Online")),
            ("autodiscover-s.outlook.com", Some("Exchange Online")),
            (
                "outlook.office365.us",
                Some("Exchange Online (US Government L4, GCC High)"),
            ),
            (
                "outlook-dod.office365.us",
                Some("Exchange Online (US Government L5, DoD)"),
            ),
            (
                "partner.outlook.cn",
                Some("Exchange Online (China, 21Vianet)"),
            ),
            (
                "outlook.sovcloud.fr",
                Some("Exchange Online (Bleu, France)"),
            ),
            (
                "outlook.sovcloud.de.",
                Some("Exchange Online (Delos, Germany)"),
            ),
            ("outlook.contoso.com", None),
            ("myoffice365.com", None),
            ("outlook.office365.com.contoso.com", None),
        ] {
            assert_eq!(of_host(host), cloud, "{host}");
        }
    }

    #[test]
    fn routing_addresses_are_known() {
        assert!(is_routing_domain("contoso.mail.onmicrosoft.com"));
        assert!(!is_routing_domain("onmicrosoft.com.contoso.com"));
        assert!(!is_routing_domain("contoso.com"));
    }
}
