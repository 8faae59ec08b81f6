//! `Account Logon`: one of two forms, never mixed.

use contract::SmtpAddress;

/// How the service account is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Account {
    /// An e-mail address or user principal name.
    Upn {
        /// The part after the `@`.
        domain: String,
    },
    /// `DOMAIN\user`.
    Domain,
}

impl Account {
    /// Reads `svc@contoso.com` or `CONTOSO\svc`; `None` for anything else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.chars().any(char::is_control) {
            return None;
        }
        if let Some((domain, user)) = text.split_once('\\') {
            // [MS-ADTS] §3.1.1.1: what a sAMAccountName must not hold.
            let plain = |part: &str| {
                !part.is_empty()
                    && part.trim() == part
                    && !part.contains(['\\', '/', '@', ':', '"', '[', ']', '<', '>', '|'])
            };
            return (plain(domain) && plain(user)).then_some(Self::Domain);
        }
        let plain = !text.contains(['<', '>', ':', '"']);
        let address = SmtpAddress::parse(text).ok().filter(|_| plain)?;
        Some(Self::Upn {
            domain: address.domain().to_lowercase(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Account;

    #[test]
    fn both_forms_are_read_and_mixtures_refused() {
        let upn = |domain: &str| {
            Some(Account::Upn {
                domain: domain.into(),
            })
        };
        assert_eq!(Account::parse("svc@contoso.com"), upn("contoso.com"));
        assert_eq!(
            Account::parse(" svc-rg@Contoso.Local "),
            upn("contoso.local")
        );
        assert_eq!(Account::parse("CONTOSO\\svc"), Some(Account::Domain));
        assert_eq!(
            Account::parse("contoso.local\\svc rg"),
            Some(Account::Domain)
        );
        for mixed in [
            "CONTOSO\\svc@contoso.com",
            "svc",
            "\\svc",
            "CONTOSO\\",
            "A\\B\\c",
            "@contoso.com",
            "a@b@c",
            "CONTOSO/svc",
        ] {
            assert_eq!(Account::parse(mixed), None, "{mixed}");
        }
    }
}
