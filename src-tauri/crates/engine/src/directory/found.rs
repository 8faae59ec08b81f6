//! What a look-up has found so far: who would be added, and what was left out and why. It asks nobody.

use std::collections::HashSet;

use contract::SmtpAddress;
use ews::{DirectoryAddress, MailboxType};

use crate::activity::grouped;
use crate::users::list::{BadAddress, ListRow, is_system_mailbox};

/// Most members taken from one look-up; a list of that size is better exported as CSV.
const MOST: usize = 100_000;

/// Who was found, and who was not taken.
#[derive(Debug, Default)]
pub(super) struct Found {
    rows: Vec<ListRow>,
    /// Addresses in lower case.
    seen: HashSet<String>,
    contacts: u64,
    outsiders: u64,
    public_folders: u64,
    groups: u64,
    no_address: u64,
    private_lists: u64,
    beyond: u64,
    /// Sentences of their own.
    notes: Vec<String>,
}

/// What an entry of the directory turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    /// Taken, or left out for a reason that is counted.
    Settled,
    /// A group with this address: its members are to be asked for.
    Group(String),
}

impl Found {
    /// Takes an entry. `kind`: its `RecipientTypeDetails`, where the source of it says so.
    pub(super) fn take(&mut self, entry: &DirectoryAddress, kind: Option<&str>) -> Entry {
        let is_group = matches!(entry.mailbox_type, Some(MailboxType::PublicDl));
        let Some(address) = entry.smtp_address() else {
            *(if is_group {
                &mut self.groups
            } else {
                &mut self.no_address
            }) += 1;
            return Entry::Settled;
        };
        let left_out = match &entry.mailbox_type {
            Some(MailboxType::PublicDl) => return Entry::Group(address.to_owned()),
            Some(MailboxType::Contact) => &mut self.contacts,
            Some(MailboxType::OneOff) => &mut self.outsiders,
            Some(MailboxType::PublicFolder) => &mut self.public_folders,
            Some(MailboxType::GroupMailbox) => &mut self.groups,
            Some(MailboxType::PrivateDl) => &mut self.private_lists,
            Some(MailboxType::Mailbox | MailboxType::Unknown(_)) | None => {
                self.add(address, entry.name.as_deref(), kind);
                return Entry::Settled;
            }
        };
        *left_out += 1;
        Entry::Settled
    }

    /// A sentence about something that was left out.
    pub(super) fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// A group that is named, and not opened up.
    pub(super) fn leave_group(&mut self) {
        self.groups += 1;
    }

    /// Addresses found so far.
    pub(super) fn count(&self) -> u64 {
        self.rows.len() as u64
    }

    /// What was left out and why, in plain sentences.
    pub(super) fn notes(&self) -> Vec<String> {
        let counted = [
            (
                self.contacts,
                "left out: contacts and mail users, whose mailbox is elsewhere.",
            ),
            (
                self.outsiders,
                "left out: addresses that are not in the directory.",
            ),
            (self.public_folders, "left out: public folders."),
            (self.groups, "left out: groups that can't be opened up."),
            (
                self.private_lists,
                "left out: personal lists out of somebody's contacts.",
            ),
            (self.no_address, "left out: members without an address."),
            (
                self.beyond,
                "left out: more than 100,000 were found. Export a CSV instead.",
            ),
        ];
        let counted = counted
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, why)| format!("{} {why}", grouped(number)));
        counted.chain(self.notes.iter().cloned()).collect()
    }

    /// Who would be added, as rows of a list.
    pub(super) fn into_rows(self) -> Vec<ListRow> {
        self.rows
    }

    fn add(&mut self, address: &str, name: Option<&str>, kind: Option<&str>) {
        if self.rows.len() >= MOST {
            self.beyond += 1;
            return;
        }
        if !self.seen.insert(address.trim().to_lowercase()) {
            return;
        }
        let name = name.map(str::trim).filter(|name| !name.is_empty());
        self.rows.push(ListRow {
            line: self.rows.len() as u64 + 1,
            address: SmtpAddress::parse(address).map_err(|reason| BadAddress {
                text: address.chars().take(254).collect(),
                reason,
            }),
            display_name: name.map(str::to_owned),
            upn: None,
            sid: None,
            exchange_guid: None,
            recipient_type: kind.map(str::to_owned),
            proxy_addresses: Vec::new(),
            tags: None,
            is_system: is_system_mailbox(kind, address),
        });
    }
}

#[cfg(test)]
mod tests {
    use ews::{DirectoryAddress, MailboxType};

    use super::{Entry, Found};

    fn entry(address: &str, kind: MailboxType) -> DirectoryAddress {
        DirectoryAddress {
            name: Some(format!("Name of {address}")),
            email_address: Some(address.to_owned()),
            routing_type: Some("SMTP".to_owned()),
            mailbox_type: Some(kind),
        }
    }

    #[test]
    fn mailboxes_are_taken_once_and_the_rest_is_left_out_with_a_reason() {
        let mut found = Found::default();
        for address in ["anna@contoso.com", "ANNA@contoso.com", "ben@contoso.com"] {
            found.take(&entry(address, MailboxType::Mailbox), None);
        }
        found.take(&entry("p@fabrikam.com", MailboxType::Contact), None);
        found.take(&entry("x@fabrikam.com", MailboxType::OneOff), None);
        let foreign = DirectoryAddress {
            routing_type: Some("EX".to_owned()),
            ..entry("/o=Contoso/cn=x", MailboxType::Mailbox)
        };
        found.take(&foreign, None);
        assert_eq!(
            found.take(&entry("leads@contoso.com", MailboxType::PublicDl), None),
            Entry::Group("leads@contoso.com".to_owned())
        );
        assert_eq!(found.count(), 2);
        assert_eq!(
            found.notes(),
            [
                "1 left out: contacts and mail users, whose mailbox is elsewhere.",
                "1 left out: addresses that are not in the directory.",
                "1 left out: members without an address.",
            ]
        );
        let rows = found.into_rows();
        assert_eq!(
            rows[1].display_name.as_deref(),
            Some("Name of ben@contoso.com")
        );
        assert_eq!((rows[0].line, rows[1].line), (1, 2));
    }

    #[test]
    fn exchange_keeps_its_own_mailboxes() {
        let mut found = Found::default();
        let system = "DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}@contoso.com";
        found.take(&entry(system, MailboxType::Mailbox), None);
        assert!(found.into_rows()[0].is_system);
    }
}
