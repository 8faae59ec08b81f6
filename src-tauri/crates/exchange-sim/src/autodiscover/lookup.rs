//! What Autodiscover knows about an address: first what it was told about it, then what the
//! directory has.

use super::{EwsUrl, Found};
use crate::directory::Directory;
use crate::options::MailboxState;

/// The directory, and the addresses of this server: by its name (`https://mail.contoso.com`) and on
/// loopback (`https://localhost:50443`).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whereabouts<'a> {
    pub(crate) directory: &'a Directory,
    pub(crate) own: &'a str,
    pub(crate) loopback: &'a str,
}

/// What is to be said about a user, ready for an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    Settings(Settings),
    RedirectAddress(String),
    RedirectUrl(String),
    InvalidUser,
    Busy,
    Error { code: String, text: String },
}

/// A user who was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) internal: Option<String>,
    pub(super) external: Option<String>,
    pub(super) display_name: String,
    /// Primary address, or the one asked for where the directory has none.
    pub(super) address: String,
}

impl Whereabouts<'_> {
    /// What is known about an address.
    pub(super) fn tell(&self, address: &str) -> Told {
        let told = &self.directory.options.autodiscover;
        match self.found(address) {
            Found::Settings => {
                let (internal, external) = (told.internal.as_ref(), told.external.as_ref());
                Told::Settings(self.settings(address, internal, external))
            }
            Found::Urls { internal, external } => {
                Told::Settings(self.settings(address, internal.as_ref(), external.as_ref()))
            }
            Found::RedirectAddress(target) => Told::RedirectAddress(target),
            Found::EndlessAddress => Told::RedirectAddress(next_address(address)),
            Found::RedirectUrl(url) => Told::RedirectUrl(url),
            Found::InvalidUser => Told::InvalidUser,
            Found::Busy => Told::Busy,
            Found::Error { code, text } => Told::Error { code, text },
        }
    }

    fn found(&self, address: &str) -> Found {
        let told = &self.directory.options.autodiscover;
        let key = address.to_lowercase();
        let Some((local, domain)) = key.split_once('@') else {
            return Found::InvalidUser;
        };
        let of_domain = || told.users.get(&format!("@{domain}"));
        if let Some(found) = told.users.get(&key).or_else(of_domain) {
            return found.clone();
        }
        let known = self.directory.by_address(&key);
        match known.map(|index| &self.directory.mailbox(index).state) {
            None | Some(MailboxState::MailUser) => Found::InvalidUser,
            Some(MailboxState::Remote) => {
                Found::RedirectAddress(format!("{local}@{}", told.remote_domain))
            }
            Some(_) => Found::Settings,
        }
    }

    fn settings(
        &self,
        address: &str,
        internal: Option<&EwsUrl>,
        external: Option<&EwsUrl>,
    ) -> Settings {
        let url = |url: &EwsUrl| match url {
            EwsUrl::Own => format!("{}/EWS/Exchange.asmx", self.own),
            EwsUrl::Loopback => format!("{}/EWS/Exchange.asmx", self.loopback),
            EwsUrl::At(url) => url.clone(),
        };
        let known = self.directory.by_address(address);
        let mailbox = known.map(|index| self.directory.mailbox(index));
        Settings {
            internal: internal.map(url),
            external: external.map(url),
            display_name: mailbox.map_or(address, |m| &m.display_name).to_owned(),
            address: mailbox.map_or(address, |m| &m.primary).to_owned(),
        }
    }
}

/// `hop2.user@…` after `hop1.user@…`, which comes after `user@…`.
fn next_address(address: &str) -> String {
    let numbered = address
        .strip_prefix("hop")
        .and_then(|rest| rest.split_once('.'))
        .and_then(|(number, user)| Some((number.parse::<u64>().ok()?, user)));
    let (hop, user) = numbered.unwrap_or((0, address));
    format!("hop{}.{user}", hop + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Autodiscover;
    use crate::options::{Mailbox, Options};

    #[test]
    fn a_single_address_goes_before_its_domain_and_both_before_the_directory() {
        let mut options = Options::default();
        let remote = Mailbox::new("far@contoso.com", "Far").in_state(MailboxState::Remote);
        options.mailboxes.push(remote);
        options.autodiscover = Autodiscover::default()
            .user("@Fabrikam.com", Found::Settings)
            .user("a@fabrikam.com", Found::Busy)
            .user("User2@contoso.com", Found::InvalidUser);
        let directory = Directory::new(options);
        let own = "https://localhost:1";
        let place = Whereabouts {
            directory: &directory,
            own,
            loopback: own,
        };
        assert_eq!(place.tell("A@fabrikam.com"), Told::Busy);
        assert!(matches!(place.tell("b@fabrikam.com"), Told::Settings(_)));
        assert_eq!(place.tell("user2@contoso.com"), Told::InvalidUser);
        assert_eq!(place.tell("nobody@contoso.com"), Told::InvalidUser);
        assert_eq!(place.tell("nobody"), Told::InvalidUser);
        assert_eq!(
            place.tell("far@contoso.com"),
            Told::RedirectAddress("far@contoso.mail.onmicrosoft.com".to_owned())
        );
        let Told::Settings(settings) = place.tell("USER1@contoso.com") else {
            panic!("the directory knows this mailbox");
        };
        assert_eq!(
            settings.external.as_deref(),
            Some("https://localhost:1/EWS/Exchange.asmx")
        );
        assert_eq!(settings.address, "user1@contoso.com");
    }

    #[test]
    fn endless_addresses_never_come_twice() {
        assert_eq!(next_address("a@b.c"), "hop1.a@b.c");
        assert_eq!(next_address("hop1.a@b.c"), "hop2.a@b.c");
        assert_eq!(next_address("hopper.a@b.c"), "hop1.hopper.a@b.c");
    }
}
