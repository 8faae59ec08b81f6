//! Keys: the one made from the password, and those that come with tickets. AES with HMAC-SHA1 (RFC 3962) is
//! what there is; RC4 and DES are not taken.

use picky_krb::crypto::CipherSuite;
use picky_krb::messages::{EncAsRepPart, EncKdcRepPart, EncTgsRepPart, KdcRep};
use sspi::Secret;
use sspi::kerberos::EncryptionParams;
use zeroize::Zeroizing;

use super::answer::{self, KeyHint};
use super::der::{field, only};
use super::tickets::broken;
use crate::HandshakeError;

/// Numbers of the encryption types, the better first.
const AES: [(u32, CipherSuite); 2] = [
    (18, CipherSuite::Aes256CtsHmacSha196),
    (17, CipherSuite::Aes128CtsHmacSha196),
];

/// The key that a password makes.
pub(super) struct LongTermKey {
    suite: CipherSuite,
    bytes: Zeroizing<Vec<u8>>,
}

impl LongTermKey {
    /// Makes it as the KDC hinted, in its order; `None` where no key can be made that it would take.
    pub(super) fn make(password: &str, default_salt: &[u8], hints: &[KeyHint]) -> Option<Self> {
        let (suite, salt) = if hints.is_empty() {
            (AES[0].1.clone(), default_salt)
        } else {
            hints.iter().filter(|hint| hint.usual).find_map(|hint| {
                let (_, suite) = AES.iter().find(|(kind, _)| *kind == hint.kind)?;
                Some((suite.clone(), hint.salt.as_deref().unwrap_or(default_salt)))
            })?
        };
        let bytes = suite
            .cipher()
            .generate_key_from_password(password.as_bytes(), salt)
            .ok()?;
        Some(Self {
            suite,
            bytes: Zeroizing::new(bytes),
        })
    }

    pub(super) const fn suite(&self) -> &CipherSuite {
        &self.suite
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether a reply is encrypted with a key of this kind.
    pub(super) fn is_kind_of(&self, reply: &KdcRep) -> bool {
        suite(&reply.enc_part.0.etype.0.0).is_some_and(|suite| suite == self.suite)
    }

    /// Whether it is the key.
    pub(super) fn decrypts(&self, reply: &KdcRep, usage: i32) -> bool {
        let cipher = &reply.enc_part.0.cipher.0.0;
        let plain = self.suite.cipher().decrypt(&self.bytes, usage, cipher);
        plain.map(Zeroizing::new).is_ok()
    }
}

/// How the key of an AS-REP is made, where it says so.
pub(super) fn hints_of_reply(reply: &[u8]) -> Vec<KeyHint> {
    let padata = only(reply, 0x6b)
        .and_then(|reply| only(reply, 0x30))
        .and_then(|fields| field(fields, 0xa2));
    answer::key_hints(padata.unwrap_or_default())
}

/// A reply with a ticket, and what its encrypted part says.
pub(super) struct Session {
    /// Names the client and holds the ticket.
    pub(super) reply: KdcRep,
    pub(super) key: Secret<Vec<u8>>,
    pub(super) encryption: EncryptionParams,
    /// What the ticket is for, in the KDC's encrypted word.
    service: Vec<String>,
}

impl Session {
    /// Opens a reply that answers a request with this nonce.
    pub(super) fn open(
        reply: KdcRep,
        suite: &CipherSuite,
        key: &[u8],
        usage: i32,
        nonce: &[u8],
    ) -> Result<Self, HandshakeError> {
        let cipher = &reply.enc_part.0.cipher.0.0;
        let plain = suite.cipher().decrypt(key, usage, cipher).map_err(broken)?;
        let part = part(&Zeroizing::new(plain))?;
        if number(&part.nonce.0.0) != number(nonce) {
            return Err(broken(
                "the domain controller's answer is to another question",
            ));
        }
        let session_key = &part.key.0;
        let suite = self::suite(&session_key.key_type.0.0)
            .ok_or_else(|| broken("the session key is of a kind that isn't taken"))?;
        let mut encryption = EncryptionParams::default_for_client();
        encryption.encryption_type = Some(suite);
        let names = &part.sname.0.name_string.0.0;
        Ok(Self {
            key: Secret::new(session_key.key_value.0.0.clone()),
            encryption,
            service: names.iter().map(|name| name.0.to_string()).collect(),
            reply,
        })
    }

    /// The realm that this ticket leads on to, where it is not for the service (RFC 6806 §8).
    pub(super) fn referral(&self) -> Option<String> {
        match self.service.as_slice() {
            [service, realm] if service.eq_ignore_ascii_case("krbtgt") => Some(realm.clone()),
            _ => None,
        }
    }

    /// The kind of the session key.
    pub(super) fn suite(&self) -> Result<CipherSuite, HandshakeError> {
        let suite = self.encryption.encryption_type.clone();
        suite.ok_or_else(|| broken("a ticket without a key"))
    }
}

/// The AES kinds by number; `None` for others.
fn suite(number: &[u8]) -> Option<CipherSuite> {
    let number = number
        .iter()
        .fold(0, |sum, byte| sum << 8 | u32::from(*byte));
    let (_, suite) = AES.iter().find(|(kind, _)| *kind == number)?;
    Some(suite.clone())
}

/// Both tags are right for either reply (RFC 4120 §5.4.2).
fn part(plain: &[u8]) -> Result<EncKdcRepPart, HandshakeError> {
    match picky_asn1_der::from_bytes::<EncAsRepPart>(plain) {
        Ok(part) => Ok(part.0),
        Err(_) => picky_asn1_der::from_bytes::<EncTgsRepPart>(plain)
            .map(|part| part.0)
            .map_err(broken),
    }
}

fn number(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|digit| **digit == 0).count();
    &digits[zeros..]
}

#[cfg(test)]
mod tests {
    use super::{KeyHint, LongTermKey};

    fn hint(kind: u32, salt: Option<&str>, usual: bool) -> KeyHint {
        KeyHint {
            kind,
            salt: salt.map(|salt| salt.as_bytes().to_vec()),
            usual,
        }
    }

    #[test]
    fn keys_are_those_of_others() {
        // MIT's ktutil: `addent -password -p jurgen@CONTOSO.TEST -k 1 -e aes256-cts-hmac-sha1-96`.
        let key = LongTermKey::make("Pässwörd-żółć-42€", b"CONTOSO.TESTjurgen", &[]).expect("AES");
        let expected = "4cfab298ed043f56e7cf1dbddf7e3c8744d902f84ae4b156aeb9edcc38ecd652";
        let digit = |at: usize| u8::from_str_radix(&expected[at..at + 2], 16).expect("hex");
        assert_eq!(
            key.bytes(),
            (0..64).step_by(2).map(digit).collect::<Vec<u8>>()
        );
    }

    #[test]
    fn a_hint_decides_unless_it_cannot_be_followed() {
        let bytes = |hints: &[KeyHint]| {
            LongTermKey::make("password", b"default", hints).map(|key| key.bytes().to_vec())
        };
        let plain = bytes(&[]).expect("AES-256 by default");
        assert_eq!(bytes(&[hint(18, None, true)]), Some(plain.clone()));
        assert_eq!(
            bytes(&[hint(23, None, true), hint(18, None, true)]),
            Some(plain.clone())
        );
        assert_ne!(bytes(&[hint(18, Some("salt"), true)]), Some(plain));
        assert_eq!(
            bytes(&[hint(17, None, true)]).map(|key| key.len()),
            Some(16)
        );
        assert_eq!(bytes(&[hint(23, None, true)]), None, "no RC4");
        assert_eq!(
            bytes(&[hint(18, None, false)]),
            None,
            "a wrong key would count as a wrong password"
        );
    }
}
