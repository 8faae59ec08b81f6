//! The three messages of NTLM as bytes (MS-NLMP 2.2): read what clients send, write the challenge.
//! Offsets and lengths come from outside and are never trusted.

use super::crypto::utf16;

/// Type of the client's first message.
pub(crate) const NEGOTIATE: u32 = 1;
/// Type of the server's answer.
const CHALLENGE: u32 = 2;
/// Type of the client's second message.
pub(crate) const AUTHENTICATE: u32 = 3;

const FLAG_UNICODE: u32 = 0x0000_0001;
const FLAG_OEM: u32 = 0x0000_0002;
const FLAG_REQUEST_TARGET: u32 = 0x0000_0004;
const FLAG_SIGN: u32 = 0x0000_0010;
const FLAG_SEAL: u32 = 0x0000_0020;
const FLAG_NTLM: u32 = 0x0000_0200;
const FLAG_ALWAYS_SIGN: u32 = 0x0000_8000;
const FLAG_TARGET_IS_DOMAIN: u32 = 0x0001_0000;
/// Extended session security: signatures as `super::crypto` makes them.
pub(super) const FLAG_EXTENDED: u32 = 0x0008_0000;
pub(super) const FLAG_TARGET_INFO: u32 = 0x0080_0000;
const FLAG_VERSION: u32 = 0x0200_0000;
pub(super) const FLAG_128: u32 = 0x2000_0000;
pub(super) const FLAG_KEY_EXCHANGE: u32 = 0x4000_0000;
pub(super) const FLAG_56: u32 = 0x8000_0000;

/// What a server agrees to when a client asks for it.
const AGREED: u32 = FLAG_UNICODE
    | FLAG_OEM
    | FLAG_REQUEST_TARGET
    | FLAG_SIGN
    | FLAG_SEAL
    | FLAG_ALWAYS_SIGN
    | FLAG_EXTENDED
    | FLAG_VERSION
    | FLAG_128
    | FLAG_KEY_EXCHANGE
    | FLAG_56;

const SIGNATURE: &[u8; 8] = b"NTLMSSP\0";
/// Windows Server 2022 (10.0.20348), NTLM revision 15.
const VERSION: [u8; 8] = [10, 0, 0x7c, 0x4f, 0, 0, 0, 15];
/// Where the MIC stands when the message has one: behind the version.
const MIC_AT: usize = 72;

/// Kinds of pairs in a target info (MS-NLMP 2.2.2.1).
pub(super) mod av {
    pub(crate) const END: u16 = 0;
    pub(crate) const NB_COMPUTER_NAME: u16 = 1;
    pub(crate) const NB_DOMAIN_NAME: u16 = 2;
    pub(crate) const DNS_COMPUTER_NAME: u16 = 3;
    pub(crate) const DNS_DOMAIN_NAME: u16 = 4;
    pub(crate) const DNS_TREE_NAME: u16 = 5;
    pub(crate) const FLAGS: u16 = 6;
    pub(crate) const TIMESTAMP: u16 = 7;
    pub(crate) const CHANNEL_BINDINGS: u16 = 10;
}

/// The type of an NTLM message, if it is one.
pub(crate) fn kind(message: &[u8]) -> Option<u32> {
    message.strip_prefix(SIGNATURE)?;
    u32_at(message, 8)
}

/// The flags that a type 1 message asks for.
pub(super) fn negotiate_flags(message: &[u8]) -> Option<u32> {
    (kind(message)? == NEGOTIATE).then(|| u32_at(message, 12))?
}

/// A type 2 message to be.
#[derive(Debug)]
pub(super) struct Challenge<'a> {
    pub(super) asked: u32,
    pub(super) nonce: [u8; 8],
    /// The name in front, usually that of the domain.
    pub(super) target: &'a str,
    pub(super) target_info: Option<Vec<u8>>,
}

impl Challenge<'_> {
    pub(super) fn flags(&self) -> u32 {
        let mut flags = self.asked & AGREED | FLAG_NTLM | FLAG_TARGET_IS_DOMAIN;
        if flags & FLAG_UNICODE != 0 {
            flags &= !FLAG_OEM;
        }
        if self.target_info.is_some() {
            flags |= FLAG_TARGET_INFO;
        }
        flags
    }

    pub(super) fn write(&self) -> Vec<u8> {
        write_challenge(
            self.flags(),
            self.nonce,
            VERSION,
            self.target,
            self.target_info.as_deref().unwrap_or_default(),
        )
    }
}

fn write_challenge(
    flags: u32,
    nonce: [u8; 8],
    version: [u8; 8],
    target: &str,
    target_info: &[u8],
) -> Vec<u8> {
    const HEAD: usize = 56;
    let target = if flags & FLAG_UNICODE != 0 {
        utf16(target)
    } else {
        target.as_bytes().to_vec()
    };
    let mut out = SIGNATURE.to_vec();
    out.extend(CHALLENGE.to_le_bytes());
    out.extend(field(&target, HEAD));
    out.extend(flags.to_le_bytes());
    out.extend(nonce);
    out.extend([0; 8]);
    out.extend(field(target_info, HEAD + target.len()));
    out.extend(version);
    out.extend(target);
    out.extend(target_info);
    out
}

/// Length, room and offset of a part of the payload.
fn field(part: &[u8], offset: usize) -> [u8; 8] {
    let length = u16::try_from(part.len()).expect("names of a domain are short");
    let offset = u32::try_from(offset).expect("a challenge is short");
    let mut out = [0; 8];
    out[..2].copy_from_slice(&length.to_le_bytes());
    out[2..4].copy_from_slice(&length.to_le_bytes());
    out[4..].copy_from_slice(&offset.to_le_bytes());
    out
}

/// Writes pairs, and the end behind them.
pub(super) fn write_pairs(pairs: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let end = (av::END, Vec::new());
    let write = |(kind, value): &(u16, Vec<u8>)| {
        let length = u16::try_from(value.len()).expect("names of a domain are short");
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), value].concat()
    };
    pairs.iter().chain([&end]).flat_map(write).collect()
}

/// Reads pairs up to their end; nothing when they are cut off before.
pub(super) fn read_pairs(mut bytes: &[u8]) -> Option<Vec<(u16, &[u8])>> {
    let mut pairs = Vec::new();
    loop {
        let kind = u16_at(bytes, 0)?;
        let length = usize::from(u16_at(bytes, 2)?);
        if kind == av::END {
            return Some(pairs);
        }
        pairs.push((kind, bytes.get(4..4 + length)?));
        bytes = &bytes[4 + length..];
    }
}

/// A type 3 message, read.
#[derive(Debug)]
pub(crate) struct Authenticate {
    pub(crate) user: String,
    pub(crate) domain: String,
    pub(super) flags: u32,
    pub(super) nt_response: Vec<u8>,
    pub(super) session_key: Vec<u8>,
    raw: Vec<u8>,
}

impl Authenticate {
    /// Reads a message; nothing when it is none or is cut off.
    pub(crate) fn read(message: &[u8]) -> Option<Self> {
        if kind(message)? != AUTHENTICATE {
            return None;
        }
        let flags = u32_at(message, 60)?;
        let text = |at| {
            let bytes = part(message, at)?;
            if flags & FLAG_UNICODE == 0 {
                return Some(bytes.iter().map(|&byte| char::from(byte)).collect());
            }
            let units: Vec<u16> = bytes
                .chunks_exact(2)
                .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
                .collect();
            String::from_utf16(&units).ok()
        };
        Some(Self {
            nt_response: part(message, 20)?.to_vec(),
            domain: text(28)?,
            user: text(36)?,
            session_key: part(message, 52)?.to_vec(),
            flags,
            raw: message.to_vec(),
        })
    }

    /// The pairs inside a response of version 2, as the client sent them.
    pub(crate) fn pairs(&self) -> Vec<(u16, &[u8])> {
        // 16 bytes of proof, 28 of the fixed part (MS-NLMP 2.2.2.7).
        let pairs = self.nt_response.get(44..).and_then(read_pairs);
        pairs.unwrap_or_default()
    }

    /// The value of a pair.
    pub(crate) fn pair(&self, kind: u16) -> Option<&[u8]> {
        let found = self.pairs().into_iter().find(|(found, _)| *found == kind);
        found.map(|(_, value)| value)
    }

    /// The MIC, where the message says that it has one; empty when it then has none.
    pub(super) fn mic(&self) -> Option<&[u8]> {
        const HAS_MIC: u32 = 2;
        let flags = u32_at(self.pair(av::FLAGS)?, 0)?;
        (flags & HAS_MIC != 0).then(|| self.raw.get(MIC_AT..MIC_AT + 16).unwrap_or_default())
    }

    /// The message with zeros in the place of the MIC.
    pub(super) fn without_mic(&self) -> Vec<u8> {
        let mut raw = self.raw.clone();
        if let Some(mic) = raw.get_mut(MIC_AT..MIC_AT + 16) {
            mic.fill(0);
        }
        raw
    }
}

/// The part of a message that the field at this offset points to.
fn part(message: &[u8], field: usize) -> Option<&[u8]> {
    let length = usize::from(u16_at(message, field)?);
    let offset = usize::try_from(u32_at(message, field + 4)?).ok()?;
    if length == 0 {
        return Some(&[]);
    }
    message.get(offset..offset.checked_add(length)?)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at + 2)?;
    Some(u16::from_le_bytes(bytes.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::crypto::tests::hex;
    use super::*;

    /// The challenge of MS-NLMP 4.2.4.3.
    pub(crate) fn published_challenge() -> Vec<u8> {
        hex("
            4e 54 4c 4d 53 53 50 00 02 00 00 00 0c 00 0c 00
            38 00 00 00 33 82 8a e2 01 23 45 67 89 ab cd ef
            00 00 00 00 00 00 00 00 24 00 24 00 44 00 00 00
            06 00 70 17 00 00 00 0f 53 00 65 00 72 00 76 00
            65 00 72 00 02 00 0c 00 44 00 6f 00 6d 00 61 00
            69 00 6e 00 01 00 0c 00 53 00 65 00 72 00 76 00
            65 00 72 00 00 00 00 00")
    }

    /// The type 3 message of MS-NLMP 4.2.4.3.
    pub(crate) fn published_authenticate() -> Vec<u8> {
        hex("
            4e 54 4c 4d 53 53 50 00 03 00 00 00 18 00 18 00
            6c 00 00 00 54 00 54 00 84 00 00 00 0c 00 0c 00
            48 00 00 00 08 00 08 00 54 00 00 00 10 00 10 00
            5c 00 00 00 10 00 10 00 d8 00 00 00 35 82 88 e2
            05 01 28 0a 00 00 00 0f 44 00 6f 00 6d 00 61 00
            69 00 6e 00 55 00 73 00 65 00 72 00 43 00 4f 00
            4d 00 50 00 55 00 54 00 45 00 52 00 86 c3 50 97
            ac 9c ec 10 25 54 76 4a 57 cc cc 19 aa aa aa aa
            aa aa aa aa 68 cd 0a b8 51 e5 1c 96 aa bc 92 7b
            eb ef 6a 1c 01 01 00 00 00 00 00 00 00 00 00 00
            00 00 00 00 aa aa aa aa aa aa aa aa 00 00 00 00
            02 00 0c 00 44 00 6f 00 6d 00 61 00 69 00 6e 00
            01 00 0c 00 53 00 65 00 72 00 76 00 65 00 72 00
            00 00 00 00 00 00 00 00 c5 da d2 54 4f c9 79 90
            94 ce 1c e9 0b c9 d0 3e")
    }

    #[test]
    fn the_challenge_is_that_of_the_specification() {
        let info = write_pairs(&[
            (av::NB_DOMAIN_NAME, utf16("Domain")),
            (av::NB_COMPUTER_NAME, utf16("Server")),
        ]);
        let nonce = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];
        let version = [6, 0, 0x70, 0x17, 0, 0, 0, 15];
        let written = write_challenge(0xe28a_8233, nonce, version, "Server", &info);
        assert_eq!(written, published_challenge());
    }

    #[test]
    fn a_published_type_3_is_read() {
        let message = Authenticate::read(&published_authenticate()).unwrap();
        assert_eq!(
            (message.user.as_str(), message.domain.as_str()),
            ("User", "Domain")
        );
        assert_eq!(message.nt_response.len(), 84);
        assert_eq!(
            message.pair(av::NB_COMPUTER_NAME),
            Some(utf16("Server").as_slice())
        );
        assert_eq!(message.pair(av::CHANNEL_BINDINGS), None);
        assert_eq!(message.mic(), None, "no flag says that there is one");
    }

    #[test]
    fn a_message_cut_anywhere_is_no_message_and_no_panic() {
        let whole = published_authenticate();
        for end in 0..whole.len() {
            assert!(Authenticate::read(&whole[..end]).is_none(), "{end}");
        }
        let mut outside = whole;
        outside[24..28].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(Authenticate::read(&outside).is_none());
        assert_eq!(read_pairs(&[2, 0, 200, 0, 1]), None);
    }
}
