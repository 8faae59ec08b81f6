//! Building the world of a scenario: server options, people, and the list an administrator has.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::time::Duration;

use super::names::person;
use super::scenario::Scenario;
use super::{ACCOUNT, PASSWORD, resources};
use crate::autodiscover::Autodiscover;
use crate::certificate::Certificate;
use crate::ews_error::EwsError;
use crate::fault::{Fault, HttpAnswer, What, When};
use crate::options::{Account, AccountState, Bind, Mailbox, MailboxState, Options, Role};
use crate::windows::ExtendedProtection;

/// A scenario ready to start: give `options` to [`crate::start`].
#[derive(Debug, Clone)]
pub struct Practice {
    /// What it is.
    pub scenario: Scenario,
    /// The server.
    pub options: Options,
    /// Account to log on with.
    pub account: String,
    /// Password to log on with; in [`Scenario::WrongPassword`] not the one the server knows.
    pub password: String,
    /// The list to check, canary last.
    pub users: Vec<PracticeUser>,
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticeUser {
    /// Name in the address list.
    pub display_name: String,
    /// Address to check. In an alias row it is not the primary address of the mailbox.
    pub primary: String,
    /// User principal name.
    pub upn: String,
    /// `RecipientTypeDetails`, e.g. `UserMailbox`.
    pub recipient_type: String,
    /// Further addresses, without the `smtp:` in front.
    pub aliases: Vec<String>,
    /// A canary: the service account must be refused here.
    pub must_refuse: bool,
}

impl Practice {
    /// The list as `Get-Mailbox | Select-Object … | Export-Csv -NoTypeInformation` writes it: every
    /// field in quotes, lines ended by CR LF.
    #[must_use]
    pub fn users_csv(&self) -> String {
        let mut csv = String::from(
            "\"DisplayName\",\"PrimarySmtpAddress\",\"UserPrincipalName\",\"RecipientTypeDetails\",\
             \"EmailAddresses\"\r\n",
        );
        for user in &self.users {
            let mut addresses = format!("SMTP:{}", user.primary);
            for alias in &user.aliases {
                let _ = write!(addresses, " smtp:{alias}");
            }
            let fields = [
                user.display_name.as_str(),
                &user.primary,
                &user.upn,
                &user.recipient_type,
                &addresses,
            ];
            let quoted: Vec<String> = fields
                .iter()
                .map(|field| format!("\"{}\"", field.replace('"', "\"\"")))
                .collect();
            let _ = write!(csv, "{}\r\n", quoted.join(","));
        }
        csv
    }
}

/// Builds a scenario with this many people and one canary.
#[must_use]
pub fn setup(scenario: Scenario, users: usize) -> Practice {
    let mut world = World::new(users);
    match scenario {
        Scenario::PrivateCa => {}
        Scenario::Healthy => {
            world.offer(&["Negotiate", "NTLM", "Basic"]);
            world.names();
        }
        Scenario::Demo => {
            world.offer(&["Negotiate", "NTLM", "Basic"]);
            world.names();
            world.mix();
        }
        Scenario::NoRoomLists => {
            world.options.groups.retain(|group| !group.is_room_list);
        }
        Scenario::WrongPassword => "Yesterday-Pa55!".clone_into(&mut world.password),
        Scenario::NtlmOnly => {
            world.offer(&["Negotiate", "NTLM"]);
        }
        Scenario::ExtendedProtection => {
            world.offer(&["Negotiate", "NTLM"]);
            world.options.extended_protection = ExtendedProtection::Require;
        }
        Scenario::OutsideTheScope => world.every(5, 0).for_each(|n| world.leave_out(n)),
        Scenario::NoRole => world.account().role = Role::None,
        Scenario::UnscopedRole => world.account().role = Role::Everyone,
        Scenario::HeaderIgnored => world.options.ignores_impersonation = true,
        Scenario::AccountWithoutMailbox => {
            world.account().mailbox = None;
            world
                .options
                .mailboxes
                .retain(|mailbox| mailbox.primary != SERVICE_MAILBOX);
        }
        Scenario::Throttled => {
            let busy = What::Ews(EwsError::busy(1_000));
            world
                .options
                .faults
                .push(Fault::always(When::EveryNthImpersonated(7), busy));
        }
        Scenario::MailboxMoving => {
            for n in (0..users).step_by(10) {
                world.options.mailboxes[n].state = MailboxState::Moving;
            }
        }
        Scenario::AliasesAndRemoteMailboxes => {
            world.names();
            world.alias_and_remote();
        }
        Scenario::Blocked403 => world.account().state = AccountState::EwsBlocked,
        Scenario::HtmlSignInPage => world.instead_of_everything(HttpAnswer::sign_in_page()),
        Scenario::RedirectToAnotherHost => world.instead_of_everything(HttpAnswer::redirect(
            302,
            "https://mail.fabrikam.com/EWS/Exchange.asmx",
        )),
        Scenario::ExpiredCertificate => world.options.bind = Bind::Https(Certificate::Expired),
        Scenario::SlowServer => world.options.latency = Duration::from_millis(400),
    }
    world.finish(scenario)
}

pub(super) const DOMAIN: &str = "contoso.com";
const SERVICE_MAILBOX: &str = "svc-ews@contoso.com";
const CANARY: &str = "board.secretary@contoso.com";

/// An organization while it is furnished.
pub(super) struct World {
    pub(super) options: Options,
    /// The list, canary last.
    pub(super) users: Vec<PracticeUser>,
    /// What clients log on with.
    pub(super) password: String,
    outside: HashSet<String>,
    gone: HashSet<String>,
}

impl World {
    /// A healthy server whose role covers everyone but the canary.
    pub(super) fn new(count: usize) -> Self {
        let mut users: Vec<PracticeUser> = (0..count).map(user).collect();
        users.push(PracticeUser {
            display_name: "Board Secretary".to_owned(),
            primary: CANARY.to_owned(),
            upn: CANARY.to_owned(),
            recipient_type: "UserMailbox".to_owned(),
            aliases: Vec::new(),
            must_refuse: true,
        });
        let mut mailboxes: Vec<Mailbox> = users
            .iter()
            .enumerate()
            .map(|(n, user)| mailbox(n, user))
            .collect();
        mailboxes.push(Mailbox::new(SERVICE_MAILBOX, "EWS Service"));
        mailboxes.extend(resources::rooms());
        let options = Options {
            bind: Bind::Https(Certificate::Ca),
            accounts: vec![Account {
                role: Role::AllBut(HashSet::new()),
                ..Account::default()
            }],
            mailboxes,
            groups: resources::groups(&users),
            autodiscover: Autodiscover::on_loopback(),
            lock_out_after: Some(3),
            ..Options::default()
        };
        let outside = HashSet::from([CANARY.to_owned()]);
        let gone = HashSet::new();
        Self {
            options,
            users,
            password: PASSWORD.to_owned(),
            outside,
            gone,
        }
    }

    pub(super) fn account(&mut self) -> &mut Account {
        &mut self.options.accounts[0]
    }

    /// The names by which Autodiscover looks for the server; they stand in its certificate.
    fn names(&mut self) {
        let names = ["mail", "autodiscover"].map(|host| format!("{host}.{DOMAIN}"));
        self.options.names = names.to_vec();
    }

    pub(super) fn offer(&mut self, schemes: &[&str]) {
        self.options.offered = schemes.iter().map(|&scheme| scheme.to_owned()).collect();
    }

    /// The people at `offset`, `offset + step`, …, without the canary.
    fn every(&self, step: usize, offset: usize) -> impl Iterator<Item = usize> + use<> {
        (offset..self.users.len() - 1).step_by(step)
    }

    pub(super) fn leave_out(&mut self, n: usize) {
        self.outside.insert(self.users[n].primary.clone());
    }

    pub(super) fn instead_of_everything(&mut self, answer: HttpAnswer) {
        self.options
            .faults
            .push(Fault::always(When::Any, What::Http(answer)));
    }

    /// Of fifty people eleven meet something, each something else.
    fn mix(&mut self) {
        let states = [
            (4, MailboxState::Moving),
            (9, MailboxState::Disabled),
            (14, MailboxState::WithoutFolders(vec!["inbox".to_owned()])),
            (19, MailboxState::StoreUnavailable),
            (23, MailboxState::Misconfigured),
        ];
        for (offset, state) in states {
            for n in self.every(50, offset) {
                self.options.mailboxes[n].state = state.clone();
            }
        }
        self.every(50, 28)
            .chain(self.every(50, 47))
            .for_each(|n| self.leave_out(n));
        self.every(50, 31).for_each(|n| self.vanish(n));
        self.every(50, 36).for_each(|n| self.list_refused_alias(n));
        for n in self.every(50, 40).chain(self.every(50, 2)) {
            let when = When::Mailbox(self.users[n].primary.clone());
            self.options
                .faults
                .push(Fault::times(2, when, What::Ews(EwsError::busy(500))));
        }
    }

    /// The mailbox was removed, the row was not.
    pub(super) fn vanish(&mut self, n: usize) {
        self.gone.insert(self.options.mailboxes[n].primary.clone());
    }

    /// The row holds an old address, and the server insists on the primary one.
    pub(super) fn list_refused_alias(&mut self, n: usize) {
        let primary = self.users[n].primary.clone();
        let alias = self.users[n].aliases[0].clone();
        let refusal = What::Ews(EwsError::non_primary(&primary));
        self.options
            .faults
            .push(Fault::always(When::Mailbox(alias.clone()), refusal));
        self.users[n].primary = alias;
        self.users[n].aliases.clear();
    }

    /// The row is a second address of the person before it.
    fn list_second_address(&mut self, n: usize) {
        self.vanish(n);
        let mut row = self.users[n - 1].clone();
        row.primary = row.aliases.remove(0);
        row.aliases.clear();
        self.users[n] = row;
    }

    fn alias_and_remote(&mut self) {
        for n in self.every(20, 3) {
            self.options.mailboxes[n].state = MailboxState::Remote;
            "RemoteUserMailbox".clone_into(&mut self.users[n].recipient_type);
        }
        for n in self.every(20, 8) {
            self.options.mailboxes[n].state = MailboxState::MailUser;
            "MailUser".clone_into(&mut self.users[n].recipient_type);
        }
        self.every(20, 12).for_each(|n| self.list_refused_alias(n));
        self.every(20, 17).for_each(|n| self.list_second_address(n));
    }

    /// Takes who is gone out of the server, and who is outside out of the scope.
    pub(super) fn settle(&mut self) {
        let gone = std::mem::take(&mut self.gone);
        let mailboxes = &mut self.options.mailboxes;
        mailboxes.retain(|mailbox| !gone.contains(&mailbox.primary));
        if let Role::AllBut(scope) = &mut self.options.accounts[0].role {
            scope.clone_from(&self.outside);
        }
    }

    fn finish(mut self, scenario: Scenario) -> Practice {
        self.settle();
        Practice {
            scenario,
            options: self.options,
            account: ACCOUNT.to_owned(),
            password: self.password,
            users: self.users,
        }
    }
}

fn user(n: usize) -> PracticeUser {
    let (display_name, alias) = person(n);
    let primary = format!("{alias}@{DOMAIN}");
    let recipient_type = if n % 40 == 39 {
        "SharedMailbox"
    } else {
        "UserMailbox"
    };
    PracticeUser {
        display_name,
        upn: primary.clone(),
        primary,
        recipient_type: recipient_type.to_owned(),
        aliases: vec![format!("e{:05}@{DOMAIN}", 10_000 + n)],
        must_refuse: false,
    }
}

fn mailbox(n: usize, user: &PracticeUser) -> Mailbox {
    Mailbox {
        primary: user.primary.clone(),
        aliases: user.aliases.clone(),
        upn: Some(user.upn.clone()),
        sid: Some(format!(
            "S-1-5-21-1004336348-1177238915-682003330-{}",
            1_100 + n
        )),
        state: MailboxState::Ok,
        display_name: user.display_name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_can_be_set_up_for_any_number_of_people() {
        for scenario in Scenario::ALL {
            for users in [0, 1, 24, 200] {
                let practice = setup(scenario, users);
                assert_eq!(
                    practice.users.len(),
                    users + 1,
                    "{scenario} with its canary"
                );
                assert!(practice.users.last().unwrap().must_refuse);
                let addresses: HashSet<_> = practice.users.iter().map(|u| &u.primary).collect();
                assert_eq!(
                    addresses.len(),
                    practice.users.len(),
                    "{scenario}: distinct rows"
                );
            }
        }
    }

    #[test]
    fn the_list_is_written_as_powershell_writes_it() {
        let csv = setup(Scenario::Healthy, 1).users_csv();
        assert_eq!(
            csv,
            "\"DisplayName\",\"PrimarySmtpAddress\",\"UserPrincipalName\",\"RecipientTypeDetails\",\
             \"EmailAddresses\"\r\n\"Anna Adler\",\"anna.adler@contoso.com\",\
             \"anna.adler@contoso.com\",\"UserMailbox\",\"SMTP:anna.adler@contoso.com \
             smtp:e10000@contoso.com\"\r\n\"Board Secretary\",\"board.secretary@contoso.com\",\
             \"board.secretary@contoso.com\",\"UserMailbox\",\"SMTP:board.secretary@contoso.com\"\r\n"
        );
    }

    #[test]
    fn only_the_unscoped_role_exposes_the_canary() {
        for scenario in Scenario::ALL {
            let practice = setup(scenario, 60);
            let exposed = match &practice.options.accounts[0].role {
                Role::Everyone => true,
                Role::AllBut(outside) => !outside.contains(CANARY),
                Role::None | Role::Only(_) => false,
            };
            assert_eq!(exposed, scenario == Scenario::UnscopedRole, "{scenario}");
        }
    }
}
