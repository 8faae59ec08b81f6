//! Who stands in the address lists, and how answers name them.

use crate::directory::{Directory, MailboxIndex};
use crate::options::{Group, MailboxState};
use crate::xml::escape;

/// Somebody an address stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recipient<'a> {
    Mailbox(MailboxIndex),
    Group(&'a Group),
    /// An address outside of the directory.
    Stranger(&'a str),
}

impl<'a> Recipient<'a> {
    /// The one an address stands for.
    pub(super) fn of(address: &'a str, directory: &'a Directory) -> Self {
        match directory.by_address(address) {
            Some(mailbox) => Self::Mailbox(mailbox),
            None => directory
                .group(address)
                .map_or(Self::Stranger(address), Self::Group),
        }
    }

    /// Its primary address.
    pub(super) fn address(self, directory: &'a Directory) -> &'a str {
        match self {
            Self::Mailbox(mailbox) => &directory.mailbox(mailbox).primary,
            Self::Group(group) => &group.address,
            Self::Stranger(address) => address,
        }
    }

    /// Its name in the address list.
    pub(super) fn name(self, directory: &'a Directory) -> &'a str {
        match self {
            Self::Mailbox(mailbox) => &directory.mailbox(mailbox).display_name,
            Self::Group(group) => &group.display_name,
            Self::Stranger(address) => address,
        }
    }

    /// Whether the address lists show it.
    pub(super) fn is_listed(self, directory: &Directory) -> bool {
        !directory.is_hidden(self.address(directory))
    }

    /// A `t:EmailAddressType` under this name.
    pub(super) fn element(self, name: &str, directory: &Directory) -> String {
        let kind = match self {
            Self::Mailbox(mailbox) => match directory.mailbox(mailbox).state {
                MailboxState::MailUser | MailboxState::Remote => "Contact",
                _ => "Mailbox",
            },
            Self::Group(_) => "PublicDL",
            Self::Stranger(_) => "OneOff",
        };
        format!(
            "<t:{name}><t:Name>{}</t:Name><t:EmailAddress>{}</t:EmailAddress>\
             <t:RoutingType>SMTP</t:RoutingType><t:MailboxType>{kind}</t:MailboxType></t:{name}>",
            escape(self.name(directory)),
            escape(self.address(directory))
        )
    }
}
