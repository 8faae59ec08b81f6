//! The mailbox GUID that an EWS folder identity carries. It reads what it knows and nothing else: an
//! identity of any other layout simply carries none, which says nothing against its mailbox.
//!
//! To clients identities are opaque, so this may only ever strengthen a proof. What is documented:
//!
//! - The layout and its two compressions: [MS-OXCEXT] §2.2.6.1 (`DerivedWSId`), §2.2.6.1.1 (`DerivedId`:
//!   0x03, length, mailbox GUID as text, object type, entry id) and §3.1.4.5 (runs of bytes); the same in
//!   [MS-OXWSITEMID] §2.2. Both are about items; folders have the same layout with the `EntryID` of
//!   a folder ([MS-OXCDATA] §2.2.4.1, 46 bytes), seen on Exchange 2010 to SE and described by
//!   <https://github.com/grommunio/gromox/blob/master/doc/ews_spec.rst>.
//! - That the GUID is the mailbox's own, `ExchangeGuid` in
//!   <https://learn.microsoft.com/powershell/module/exchange/get-mailbox> (`msExchMailboxGuid`), follows from "a
//!   string that contains the mailbox GUID"; an archive has a GUID of its own.
//!
//! What is not documented, and not relied upon: that the `ProviderUID` within the entry id is that GUID as
//! well (it is another one in identities seen), and layouts other than 0x03. `ConvertId` is the
//! documented way to an entry id, costs a request, and answers with the `ProviderUID` only.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Longest identity that is looked into, in characters: twice what [MS-OXWSITEMID] allows.
const MOST: usize = 1024;
/// `MailboxItemMailboxGuidBased`.
const BY_MAILBOX_GUID: u8 = 3;
/// Length of a GUID as text ([MS-DTYP] §2.3.4.3, without braces).
const TEXT: usize = 36;

/// The GUID of a mailbox, in the order in which its text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MailboxGuid(pub [u8; 16]);

impl MailboxGuid {
    /// The GUID that a folder identity (`t:FolderId/@Id`) carries. `None`: it carries none, or has a layout
    /// that is not known; never a fault.
    #[must_use]
    pub fn of_folder(id: &str) -> Option<Self> {
        if id.len() > MOST {
            return None;
        }
        let mut bytes = [0; MOST / 4 * 3];
        let length = STANDARD.decode_slice(id, &mut bytes).ok()?;
        let (compression, payload) = bytes[..length].split_first()?;
        match compression {
            0 => of_payload(payload),
            1 => of_payload(&decompressed(payload)?),
            _ => None,
        }
    }

    /// Reads the text of a GUID: 32 hexadecimal digits, with dashes or without, in braces or not.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let bare = text
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
            .unwrap_or(text);
        match bare.len() {
            TEXT => dashed(bare.as_bytes()),
            32 => digits(bare.bytes()),
            _ => None,
        }
    }
}

/// With dashes, in lower case, as Exchange shows it.
impl fmt::Display for MailboxGuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// All of it must fit: what merely begins alike is something else.
fn of_payload(payload: &[u8]) -> Option<MailboxGuid> {
    let (&[kind, low, high], rest) = payload.split_first_chunk()?;
    if kind != BY_MAILBOX_GUID || usize::from(u16::from_le_bytes([low, high])) != TEXT {
        return None;
    }
    let (guid, rest) = rest.split_at_checked(TEXT)?;
    let (&[_instruction, low, high], entry) = rest.split_first_chunk()?;
    let entry_id = usize::from(u16::from_le_bytes([low, high]));
    if entry_id == 0 || entry.len() != entry_id {
        return None;
    }
    dashed(guid)
}

/// A byte that stands twice is followed by how often it stands beyond that ([MS-OXCEXT] §3.1.4.5).
fn decompressed(mut from: &[u8]) -> Option<Vec<u8>> {
    let mut all = Vec::with_capacity(MOST);
    while let Some((&byte, rest)) = from.split_first() {
        let run = match rest {
            [next, more, ..] if *next == byte => {
                from = &rest[2..];
                usize::from(*more) + 2
            }
            [next] if *next == byte => return None,
            _ => {
                from = rest;
                1
            }
        };
        if all.len() + run > MOST {
            return None;
        }
        all.resize(all.len() + run, byte);
    }
    Some(all)
}

fn dashed(text: &[u8]) -> Option<MailboxGuid> {
    let placed = [8, 13, 18, 23]
        .iter()
        .all(|at| text.get(*at) == Some(&b'-'));
    if !placed || text.len() != TEXT {
        return None;
    }
    digits(text.iter().copied().filter(|byte| *byte != b'-'))
}

/// 32 digits, and not all of them zero: that is the GUID of nothing.
fn digits(text: impl Iterator<Item = u8>) -> Option<MailboxGuid> {
    let mut guid = [0_u8; 16];
    let mut count = 0;
    for byte in text {
        let digit = u8::try_from(char::from(byte).to_digit(16)?).ok()?;
        let place = guid.get_mut(count / 2)?;
        *place = *place << 4 | digit;
        count += 1;
    }
    (count == 32 && guid != [0; 16]).then_some(MailboxGuid(guid))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GUID: &str = "bb00f7cf-0b94-4fab-8ef5-231f0bc40416";

    /// Type, GUID text, instruction, entry id of `length` bytes that repeat in runs.
    fn payload(guid: &str, length: u8) -> Vec<u8> {
        let mut bytes = vec![3, 36, 0];
        bytes.extend(guid.as_bytes());
        bytes.extend([0, length, 0]);
        bytes.extend((0..length).map(|at| at / 5));
        bytes
    }

    fn plain(payload: &[u8]) -> String {
        STANDARD.encode([&[0], payload].concat())
    }

    /// Written from the four sentences of [MS-OXCEXT] §3.1.4.5, apart from the reader.
    fn compressed(payload: &[u8]) -> String {
        let mut bytes = vec![1];
        let mut at = 0;
        while at < payload.len() {
            let same = payload[at..]
                .iter()
                .take_while(|b| **b == payload[at])
                .count();
            let run = same.min(257);
            bytes.push(payload[at]);
            if run > 1 {
                bytes.extend([payload[at], u8::try_from(run - 2).unwrap()]);
            }
            at += run;
        }
        STANDARD.encode(bytes)
    }

    #[test]
    fn an_identity_of_exchange_carries_its_mailbox_guid() {
        // The layout of gromox's `ews_spec.rst`, with an entry id of our own.
        let id = plain(&payload(GUID, 46));
        assert!(id.starts_with("AAMkA"), "{id}");
        let guid = MailboxGuid::of_folder(&id).expect("a known layout");
        assert_eq!(guid.to_string(), GUID);
        assert_eq!(guid.0[..4], [0xbb, 0x00, 0xf7, 0xcf]);
    }

    #[test]
    fn a_compressed_identity_carries_it_too() {
        for guid in [
            GUID,
            "7e616754-278d-49bb-805a-0f7864fe3dc5",
            "00000000-0000-0000-0000-000000000001",
        ] {
            let id = compressed(&payload(guid, 46));
            assert!(id.starts_with("AQMkA"), "{id}");
            let read = MailboxGuid::of_folder(&id).map(|guid| guid.to_string());
            assert_eq!(read.as_deref(), Some(guid));
        }
    }

    #[test]
    fn any_other_layout_carries_none() {
        let good = payload(GUID, 46);
        let with = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            plain(&bytes)
        };
        let compression = |byte: u8| STANDARD.encode([&[byte], good.as_slice()].concat());
        for (why, id) in [
            ("no text", String::new()),
            ("no base64", "AAMk*".to_owned()),
            (
                "not padded",
                plain(&payload(GUID, 45)).trim_end_matches('=').to_owned() + "A",
            ),
            ("another compression", compression(2)),
            ("not compressed after all", compression(1)),
            ("by address", with(0, 0)),
            ("of a conversation", with(0, 4)),
            ("a shorter GUID", with(1, 35)),
            ("a GUID of many bytes", with(2, 1)),
            ("a letter beyond f", with(3, b'g')),
            ("a dash elsewhere", with(11, b'0')),
            (
                "more than the entry id",
                plain(&[good.as_slice(), &[0]].concat()),
            ),
            ("less than the entry id", plain(&good[..good.len() - 1])),
            ("no entry id", plain(&payload(GUID, 0))),
            (
                "the GUID of nothing",
                plain(&payload("00000000-0000-0000-0000-000000000000", 46)),
            ),
            ("a run without its length", STANDARD.encode([1, 3, 3])),
            (
                "a run that never ends",
                STANDARD.encode([[1, 7, 7].as_slice(), &[255; 700]].concat()),
            ),
            ("too long", "A".repeat(MOST + 4)),
        ] {
            assert_eq!(MailboxGuid::of_folder(&id), None, "{why}: {id}");
        }
    }

    #[test]
    fn a_guid_is_read_as_people_write_it() {
        let guid = MailboxGuid::parse(GUID).expect("a GUID");
        for text in [
            " BB00F7CF-0B94-4FAB-8EF5-231F0BC40416 ",
            "{bb00f7cf-0b94-4fab-8ef5-231f0bc40416}",
            "bb00f7cf0b944fab8ef5231f0bc40416",
        ] {
            assert_eq!(MailboxGuid::parse(text), Some(guid), "{text}");
        }
        for text in [
            "",
            "anna@contoso.com",
            "{bb00f7cf-0b94-4fab-8ef5-231f0bc40416",
            "bb00f7cf-0b94-4fab-8ef5-231f0bc4041",
            "bb00f7cf-0b944-fab-8ef5-231f0bc40416",
            "bb00f7cf-0b94-4fab-8ef5-231f0bc4041é",
            "00000000-0000-0000-0000-000000000000",
            "System.Guid",
        ] {
            assert_eq!(MailboxGuid::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(id in "\\PC{0,80}", bytes: Vec<u8>) {
            let _ = MailboxGuid::of_folder(&id);
            let _ = MailboxGuid::of_folder(&STANDARD.encode(&bytes));
            let _ = MailboxGuid::of_folder(&plain(&[&[3, 36, 0], bytes.as_slice()].concat()));
            let _ = MailboxGuid::of_folder(&STANDARD.encode([&[1, 3, 36, 0], bytes.as_slice()].concat()));
        }

        #[test]
        fn both_forms_carry_every_guid(bytes: [u8; 16], length in 1..=200_u8) {
            prop_assume!(bytes != [0; 16]);
            let payload = payload(&MailboxGuid(bytes).to_string(), length);
            prop_assert_eq!(MailboxGuid::of_folder(&plain(&payload)), Some(MailboxGuid(bytes)));
            prop_assert_eq!(MailboxGuid::of_folder(&compressed(&payload)), Some(MailboxGuid(bytes)));
        }

        #[test]
        fn what_is_shown_is_read_again(bytes: [u8; 16]) {
            prop_assume!(bytes != [0; 16]);
            prop_assert_eq!(MailboxGuid::parse(&MailboxGuid(bytes).to_string()), Some(MailboxGuid(bytes)));
        }
    }
}
