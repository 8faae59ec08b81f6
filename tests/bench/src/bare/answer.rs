//! The answers, made once: of an opened folder only the identity is filled in, always as long as
//! the one before. No answer depends on anything but the address and the folder.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Asks for the password.
pub(crate) const CHALLENGE: &[u8] =
    b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"bench\"\r\nContent-Length: 0\r\n\r\n";

/// What a load balancer says when there is no room.
pub(crate) const UNAVAILABLE: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// Length of an identity: 90 bytes in base64.
const IDENTITY: usize = 120;

const NAMESPACES: &str = "xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\" xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\"";

/// "Opened", whole but for the identity.
pub(crate) struct Opened {
    text: Vec<u8>,
    identity_at: usize,
}

impl Opened {
    /// The answer about a folder of this element name, class and display name, in *types*.
    pub(crate) fn new(element: &str, class: &str, name: &str) -> Self {
        let blank = "A".repeat(IDENTITY);
        let xml = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header><h:ServerVersionInfo MajorVersion=\"15\" MinorVersion=\"2\" MajorBuildNumber=\"2562\" MinorBuildNumber=\"17\" Version=\"V2017_07_11\" xmlns:h=\"http://schemas.microsoft.com/exchange/services/2006/types\"/></s:Header><s:Body><m:GetFolderResponse {NAMESPACES}><m:ResponseMessages><m:GetFolderResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode><m:Folders><t:{element}><t:FolderId Id=\"{blank}\" ChangeKey=\"AQAAABYAAAA=\"/>{class}{name}</t:{element}></m:Folders></m:GetFolderResponseMessage></m:ResponseMessages></m:GetFolderResponse></s:Body></s:Envelope>"
        );
        let text = http("200 OK", &xml);
        let identity_at = text
            .windows(IDENTITY)
            .position(|window| window == blank.as_bytes())
            .expect("the template holds the blank identity");
        Self { text, identity_at }
    }

    /// The answer for a mailbox, written over `reply`.
    pub(crate) fn write(&self, mailbox: &[u8], reply: &mut Vec<u8>) {
        reply.clear();
        reply.extend_from_slice(&self.text);
        let place = &mut reply[self.identity_at..self.identity_at + IDENTITY];
        STANDARD
            .encode_slice(entry_id(mailbox), place)
            .expect("90 bytes are 120 characters");
    }
}

/// A fault with a throttling code and its back-off.
pub(crate) fn fault(code: &str, text: &str, back_off_ms: u128) -> Vec<u8> {
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault><faultcode xmlns:a=\"http://schemas.microsoft.com/exchange/services/2006/types\">a:{code}</faultcode><faultstring xml:lang=\"en-US\">{text}</faultstring><detail><e:ResponseCode xmlns:e=\"http://schemas.microsoft.com/exchange/services/2006/errors\">{code}</e:ResponseCode><e:Message xmlns:e=\"http://schemas.microsoft.com/exchange/services/2006/errors\">{text}</e:Message><t:MessageXml xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\"><t:Value Name=\"BackOffMilliseconds\">{back_off_ms}</t:Value></t:MessageXml></detail></s:Fault></s:Body></s:Envelope>"
    );
    http("500 Internal Server Error", &xml)
}

fn http(status: &str, xml: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: {}\r\n\r\n{xml}",
        xml.len()
    )
    .into_bytes()
}

/// What Exchange puts into an id: compression, kind, the mailbox GUID as text, the entry id.
fn entry_id(mailbox: &[u8]) -> [u8; 90] {
    let mut bytes = [0; 90];
    bytes[1] = 3;
    bytes[2] = 36;
    let hash = spread(mailbox).to_be_bytes();
    let mut at = 4;
    for (index, byte) in hash.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            bytes[at] = b'-';
            at += 1;
        }
        bytes[at] = digit(byte >> 4);
        bytes[at + 1] = digit(byte & 15);
        at += 2;
    }
    bytes[41] = 46;
    bytes[47..63].copy_from_slice(&[0x5b; 16]);
    bytes[63] = 1;
    bytes[65..81].copy_from_slice(&hash);
    bytes[86] = 12;
    bytes
}

const fn digit(nibble: u8) -> u8 {
    if nibble < 10 {
        b'0' + nibble
    } else {
        b'a' + nibble - 10
    }
}

/// 128 bits of FNV-1a: stable, and distinct for the addresses of a benchmark.
fn spread(bytes: &[u8]) -> u128 {
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for &byte in bytes {
        hash ^= u128::from(byte.to_ascii_lowercase());
        hash = hash.wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_mailbox_has_an_identity_of_its_own() {
        let opened = Opened::new("Folder", "", "");
        let (mut seen, mut reply) = (HashSet::new(), Vec::new());
        for number in 0..10_000 {
            opened.write(format!("user{number}@contoso.com").as_bytes(), &mut reply);
            assert_eq!(reply.len(), opened.text.len());
            let text = String::from_utf8(reply.clone()).expect("text");
            let id = text.split("Id=\"").nth(1).expect("an id")[..IDENTITY].to_owned();
            assert!(id.starts_with("AAMk"), "{id}");
            assert!(seen.insert(id), "two mailboxes with one identity");
        }
    }

    #[test]
    fn the_identity_holds_a_guid_as_text() {
        let bytes = entry_id(b"user1@contoso.com");
        let guid = std::str::from_utf8(&bytes[4..40]).expect("text");
        let parts: Vec<usize> = guid.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12], "{guid}");
        assert_eq!(bytes, entry_id(b"USER1@contoso.com"));
    }
}
