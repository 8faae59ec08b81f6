//! Account Logon, taken apart as NTLM and Kerberos want it.

/// `DOMAIN\user`, a UPN or e-mail address, or a bare name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogonName {
    user: String,
    domain: String,
}

impl LogonName {
    /// Takes a name apart. A UPN stays whole in the user's place: a domain beside it would make a
    /// server look for somebody else (MS-NLMP §3.1.5.2).
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        match text.split_once('\\') {
            Some((domain, user)) => Self {
                user: user.to_owned(),
                domain: domain.to_owned(),
            },
            None => Self {
                user: text.to_owned(),
                domain: String::new(),
            },
        }
    }

    /// What stands in the user's place.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// `NetBIOS` or DNS name before the backslash; empty for the other forms.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The suffix of a UPN or e-mail address.
    #[must_use]
    pub fn suffix(&self) -> Option<&str> {
        if self.domain.is_empty() {
            self.user.rsplit_once('@').map(|(_, suffix)| suffix)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::LogonName;

    #[test]
    fn each_form_goes_to_its_place() {
        for (text, user, domain, suffix) in [
            ("CONTOSO\\svc-ews", "svc-ews", "CONTOSO", None),
            (
                "svc-ews@contoso.com",
                "svc-ews@contoso.com",
                "",
                Some("contoso.com"),
            ),
            ("svc-ews", "svc-ews", "", None),
            (" CONTOSO\\jürgen@x ", "jürgen@x", "CONTOSO", None),
        ] {
            let name = LogonName::parse(text);
            assert_eq!(
                (name.user(), name.domain(), name.suffix()),
                (user, domain, suffix),
                "{text}"
            );
        }
    }
}
