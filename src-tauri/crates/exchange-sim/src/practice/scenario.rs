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
    /// The same, and every log-on must be bound to its TLS channel.
    ExtendedProtection,
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
    /// Nobody has made a room list.
    NoRoomLists,
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
    pub const ALL: [Self; 20] = [
        Self::Healthy,
        Self::Demo,
        Self::WrongPassword,
        Self::NtlmOnly,
        Self::ExtendedProtection,
        Self::OutsideTheScope,
        Self::NoRole,
        Self::UnscopedRole,
        Self::HeaderIgnored,
        Self::AccountWithoutMailbox,
        Self::NoRoomLists,
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

    /// The verdict a right check comes to, in the words the run view uses.
    #[must_use]
    pub const fn expected(self) -> &'static str {
        self.text().expected
    }

    const fn text(self) -> &'static Text {
        &TEXTS[self as usize]
    }
}

/// One for each scenario, in the order of their declaration.
const TEXTS: [Text; 20] = [
    Text {
        id: "healthy",
        title: "Healthy",
        shows: "A scoped service account opens every mailbox of the list; the canary stays shut.",
        expected: "Passed; the canary is refused, as it must be",
    },
    Text {
        id: "demo",
        title: "Demo",
        shows: "A mixed organization: most mailboxes open, some fail for different reasons.",
        expected: "Failed for some: outside the scope, no mailbox, alias, disabled, misconfigured, \
         no Inbox; a few Undetermined: temporarily unavailable",
    },
    Text {
        id: "wrong-password",
        title: "Wrong password",
        shows: "The server refuses the password; it must be sent once and never again.",
        expected: "Stopped at step 7: sign-in refused once, so the account isn't locked",
    },
    Text {
        id: "ntlm-only",
        title: "NTLM only",
        shows: "A stock server offers Negotiate and NTLM; a password by Basic has no chance.",
        expected: "Passed by Negotiate or NTLM; by Basic stopped at step 6: wrong scheme, and no \
         password is sent",
    },
    Text {
        id: "extended-protection",
        title: "Extended Protection",
        shows: "The server refuses every log-on that is not bound to its own certificate.",
        expected: "Passed by Negotiate or NTLM; through a proxy that inspects TLS stopped at step 7: \
         the channel binding is wrong, not the password",
    },
    Text {
        id: "outside-the-scope",
        title: "Outside the scope",
        shows: "The management scope of the role leaves out every fifth mailbox.",
        expected: "Failed for some: every fifth mailbox is outside the management scope",
    },
    Text {
        id: "no-role",
        title: "No role",
        shows: "The password is right, and the impersonation role is not assigned.",
        expected: "Failed: refused for everyone, the role isn't assigned",
    },
    Text {
        id: "unscoped-role",
        title: "Unscoped role (canary opens)",
        shows: "The role has no scope: a mailbox that must stay shut opens.",
        expected: "A mailbox that must be refused was opened; every other mailbox opens, as it must",
    },
    Text {
        id: "header-ignored",
        title: "Header ignored",
        shows: "The server answers every request with the service account's own mailbox.",
        expected: "Stopped at step 8: another mailbox answered, impersonation was ignored; those asked \
         are Undetermined, the others Not checked, none is green",
    },
    Text {
        id: "account-without-mailbox",
        title: "Account without mailbox",
        shows: "The service account has no mailbox, which Exchange 2016 and later allow.",
        expected: "Passed with warnings: no mailbox, so rooms and other resources won't be retrieved",
    },
    Text {
        id: "no-room-lists",
        title: "No room lists",
        shows: "Every mailbox opens, and nobody has made a room list in this organization.",
        expected: "Passed; no room lists are defined, which isn't a matter of rights",
    },
    Text {
        id: "throttled",
        title: "Throttled",
        shows: "Every seventh request is told to come back a little later.",
        expected: "Passed, after waits: the busy server is asked again",
    },
    Text {
        id: "mailbox-moving",
        title: "Mailbox moving",
        shows: "Every tenth mailbox is being moved to another database.",
        expected: "Passed with warnings: every tenth mailbox is Undetermined, temporarily unavailable",
    },
    Text {
        id: "aliases-and-remote",
        title: "Aliases and remote mailboxes",
        shows: "The list holds second addresses, mailboxes in the cloud and mail users.",
        expected: "Failed for some: aliases, each with its primary address, and no mailbox here",
    },
    Text {
        id: "blocked-403",
        title: "403 blocked",
        shows: "The account signs in, and EWS is switched off for it.",
        expected: "Stopped at step 7: signed in, but EWS is blocked",
    },
    Text {
        id: "html-sign-in-page",
        title: "HTML sign-in page",
        shows: "A portal in front of the server answers with its sign-in page.",
        expected: "Stopped at step 6: this isn't the EWS endpoint; no password is sent",
    },
    Text {
        id: "redirect",
        title: "Redirect to another host",
        shows: "The server points to another host, where no password may follow.",
        expected: "Stopped at step 6: redirected to another host; nothing is sent there",
    },
    Text {
        id: "expired-certificate",
        title: "Expired certificate",
        shows: "The certificate ended a month ago. Trust the practice CA to see the date alone.",
        expected: "Stopped at step 4: the certificate has expired; with the CA not trusted, \
         it isn't from a trusted issuer",
    },
    Text {
        id: "private-ca",
        title: "Private CA",
        shows: "The certificate comes from a CA that only this organization knows.",
        expected: "Stopped at step 4: the certificate isn't from a trusted issuer; Passed once it is trusted",
    },
    Text {
        id: "slow-server",
        title: "Slow server",
        shows: "Every answer takes four tenths of a second.",
        expected: "Passed, slowly",
    },
];

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
        for (n, scenario) in Scenario::ALL.into_iter().enumerate() {
            assert_eq!(
                scenario as usize, n,
                "the list is in the order of declaration"
            );
            assert_eq!(scenario.id().parse(), Ok(scenario));
        }
        assert_eq!(
            Scenario::SlowServer.id(),
            "slow-server",
            "the texts are in that order too"
        );
        assert!("nope".parse::<Scenario>().is_err());
    }
}
