//! Which hosts may be sent the password. Decides by what a person said, now or earlier, and never by
//! what a server says.

use std::collections::{HashMap, HashSet};

use store::confirmed_hosts::ConfirmedHost;

/// Who is asked about a host that is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Asking {
    /// Somebody is there to answer.
    #[default]
    Person,
    /// Nobody is; a flag of the command line can say so in advance.
    Flag,
    /// A check goes on: no questions.
    Check,
}

/// What is known about hosts.
#[derive(Debug, Default)]
pub(super) struct Consents {
    /// The host of the form's own EWS URL: whoever typed it meant it.
    pub(super) own: Option<String>,
    /// Remembered for this organization.
    pub(super) remembered: Vec<ConfirmedHost>,
    /// Given in advance.
    pub(super) in_advance: Vec<String>,
    pub(super) asking: Asking,
    /// Given in this discovery, each for the certificate that was shown.
    pub(super) given: HashMap<String, Option<String>>,
    /// Not given.
    pub(super) skipped: HashSet<String>,
}

/// How it stands with a host.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Allowed,
    Ask,
    Refused(String),
}

impl Consents {
    /// How it stands with a host whose verified certificate has this fingerprint.
    pub(super) fn standing(&self, host: &str, sha256: Option<&str>) -> Standing {
        let same = |known: &str| known.eq_ignore_ascii_case(host);
        if self.skipped.contains(host) {
            return Standing::Refused(format!("Not sent: you skipped {host}."));
        }
        let remembered = self.remembered.iter().any(|known| {
            // Who confirmed a host looked at this certificate, and at no other.
            let certificate = sha256.is_some_and(|shown| known.sha256.eq_ignore_ascii_case(shown));
            same(&known.host) && certificate
        });
        let allowed = self.own.as_deref().is_some_and(same)
            || self
                .given
                .get(host)
                .is_some_and(|shown| shown.as_deref() == sha256)
            || self.in_advance.iter().any(|known| same(known))
            || remembered;
        if allowed {
            return Standing::Allowed;
        }
        match self.asking {
            Asking::Person => Standing::Ask,
            Asking::Flag => Standing::Refused(format!(
                "Not sent: {host} is a new host and nobody can be asked here. To send the password there, add --send-to {host}."
            )),
            Asking::Check => Standing::Refused(format!(
                "Not sent: {host} is no confirmed host of this organization, and a check asks no questions."
            )),
        }
    }

    pub(super) fn give(&mut self, host: &str, sha256: Option<&str>) {
        self.given
            .insert(host.to_owned(), sha256.map(str::to_owned));
    }

    pub(super) fn skip(&mut self, host: &str) {
        self.skipped.insert(host.to_owned());
    }

    /// Hosts that someone confirmed before, whatever their certificates.
    pub(super) fn confirmed(&self) -> Vec<String> {
        let remembered = self.remembered.iter().map(|known| known.host.clone());
        remembered.chain(self.own.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use store::confirmed_hosts::ConfirmedHost;

    use super::{Asking, Consents, Standing};

    fn consents(asking: Asking) -> Consents {
        Consents {
            own: Some("mail.contoso.com".into()),
            remembered: vec![ConfirmedHost {
                host: "autodiscover.contoso.com".into(),
                sha256: "AA".into(),
                confirmed_at: String::new(),
            }],
            in_advance: vec!["Advance.contoso.com".into()],
            asking,
            ..Consents::default()
        }
    }

    #[test]
    fn only_the_form_s_own_host_and_confirmed_ones_need_no_question() {
        let known = consents(Asking::Person);
        for (host, standing) in [
            ("mail.contoso.com", Standing::Allowed),
            ("autodiscover.contoso.com", Standing::Allowed),
            ("advance.contoso.com", Standing::Allowed),
            ("contoso.com", Standing::Ask),
            ("mail.contoso.com:444", Standing::Ask),
            ("mail.contoso.com.evil.com", Standing::Ask),
        ] {
            assert_eq!(known.standing(host, Some("AA")), standing, "{host}");
        }
    }

    #[test]
    fn what_is_remembered_is_bound_to_its_certificate() {
        let known = consents(Asking::Person);
        let host = "autodiscover.contoso.com";
        assert_eq!(known.standing(host, Some("aa")), Standing::Allowed);
        assert_eq!(known.standing(host, Some("BB")), Standing::Ask);
        assert_eq!(known.standing(host, None), Standing::Ask);
        let (mut known, host) = (known, "new.contoso.com");
        known.give(host, Some("CC"));
        assert_eq!(known.standing(host, Some("CC")), Standing::Allowed);
        assert_eq!(known.standing(host, Some("DD")), Standing::Ask);
    }

    #[test]
    fn where_nobody_can_be_asked_nothing_is_sent() {
        for asking in [Asking::Flag, Asking::Check] {
            let standing = consents(asking).standing("evil.com", Some("AA"));
            assert!(matches!(standing, Standing::Refused(_)), "{asking:?}");
        }
        let mut known = consents(Asking::Person);
        known.skip("mail.contoso.com");
        assert!(matches!(
            known.standing("mail.contoso.com", None),
            Standing::Refused(_)
        ));
    }
}
