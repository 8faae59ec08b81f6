//! Folder ids as Exchange builds them: the mailbox GUID in text and the entry id of the folder,
//! base64, 120 characters ([MS-OXCEXT] §2.2.6.1, [MS-OXCDATA] §2.2.4.1). Distinct for every mailbox and
//! folder, the same in every run.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How folder ids are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FolderIds {
    /// With the mailbox GUID in them, as it is.
    #[default]
    Plain,
    /// The same with runs of bytes compressed ([MS-OXCEXT] §3.1.4.5).
    Compressed,
    /// In a layout that nobody has described.
    Opaque,
}

/// A well-known folder of every simulated mailbox.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Folder {
    /// `DistinguishedFolderId/@Id`.
    pub(crate) id: &'static str,
    pub(crate) display_name: &'static str,
    /// `FolderClass`; the root has none.
    pub(crate) class: Option<&'static str>,
    /// Element name in *types*.
    pub(crate) element: &'static str,
    /// Distinguished id of its parent; the root is its own.
    pub(crate) parent: &'static str,
    number: u8,
}

const fn folder(
    number: u8,
    id: &'static str,
    display_name: &'static str,
    class: Option<&'static str>,
    element: &'static str,
    parent: &'static str,
) -> Folder {
    Folder {
        id,
        display_name,
        class,
        element,
        parent,
        number,
    }
}

/// All of them.
pub(crate) const FOLDERS: [Folder; 12] = [
    folder(1, "root", "", None, "Folder", "root"),
    folder(
        8,
        "msgfolderroot",
        "Top of Information Store",
        Some("IPF"),
        "Folder",
        "root",
    ),
    folder(
        9,
        "outbox",
        "Outbox",
        Some("IPF.Note"),
        "Folder",
        "msgfolderroot",
    ),
    folder(
        10,
        "deleteditems",
        "Deleted Items",
        Some("IPF.Note"),
        "Folder",
        "msgfolderroot",
    ),
    folder(
        11,
        "sentitems",
        "Sent Items",
        Some("IPF.Note"),
        "Folder",
        "msgfolderroot",
    ),
    folder(
        12,
        "inbox",
        "Inbox",
        Some("IPF.Note"),
        "Folder",
        "msgfolderroot",
    ),
    folder(
        13,
        "calendar",
        "Calendar",
        Some("IPF.Appointment"),
        "CalendarFolder",
        "msgfolderroot",
    ),
    folder(
        14,
        "contacts",
        "Contacts",
        Some("IPF.Contact"),
        "ContactsFolder",
        "msgfolderroot",
    ),
    folder(
        15,
        "drafts",
        "Drafts",
        Some("IPF.Note"),
        "Folder",
        "msgfolderroot",
    ),
    folder(
        16,
        "journal",
        "Journal",
        Some("IPF.Journal"),
        "Folder",
        "msgfolderroot",
    ),
    folder(
        17,
        "notes",
        "Notes",
        Some("IPF.StickyNote"),
        "Folder",
        "msgfolderroot",
    ),
    folder(
        18,
        "tasks",
        "Tasks",
        Some("IPF.Task"),
        "TasksFolder",
        "msgfolderroot",
    ),
];

impl Folder {
    /// The folder of this distinguished id.
    pub(crate) fn named(id: &str) -> Option<&'static Self> {
        FOLDERS.iter().find(|folder| folder.id == id)
    }

    /// Its id in the mailbox of this GUID.
    pub(crate) fn id_in(&self, mailbox_guid: &str, written: FolderIds) -> String {
        let mut bytes = self.bytes_in(mailbox_guid);
        match written {
            FolderIds::Plain => {}
            FolderIds::Compressed => bytes = compressed(&bytes),
            FolderIds::Opaque => bytes.reverse(),
        }
        STANDARD.encode(bytes)
    }

    /// Its change key in the mailbox of this GUID.
    pub(crate) fn change_key_in(&self, mailbox_guid: &str) -> String {
        let mut bytes = vec![1, 0, 0, 0, 0x16, 0, 0, 0];
        bytes.extend(database_guid(mailbox_guid));
        bytes.extend([0, 0, 0, 0, 0x2b, self.number]);
        STANDARD.encode(bytes)
    }

    /// Compression 0, store type 3, GUID with its length, instruction 0, entry id with its length.
    fn bytes_in(&self, mailbox_guid: &str) -> Vec<u8> {
        let mut bytes = vec![0, 3, 36, 0];
        bytes.extend(mailbox_guid.as_bytes());
        bytes.extend([0, 46, 0, 0, 0, 0, 0]);
        bytes.extend(database_guid(&mailbox_guid[..18]));
        bytes.extend([1, 0]);
        bytes.extend(database_guid(mailbox_guid));
        bytes.extend([0, 0, 0, 0, 1, self.number, 0, 0]);
        bytes
    }
}

/// Mailbox GUID and folder of an id made here, however it is written; nothing for any other text.
pub(crate) fn read(id: &str) -> Option<(String, &'static Folder)> {
    let bytes = STANDARD.decode(id).ok()?;
    let backwards: Vec<u8> = bytes.iter().rev().copied().collect();
    read_plain(&bytes)
        .or_else(|| read_plain(&backwards))
        .or_else(|| read_plain(&expanded(&bytes)?))
}

fn read_plain(bytes: &[u8]) -> Option<(String, &'static Folder)> {
    let guid = std::str::from_utf8(bytes.get(4..40)?).ok()?.to_owned();
    let number = *bytes.get(bytes.len().checked_sub(3)?)?;
    let folder = FOLDERS.iter().find(|folder| folder.number == number)?;
    (guid.is_ascii() && folder.bytes_in(&guid) == bytes).then_some((guid, folder))
}

/// Form 1: a byte that is repeated stands twice, with the number of its further repetitions behind.
fn compressed(plain: &[u8]) -> Vec<u8> {
    let mut out = vec![1];
    for run in plain[1..].chunk_by(|a, b| a == b) {
        out.extend(run.iter().take(2));
        if let Some(further) = run.len().checked_sub(2) {
            out.push(u8::try_from(further).expect("an id is shorter than 256 bytes"));
        }
    }
    out
}

fn expanded(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = bytes.strip_prefix(&[1])?.iter().copied().peekable();
    let mut out = vec![0];
    while let Some(byte) = bytes.next() {
        out.push(byte);
        if bytes.next_if_eq(&byte).is_some() {
            let further = bytes.next()?;
            out.extend(std::iter::repeat_n(byte, 1 + usize::from(further)));
        }
    }
    Some(out)
}

/// The GUID (`ExchangeGuid`) of the mailbox with this primary address.
#[must_use]
pub fn mailbox_guid(primary: &str) -> String {
    let b = spread(primary.to_lowercase().as_bytes());
    uuid::Builder::from_random_bytes(b).into_uuid().to_string()
}

fn database_guid(seed: &str) -> [u8; 16] {
    let mut reversed: Vec<u8> = seed.bytes().rev().collect();
    reversed.push(b'#');
    spread(&reversed)
}

/// 128 bits of FNV-1a, which unlike the hasher of the standard library never changes.
fn spread(bytes: &[u8]) -> [u8; 16] {
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for &byte in bytes {
        hash ^= u128::from(byte);
        hash = hash.wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }
    hash.to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ids_are_distinct_stable_and_readable_again() {
        let mut seen = HashSet::new();
        for n in 0..500 {
            let guid = mailbox_guid(&format!("user{n}@contoso.com"));
            for folder in &FOLDERS {
                for (written, head) in [
                    (FolderIds::Plain, "AAMkA"),
                    (FolderIds::Compressed, "AQMkA"),
                    (FolderIds::Opaque, "AA"),
                ] {
                    let id = folder.id_in(&guid, written);
                    assert_eq!(read(&id), Some((guid.clone(), folder)));
                    assert!(id.len() >= 100 && id.starts_with(head), "{id}");
                    assert!(seen.insert(id), "two folders with one id");
                }
            }
        }
        assert_eq!(mailbox_guid("A@b.c"), mailbox_guid("a@B.C"));
    }

    #[test]
    fn foreign_ids_are_not_read() {
        for id in ["", "DUMMY", "AAMk", "AAMkADAwMDAwMDAwLQ=="] {
            assert_eq!(read(id), None, "{id}");
        }
    }
}
