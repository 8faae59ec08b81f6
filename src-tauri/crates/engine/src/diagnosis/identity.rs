//! Which mailbox an opened folder belongs to, as far as its identity tells. It compares; what a repeat
//! means is decided elsewhere.

use ews::{FolderId, MailboxGuid};
use sha2::{Digest, Sha256};

/// The identity of an opened folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The GUID of its mailbox, where the identity carries one.
    guid: Option<MailboxGuid>,
    /// The head of the SHA-256 of the whole of it.
    digest: [u8; 16],
}

/// What mailboxes are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct MailboxKey {
    /// The mailbox GUID, else a digest of the folder identity.
    pub(crate) bytes: [u8; 16],
    /// Whether it is the mailbox GUID.
    pub(crate) by_guid: bool,
}

impl Identity {
    pub(crate) fn of(folder: &FolderId) -> Self {
        let mut digest = [0; 16];
        digest.copy_from_slice(&Sha256::digest(folder.id.as_bytes())[..16]);
        Self {
            guid: MailboxGuid::of_folder(&folder.id),
            digest,
        }
    }

    /// By the mailbox GUID where there is one.
    pub(crate) fn key(&self) -> MailboxKey {
        match self.guid {
            Some(guid) => MailboxKey {
                bytes: guid.0,
                by_guid: true,
            },
            None => self.digest_key(),
        }
    }

    /// By the digest of the folder identity, whatever it carries.
    pub(crate) fn digest_key(&self) -> MailboxKey {
        MailboxKey {
            bytes: self.digest,
            by_guid: false,
        }
    }
}

impl MailboxKey {
    /// The mailbox GUID, where it is one.
    pub(crate) fn guid(self) -> Option<MailboxGuid> {
        self.by_guid.then_some(MailboxGuid(self.bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::Identity;

    fn folder(id: &str) -> ews::FolderId {
        ews::FolderId {
            id: id.to_owned(),
            change_key: None,
        }
    }

    #[test]
    fn two_folders_of_one_mailbox_have_one_key() {
        // `00 03 24 00`, a GUID, and entry ids that differ in their last byte.
        let head = "AAMkAGJiMDBmN2NmLTBiOTQtNGZhYi04ZWY1LTIzMWYwYmM0MDQxNgACAAA";
        let (inbox, tasks) = (format!("{head}B"), format!("{head}C"));
        let (inbox, tasks) = (Identity::of(&folder(&inbox)), Identity::of(&folder(&tasks)));
        assert!(inbox.key().by_guid);
        assert_eq!(inbox.key(), tasks.key());
        assert_ne!(inbox.digest_key(), tasks.digest_key());
    }

    #[test]
    fn identities_that_carry_none_are_told_apart_by_all_of_their_text() {
        let (one, other) = (
            Identity::of(&folder("inbox-1")),
            Identity::of(&folder("inbox-2")),
        );
        assert_ne!(one.key(), other.key());
        assert_eq!(one.key(), one.digest_key());
        assert_eq!(one.key().guid(), None);
    }
}
