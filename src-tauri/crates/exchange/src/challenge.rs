//! The NTLM challenge of a server, read with care: it comes from anybody who answers on the port. It
//! names the server's domain and clock before any log-on. Nothing here answers a challenge.

use std::time::Duration;

/// The three messages start so (MS-NLMP §2.2.1).
const SIGNATURE: &[u8; 8] = b"NTLMSSP\0";
/// Fixed part of a challenge without version (MS-NLMP §2.2.1.2).
const HEADER: usize = 48;
/// `NTLMSSP_NEGOTIATE_UNICODE`.
const UNICODE: u32 = 1;
/// From 1601-01-01 (FILETIME) to 1970-01-01, in units of 100 ns.
const EPOCH: u64 = 116_444_736_000_000_000;
/// Most attribute-value pairs: Windows sends six or seven.
const MAX_PAIRS: usize = 64;

/// What a challenge says of the server (MS-NLMP §2.2.1.2 and §2.2.2.1).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Challenge {
    /// Whether there is a list of attributes at all: NTLM version 2 needs one.
    pub has_target_info: bool,
    /// `MsvAvNbDomainName`: `CONTOSO`.
    pub netbios_domain: Option<String>,
    /// `MsvAvDnsDomainName`: `contoso.com`.
    pub dns_domain: Option<String>,
    /// `MsvAvDnsTreeName`: `contoso.com`.
    pub dns_tree: Option<String>,
    /// `MsvAvDnsComputerName`: `ex1.contoso.com`.
    pub dns_computer: Option<String>,
    /// `MsvAvTimestamp`: the server's clock, since 1970-01-01 UTC.
    pub time: Option<Duration>,
}

/// Why bytes are no challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChallengeError {
    /// They do not start like an NTLM message, or it is another of the three.
    #[error("this is no NTLM challenge")]
    NotAChallenge,
    /// A field points outside of the message.
    #[error("the NTLM challenge is cut off")]
    Truncated,
    /// The list of attributes does not end, or an attribute has an impossible length.
    #[error("the attributes of the NTLM challenge are damaged")]
    Damaged,
}

impl Challenge {
    /// Reads a `CHALLENGE_MESSAGE`, raw or inside of a SPNEGO token (RFC 4178): there it stands whole
    /// at the end of an octet string, so its signature finds it.
    ///
    /// # Errors
    /// [`ChallengeError`].
    pub fn read(token: &[u8]) -> Result<Self, ChallengeError> {
        let message = message(token).ok_or(ChallengeError::NotAChallenge)?;
        if u32_at(message, 8) != Some(2) {
            return Err(ChallengeError::NotAChallenge);
        }
        if message.len() < 32 {
            return Err(ChallengeError::Truncated);
        }
        let flags = u32_at(message, 20).ok_or(ChallengeError::Truncated)?;
        let mut challenge = Self::default();
        // Old servers end here: no attributes.
        if message.len() >= HEADER {
            let info = field(message, 40)?;
            challenge.has_target_info = !info.is_empty();
            challenge.attributes(info)?;
        }
        if challenge.netbios_domain.is_none() && flags & UNICODE != 0 {
            challenge.netbios_domain = text(field(message, 12)?);
        }
        Ok(challenge)
    }

    fn attributes(&mut self, mut info: &[u8]) -> Result<(), ChallengeError> {
        for _ in 0..MAX_PAIRS {
            let (Some(id), Some(length)) = (u16_at(info, 0), u16_at(info, 2)) else {
                // Some servers leave the terminator out.
                return if info.is_empty() {
                    Ok(())
                } else {
                    Err(ChallengeError::Damaged)
                };
            };
            let value = info
                .get(4..4 + usize::from(length))
                .ok_or(ChallengeError::Damaged)?;
            match id {
                0 => return Ok(()),
                2 => self.netbios_domain = text(value),
                3 => self.dns_computer = text(value),
                4 => self.dns_domain = text(value),
                5 => self.dns_tree = text(value),
                7 => self.time = time(value),
                _ => {}
            }
            info = &info[4 + value.len()..];
        }
        Err(ChallengeError::Damaged)
    }
}

/// The NTLM message in a token.
pub(crate) fn message(token: &[u8]) -> Option<&[u8]> {
    let at = token
        .windows(SIGNATURE.len())
        .position(|window| window == SIGNATURE)?;
    Some(&token[at..])
}

/// A length, a space and an offset: the bytes they point at.
fn field(message: &[u8], at: usize) -> Result<&[u8], ChallengeError> {
    let length = u16_at(message, at).ok_or(ChallengeError::Truncated)?;
    let offset = u32_at(message, at + 4).ok_or(ChallengeError::Truncated)?;
    if length == 0 {
        return Ok(&[]);
    }
    let from = usize::try_from(offset).map_err(|_| ChallengeError::Truncated)?;
    let to = from
        .checked_add(usize::from(length))
        .ok_or(ChallengeError::Truncated)?;
    message.get(from..to).ok_or(ChallengeError::Truncated)
}

/// UTF-16 as it is shown to people: no control characters, at most a DNS name long.
fn text(bytes: &[u8]) -> Option<String> {
    let units = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .filter(|c| !c.is_control())
        .take(255)
        .collect();
    (!text.is_empty()).then_some(text)
}

fn time(value: &[u8]) -> Option<Duration> {
    let ticks = u64::from_le_bytes(value.try_into().ok()?);
    ticks
        .checked_sub(EPOCH)
        .map(|since| Duration::from_nanos_u128(u128::from(since) * 100))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at + 2)?;
    Some(u16::from_le_bytes([two[0], two[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?;
    Some(u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::{Challenge, ChallengeError, EPOCH};

    /// The `CHALLENGE_MESSAGE` of MS-NLMP §4.2.4.3.
    const PUBLISHED: &str = "4e544c4d53535000020000000c000c003800000033828ae2\
        0123456789abcdef00000000000000002400240044000000\
        060070170000000f53006500720076006500720002000c0044006f006d00610069006e00\
        01000c0053006500720076006500720000000000";

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<u32> = hex.chars().filter_map(|c| c.to_digit(16)).collect();
        digits
            .chunks(2)
            .map(|pair| u8::try_from(pair[0] << 4 | pair[1]).expect("two digits"))
            .collect()
    }

    #[test]
    fn the_published_challenge_reads() {
        let challenge = Challenge::read(&bytes(PUBLISHED)).expect("it is sound");
        assert!(challenge.has_target_info);
        assert_eq!(challenge.netbios_domain.as_deref(), Some("Domain"));
        assert_eq!(challenge.time, None, "it carries no timestamp");
    }

    #[test]
    fn it_is_found_inside_of_a_spnego_token() {
        let mut token = bytes("a1 81 ce 30 81 cb a0 03 0a 01 01");
        token.extend(bytes(PUBLISHED));
        let found = Challenge::read(&token).expect("it is in there");
        assert_eq!(found.netbios_domain.as_deref(), Some("Domain"));
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        let whole = bytes(PUBLISHED);
        assert_eq!(
            Challenge::read(&whole[..60]),
            Err(ChallengeError::Truncated)
        );
        assert_eq!(Challenge::read(b"HTTP"), Err(ChallengeError::NotAChallenge));
        let mut other = whole.clone();
        other[8] = 1;
        assert_eq!(Challenge::read(&other), Err(ChallengeError::NotAChallenge));
        let mut damaged = whole;
        damaged[70] = 0xff;
        assert_eq!(Challenge::read(&damaged), Err(ChallengeError::Damaged));
    }

    /// A challenge with these attributes, by id.
    fn with(attributes: &[(u16, Vec<u8>)]) -> Vec<u8> {
        let mut info = Vec::new();
        for (id, value) in attributes.iter().chain([&(0, Vec::new())]) {
            info.extend(id.to_le_bytes());
            info.extend(u16::try_from(value.len()).expect("short").to_le_bytes());
            info.extend(value);
        }
        let mut message = bytes(PUBLISHED)[..48].to_vec();
        message[12..16].fill(0);
        let length = u16::try_from(info.len()).expect("short").to_le_bytes();
        message[40..42].copy_from_slice(&length);
        message[42..44].copy_from_slice(&length);
        message[44..48].copy_from_slice(&48_u32.to_le_bytes());
        message.extend(info);
        message
    }

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(token in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = Challenge::read(&token);
        }

        #[test]
        fn a_sound_one_that_is_cut_anywhere_is_no_other(cut in 0_usize..104) {
            let whole = bytes(PUBLISHED);
            match Challenge::read(&whole[..cut.min(whole.len())]) {
                Ok(read) => prop_assert!(read == Challenge::read(&whole).expect("sound") || !read.has_target_info),
                Err(_) => prop_assert!(cut < whole.len()),
            }
        }

        #[test]
        fn one_changed_byte_never_panics(at in 0_usize..104, to in any::<u8>()) {
            let mut token = bytes(PUBLISHED);
            let at = at % token.len();
            token[at] = to;
            let _ = Challenge::read(&token);
        }

        #[test]
        fn names_and_clock_read_back(
            domain in "[A-Z][A-Z0-9]{0,14}",
            dns in "[a-zäöü]{1,20}\\.[a-z]{2,5}",
            seconds in 0_u64..20_000_000_000,
        ) {
            let ticks = EPOCH + seconds * 10_000_000;
            let token = with(&[
                (2, utf16(&domain)),
                (4, utf16(&dns)),
                (7, ticks.to_le_bytes().to_vec()),
            ]);
            let read = Challenge::read(&token).expect("it is sound");
            prop_assert_eq!(read.netbios_domain, Some(domain));
            prop_assert_eq!(read.dns_domain, Some(dns));
            prop_assert_eq!(read.time, Some(Duration::from_secs(seconds)));
        }
    }
}
