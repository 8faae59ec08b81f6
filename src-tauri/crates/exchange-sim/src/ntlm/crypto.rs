//! The cryptography of NTLM version 2 (MS-NLMP 3.3.2 and 3.4): hashes of passwords, proofs, and the
//! signatures that protect a list of mechanisms. Nothing here is fit for anything but NTLM.

use hmac::{Hmac, KeyInit as _, Mac as _};
use md4::{Digest as _, Md4};
use md5::Md5;

use super::messages::{FLAG_56, FLAG_128, FLAG_KEY_EXCHANGE};

/// MD5 of the parts one after the other.
pub(crate) fn md5(parts: &[&[u8]]) -> [u8; 16] {
    let mut digest = Md5::new();
    for part in parts {
        digest.update(part);
    }
    digest.finalize().into()
}

/// HMAC-MD5 of the parts one after the other.
pub(super) fn hmac_md5(key: &[u8], parts: &[&[u8]]) -> [u8; 16] {
    let mut mac = Hmac::<Md5>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// `NTOWFv2`: HMAC-MD5 of name and domain, keyed with the MD4 of the password.
pub(super) fn ntowf_v2(password: &str, user: &str, domain: &str) -> [u8; 16] {
    let hash: [u8; 16] = Md4::digest(utf16(password)).into();
    hmac_md5(&hash, &[&utf16(&upper_case(user)), &utf16(domain)])
}

/// UTF-16, little-endian.
pub(super) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Upper case as Windows makes it: character by character, so that `ß` stays what it is.
fn upper_case(text: &str) -> String {
    let upper = |character: char| {
        let mut upper = character.to_uppercase();
        match (upper.next(), upper.next()) {
            (Some(one), None) => one,
            _ => character,
        }
    };
    text.chars().map(upper).collect()
}

/// The RC4 stream cipher.
#[derive(Clone)]
pub(super) struct Rc4 {
    state: [u8; 256],
    i: u8,
    j: u8,
}

impl Rc4 {
    pub(super) fn new(key: &[u8]) -> Self {
        let mut state: [u8; 256] = std::array::from_fn(|n| n.to_le_bytes()[0]);
        let mut j = 0_u8;
        for i in 0..256 {
            j = j.wrapping_add(state[i]).wrapping_add(key[i % key.len()]);
            state.swap(i, usize::from(j));
        }
        Self { state, i: 0, j: 0 }
    }

    /// Encrypts or decrypts.
    pub(super) fn apply(&mut self, data: &[u8]) -> Vec<u8> {
        data.iter().map(|byte| byte ^ self.next()).collect()
    }

    fn next(&mut self) -> u8 {
        self.i = self.i.wrapping_add(1);
        self.j = self.j.wrapping_add(self.state[usize::from(self.i)]);
        self.state.swap(usize::from(self.i), usize::from(self.j));
        let sum = self.state[usize::from(self.i)].wrapping_add(self.state[usize::from(self.j)]);
        self.state[usize::from(sum)]
    }
}

/// Who signs.
#[derive(Debug, Clone, Copy)]
pub(super) enum Direction {
    ClientToServer,
    ServerToClient,
}

impl Direction {
    const fn magic(self) -> (&'static [u8], &'static [u8]) {
        match self {
            Self::ClientToServer => (
                b"session key to client-to-server signing key magic constant\0",
                b"session key to client-to-server sealing key magic constant\0",
            ),
            Self::ServerToClient => (
                b"session key to server-to-client signing key magic constant\0",
                b"session key to server-to-client sealing key magic constant\0",
            ),
        }
    }
}

/// Signs messages of one direction, numbered from 0 (MS-NLMP 3.4.4.2, extended session security).
pub(super) struct Signer {
    signing_key: [u8; 16],
    sealing: Rc4,
    exchanged: bool,
    number: u32,
}

impl Signer {
    pub(super) fn new(session_key: &[u8; 16], flags: u32, direction: Direction) -> Self {
        let strength = if flags & FLAG_128 != 0 {
            16
        } else if flags & FLAG_56 != 0 {
            7
        } else {
            5
        };
        let (signing, sealing) = direction.magic();
        Self {
            signing_key: md5(&[session_key, signing]),
            sealing: Rc4::new(&md5(&[&session_key[..strength], sealing])),
            exchanged: flags & FLAG_KEY_EXCHANGE != 0,
            number: 0,
        }
    }

    /// The 16 bytes of `NTLMSSP_MESSAGE_SIGNATURE`.
    pub(super) fn sign(&mut self, message: &[u8]) -> [u8; 16] {
        let number = self.number.to_le_bytes();
        let whole = hmac_md5(&self.signing_key, &[&number, message]);
        let mut checksum = whole[..8].to_vec();
        if self.exchanged {
            checksum = self.sealing.apply(&checksum);
        }
        let mut signature = [0; 16];
        signature[0] = 1;
        signature[4..12].copy_from_slice(&checksum);
        signature[12..].copy_from_slice(&number);
        self.number += 1;
        signature
    }
}

/// Compares without telling by the time it takes where the difference is.
pub(super) fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .fold(0, |difference, (l, r)| difference | (l ^ r))
            == 0
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Bytes of the specification's listings.
    pub(crate) fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
        digits
            .chunks(2)
            .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap())
            .collect()
    }

    #[test]
    fn ntowf_v2_is_that_of_the_specification() {
        // MS-NLMP 4.2.4.1.1
        let expected = hex("0c 86 8a 40 3b fd 7a 93 a3 00 1e f2 2e f0 2e 3f");
        assert_eq!(ntowf_v2("Password", "User", "Domain").to_vec(), expected);
        assert_eq!(ntowf_v2("Password", "uSER", "Domain").to_vec(), expected);
        assert_ne!(
            ntowf_v2("Password", "User", "DOMAIN").to_vec(),
            expected,
            "the domain goes in as it was sent"
        );
    }

    #[test]
    fn names_are_raised_character_by_character() {
        assert_eq!(upper_case("ärger-straße@é.ф"), "ÄRGER-STRAßE@É.Ф");
    }

    #[test]
    fn rc4_is_that_of_its_published_vectors() {
        // https://www.rfc-editor.org/rfc/rfc6229, 40-bit key, first bytes of the stream
        let stream = Rc4::new(&[1, 2, 3, 4, 5]).apply(&[0; 16]);
        assert_eq!(
            stream,
            hex("b2 39 63 05 f0 3d c0 27 cc c3 52 4a 0a 11 18 a8")
        );
    }

    #[test]
    fn signatures_are_those_of_the_specification() {
        // MS-NLMP 4.2.4.4: the message is sealed first, which moves the stream on.
        let flags = FLAG_KEY_EXCHANGE | FLAG_128;
        let mut signer = Signer::new(&[0x55; 16], flags, Direction::ClientToServer);
        assert_eq!(
            signer.signing_key.to_vec(),
            hex("47 88 dc 86 1b 47 82 f3 5d 43 fd 98 fe 1a 2d 39")
        );
        let message = utf16("Plaintext");
        assert_eq!(
            signer.sealing.apply(&message),
            hex("54 e5 01 65 bf 19 36 dc 99 60 20 c1 81 1b 0f 06 fb 5f")
        );
        assert_eq!(
            signer.sign(&message).to_vec(),
            hex("01 00 00 00 7f b3 8e c5 c5 5d 49 76 00 00 00 00")
        );
    }

    #[test]
    fn only_equal_bytes_are_the_same() {
        assert!(same(b"ab", b"ab"));
        assert!(!same(b"ab", b"aB"));
        assert!(!same(b"ab", b"a"));
    }
}
