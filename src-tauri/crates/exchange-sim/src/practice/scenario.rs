//! The list of scenarios: name, purpose, and the verdict a right check comes to.

use std::str::FromStr;

/// Something that happens on a real server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scenario {
    /// Everything works.
    Healthy,
    /// Many work, some fail for different reasons.
    Demo,
    /// The stored password is wrong.
    WrongPassword,
    /// A stock server: Windows authentication only.
    NtlmOnly,
    /// Some people are outside the scope.
    OutsideTheScope,
    /// The role is not assigned.
    NoRole,
    /// The role has no scope, and the canary opens.
    UnscopedRole,
    /// The impersonation header is ignored.
    HeaderIgnored,
    /// The service account has no mailbox of its own.
    AccountWithoutMailbox,
    /// The server asks to slow down.
    Throttled,
    /// Mailboxes are on the move.
    MailboxMoving,
    /// Aliases and mailboxes elsewhere in the list.
    AliasesAndRemoteMailboxes,
    /// EWS is blocked for the account.
    Blocked403,
    /// A sign-in page answers.
    HtmlSignInPage,
    /// The server redirects to another host.
    RedirectToAnotherHost,
    /// The certificate has expired.
    ExpiredCertificate,
    /// The certificate comes from a private CA.
    PrivateCa,
    /// Answers take their time.
    SlowServer,
}

struct Text {
    id: &'static str,
    title: &'static str,
    shows: &'static str,
    expected: &'static str,
}

impl Scenario {
    /// All scenarios, in the order of lists.
    pub const ALL: [Self; 18] = [
        Self::Healthy,
        Self::Demo,
        Self::WrongPassword,
        Self::NtlmOnly,
        Self::OutsideTheScope,
        Self::NoRole,
        Self::UnscopedRole,
        Self::HeaderIgnored,
        Self::AccountWithoutMailbox,
        Self::Throttled,
        Self::MailboxMoving,
        Self::AliasesAndRemoteMailboxes,
        Self::Blocked403,
        Self::HtmlSignInPage,
        Self::RedirectToAnotherHost,
        Self::ExpiredCertificate,
        Self::PrivateCa,
        Self::SlowServer,
    ];

    /// Stable name for commands and files, e.g. `wrong-password`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.text().id
    }

    /// Title for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.text().title
    }

    /// One sentence on what it shows.
    #[must_use]
    pub const fn shows(self) -> &'static str {
        self.text().shows
    }

    /// The verdict a right check comes to, with the cause id where there is one.
    #[must_use]
    pub const fn expected(self) -> &'static str {
        self.text().expected
    }

    const fn text(self) -> Text {
        let [id, title, shows, expected] = match self {
            Self::Healthy => [
                "healthy",
                "Healthy",
                "A scoped service account opens every mailbox of the list; the canary stays shut.",
                "granted for everyone; the canary is refused as it must be",
            ],
            Self::Demo => [
                "demo",
                "Demo",
                "A mixed organization: most mailboxes open, some fail for different reasons.",
                "granted for most; findings for mailboxes outside the scope, unknown, alias, disabled, \
                 without Inbox or misconfigured; undetermined while moving or with the store down",
            ],
            Self::WrongPassword => [
                "wrong-password",
                "Wrong password",
                "The server refuses the password; it must be sent once and never again.",
                "not_checked, auth.rejected; one log-on refused, the account is not locked",
            ],
            Self::NtlmOnly => [
                "ntlm-only",
                "NTLM only",
                "A stock server offers Negotiate and NTLM; a password by Basic has no chance.",
                "not_checked, auth.scheme_not_offered; no password is sent",
            ],
            Self::OutsideTheScope => [
                "outside-the-scope",
                "Outside the scope",
                "The management scope of the role leaves out every fifth mailbox.",
                "refused, impersonation.out_of_scope for every fifth; granted for the others",
            ],
            Self::NoRole => [
                "no-role",
                "No role",
                "The password is right, and the impersonation role is not assigned.",
                "refused, impersonation.role_missing for everyone",
            ],
            Self::UnscopedRole => [
                "unscoped-role",
                "Unscoped role",
                "The role has no scope: a mailbox that must stay shut opens.",
                "granted for everyone; the canary too, impersonation.exposed",
            ],
            Self::HeaderIgnored => [
                "header-ignored",
                "Header ignored",
                "The server answers every request with the service account's own mailbox.",
                "undetermined, impersonation.ignored; nothing is shown as granted",
            ],
            Self::AccountWithoutMailbox => [
                "account-without-mailbox",
                "Account without mailbox",
                "The service account has no mailbox, which Exchange 2016 and later allow.",
                "granted for everyone",
            ],
            Self::Throttled => [
                "throttled",
                "Throttled",
                "Every seventh request is told to come back a little later.",
                "granted for everyone, after waits",
            ],
            Self::MailboxMoving => [
                "mailbox-moving",
                "Mailbox moving",
                "Every tenth mailbox is being moved to another database.",
                "undetermined, mailbox.moving for every tenth; granted for the others",
            ],
            Self::AliasesAndRemoteMailboxes => [
                "aliases-and-remote",
                "Aliases and remote mailboxes",
                "The list holds second addresses, mailboxes in the cloud and mail users.",
                "no_mailbox, mailbox.remote or mailbox.not_found; alias_of for second addresses",
            ],
            Self::Blocked403 => [
                "blocked-403",
                "403 blocked",
                "The account signs in, and EWS is switched off for it.",
                "not_checked, policy.ews_blocked",
            ],
            Self::HtmlSignInPage => [
                "html-sign-in-page",
                "HTML sign-in page",
                "A portal in front of the server answers with its sign-in page.",
                "not_checked, http.not_ews; no password is sent",
            ],
            Self::RedirectToAnotherHost => [
                "redirect",
                "Redirect to another host",
                "The server points to another host, where no password may follow.",
                "not_checked, http.redirected; no password is sent",
            ],
            Self::ExpiredCertificate => [
                "expired-certificate",
                "Expired certificate",
                "The certificate ended a month ago. Trust the practice CA to see the date alone.",
                "not_checked, tls.expired with the CA trusted, else tls.untrusted",
            ],
            Self::PrivateCa => [
                "private-ca",
                "Private CA",
                "The certificate comes from a CA that only this organization knows.",
                "not_checked, tls.untrusted; granted for everyone once the CA is trusted",
            ],
            Self::SlowServer => [
                "slow-server",
                "Slow server",
                "Every answer takes four tenths of a second.",
                "granted for everyone",
            ],
        };
        Text { id, title, shows, expected }
    }
}

impl std::fmt::Display for Scenario {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id())
    }
}

/// There is no scenario of this id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no scenario \"{0}\"")]
pub struct UnknownScenario(
    /// The id that was asked for.
    pub String,
);

impl FromStr for Scenario {
    type Err = UnknownScenario;

    fn from_str(id: &str) -> Result<Self, UnknownScenario> {
        Self::ALL
            .into_iter()
            .find(|scenario| scenario.id().eq_ignore_ascii_case(id))
            .ok_or_else(|| UnknownScenario(id.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_leads_back_to_its_scenario() {
        for scenario in Scenario::ALL {
            assert_eq!(scenario.id().parse(), Ok(scenario));
        }
        assert!("nope".parse::<Scenario>().is_err());
    }
}
