//! Microsoft's clouds and their hosts.
//! <https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud>

/// A Microsoft cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cloud {
    /// Worldwide.
    Global,
    /// US Government L4 (GCC High).
    UsGovL4,
    /// US Government L5 (`DoD`).
    UsGovL5,
    /// China, operated by 21Vianet.
    China,
}

impl Cloud {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Global, Self::UsGovL4, Self::UsGovL5, Self::China];

    /// Host of Entra.
    #[must_use]
    pub fn login_host(self) -> &'static str {
        match self {
            Self::Global => "login.microsoftonline.com",
            Self::UsGovL4 | Self::UsGovL5 => "login.microsoftonline.us",
            Self::China => "login.partner.microsoftonline.cn",
        }
    }

    /// Host of Exchange Online's EWS, which is also the audience of its tokens.
    #[must_use]
    pub fn ews_host(self) -> &'static str {
        match self {
            Self::Global => "outlook.office365.com",
            Self::UsGovL4 => "outlook.office365.us",
            Self::UsGovL5 => "outlook-dod.office365.us",
            Self::China => "partner.outlook.cn",
        }
    }

    /// Host of Microsoft Graph.
    #[must_use]
    pub fn graph_host(self) -> &'static str {
        match self {
            Self::Global => "graph.microsoft.com",
            Self::UsGovL4 => "graph.microsoft.us",
            Self::UsGovL5 => "dod-graph.microsoft.us",
            Self::China => "microsoftgraph.chinacloudapi.cn",
        }
    }

    /// The cloud of an Entra host, as an on-premises server may name it; old names included.
    #[must_use]
    pub fn of_login_host(host: &str) -> Option<Self> {
        match host.to_ascii_lowercase().as_str() {
            "login.microsoftonline.com"
            | "login.windows.net"
            | "login.microsoft.com"
            | "sts.windows.net" => Some(Self::Global),
            "login.microsoftonline.us" | "login.usgovcloudapi.net" => Some(Self::UsGovL4),
            "login.partner.microsoftonline.cn" | "login.chinacloudapi.cn" => Some(Self::China),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cloud;

    #[test]
    fn every_cloud_knows_its_own_login_host() {
        for cloud in Cloud::ALL {
            let found = Cloud::of_login_host(cloud.login_host()).unwrap();
            assert_eq!(found.login_host(), cloud.login_host());
        }
        assert_eq!(Cloud::of_login_host("login.evil.example"), None);
    }
}
