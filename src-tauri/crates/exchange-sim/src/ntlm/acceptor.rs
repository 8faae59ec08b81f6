//! One NTLM log-on as the server sees it: a challenge goes out, a response is judged. The caller
//! finds the account and decides about channel bindings; this module only tells what was proved.

use super::crypto::{Direction, Rc4, Signer, hmac_md5, ntowf_v2, same, utf16};
use super::messages::{
    Authenticate, Challenge, FLAG_EXTENDED, FLAG_KEY_EXCHANGE, av, negotiate_flags, write_pairs,
};
use crate::fault::ChallengeFault;
use crate::windows::Domain;

/// What a challenge is made of.
#[derive(Debug)]
pub(crate) struct Terms<'a> {
    pub(crate) domain: &'a Domain,
    /// The server's clock in 100 ns since 1601.
    pub(crate) file_time: u64,
    /// Eight random bytes.
    pub(crate) challenge: [u8; 8],
    pub(crate) fault: Option<ChallengeFault>,
}

/// A log-on whose challenge is out.
#[derive(Debug)]
pub(crate) struct Challenged {
    negotiate: Vec<u8>,
    message: Vec<u8>,
    server_challenge: [u8; 8],
}

/// Why a response proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denial {
    /// Not made with the password.
    Password,
    /// The integrity code over the three messages is wrong or missing.
    Mic,
}

/// A response that was made with the password.
pub(crate) struct Verified {
    flags: u32,
    session_key: [u8; 16],
}

impl Challenged {
    /// The answer to a type 1 message; nothing when it is none.
    pub(crate) fn new(negotiate: &[u8], terms: &Terms<'_>) -> Option<Self> {
        let challenge = Challenge {
            asked: negotiate_flags(negotiate)?,
            nonce: terms.challenge,
            target: &terms.domain.netbios,
            target_info: target_info(terms),
        };
        let mut message = challenge.write();
        match terms.fault {
            Some(ChallengeFault::Truncated) => message.truncate(36),
            Some(ChallengeFault::Garbage) => message = b"NTLMSSP\0\x02\0\0\0garbage".to_vec(),
            _ => {}
        }
        Some(Self {
            negotiate: negotiate.to_vec(),
            message,
            server_challenge: terms.challenge,
        })
    }

    /// The type 2 message.
    pub(crate) fn message(&self) -> &[u8] {
        &self.message
    }

    /// Judges a type 3 message by the password of the account that it names.
    pub(crate) fn verify(&self, sent: &Authenticate, password: &str) -> Result<Verified, Denial> {
        let Some((proof, temp)) = sent.nt_response.split_at_checked(16) else {
            return Err(Denial::Password);
        };
        let key = ntowf_v2(password, &sent.user, &sent.domain);
        let expected = hmac_md5(&key, &[&self.server_challenge, temp]);
        if !same(&expected, proof) {
            return Err(Denial::Password);
        }
        let session_key = session_key(sent, hmac_md5(&key, &[proof]));
        match sent.mic() {
            None => {}
            Some(mic) if same(&self.mic(sent, &session_key), mic) => {}
            Some(_) => return Err(Denial::Mic),
        }
        Ok(Verified {
            flags: sent.flags,
            session_key,
        })
    }

    /// The integrity code over the three messages.
    fn mic(&self, sent: &Authenticate, session_key: &[u8; 16]) -> [u8; 16] {
        hmac_md5(
            session_key,
            &[&self.negotiate, &self.message, &sent.without_mic()],
        )
    }
}

impl Authenticate {
    /// Whether the response has the form of version 2. One of version 1 has 24 bytes, an anonymous
    /// one none (MS-NLMP 2.2.2.6 and 2.2.2.8).
    pub(crate) fn is_version_2(&self) -> bool {
        self.nt_response.len() > 24 && self.nt_response[16..].starts_with(&[1, 1])
    }

    /// `MsvAvChannelBindings`: what the client says it is bound to.
    pub(crate) fn channel_bindings(&self) -> Option<&[u8]> {
        self.pair(av::CHANNEL_BINDINGS)
    }
}

impl Verified {
    /// Whether the client's signature of the mechanism list is right.
    pub(crate) fn is_signed(&self, mechanisms: &[u8], signature: &[u8]) -> bool {
        self.flags & FLAG_EXTENDED != 0
            && same(
                &self.signer(Direction::ClientToServer).sign(mechanisms),
                signature,
            )
    }

    /// The server's own signature of the mechanism list.
    pub(crate) fn sign(&self, mechanisms: &[u8]) -> [u8; 16] {
        self.signer(Direction::ServerToClient).sign(mechanisms)
    }

    fn signer(&self, direction: Direction) -> Signer {
        Signer::new(&self.session_key, self.flags, direction)
    }
}

/// The exported session key: the client's own where keys were exchanged, else the base key.
fn session_key(sent: &Authenticate, base: [u8; 16]) -> [u8; 16] {
    if sent.flags & FLAG_KEY_EXCHANGE == 0 {
        return base;
    }
    let own = Rc4::new(&base).apply(&sent.session_key);
    // A key of another length cannot be right; the base key then makes the signatures wrong.
    own.try_into().unwrap_or(base)
}

/// The pairs in the order in which Windows sends them.
fn target_info(terms: &Terms<'_>) -> Option<Vec<u8>> {
    if terms.fault == Some(ChallengeFault::WithoutTargetInfo) {
        return None;
    }
    let Domain {
        netbios,
        dns,
        tree,
        computer,
    } = terms.domain;
    let host = format!("{}.{dns}", computer.to_lowercase());
    let mut pairs = vec![
        (av::NB_DOMAIN_NAME, utf16(netbios)),
        (av::NB_COMPUTER_NAME, utf16(computer)),
        (av::DNS_DOMAIN_NAME, utf16(dns)),
        (av::DNS_COMPUTER_NAME, utf16(&host)),
        (av::DNS_TREE_NAME, utf16(tree)),
    ];
    if terms.fault != Some(ChallengeFault::WithoutTimestamp) {
        pairs.push((av::TIMESTAMP, terms.file_time.to_le_bytes().to_vec()));
    }
    Some(write_pairs(&pairs))
}

#[cfg(test)]
mod tests {
    use super::super::crypto::tests::hex;
    use super::super::messages::tests::{published_authenticate, published_challenge};
    use super::*;

    fn published() -> Challenged {
        Challenged {
            negotiate: Vec::new(),
            message: published_challenge(),
            server_challenge: [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef],
        }
    }

    fn negotiate(flags: u32) -> Vec<u8> {
        let mut message = b"NTLMSSP\0\x01\0\0\0".to_vec();
        message.extend(flags.to_le_bytes());
        message.extend([0; 16]);
        message
    }

    fn terms(domain: &Domain, fault: Option<ChallengeFault>) -> Terms<'_> {
        Terms {
            domain,
            file_time: 0x01dc_5b00_0000_0000,
            challenge: [7; 8],
            fault,
        }
    }

    #[test]
    fn the_published_response_is_right_for_its_password_alone() {
        let sent = Authenticate::read(&published_authenticate()).unwrap();
        // MS-NLMP 4.2.4.1.2 and 4.2.4.2.3: base key and the key the client chose.
        let key = ntowf_v2("Password", "User", "Domain");
        assert_eq!(
            hmac_md5(&key, &[&sent.nt_response[..16]]).to_vec(),
            hex("8d e4 0c ca db c1 4a 82 f1 5c b0 ad 0d e9 5c a3")
        );
        let verified = published().verify(&sent, "Password").ok().unwrap();
        assert_eq!(verified.session_key, [0x55; 16]);
        assert_eq!(
            published().verify(&sent, "password").err(),
            Some(Denial::Password)
        );
        let other = Challenged {
            server_challenge: [0; 8],
            ..published()
        };
        assert_eq!(
            other.verify(&sent, "Password").err(),
            Some(Denial::Password),
            "a response to another challenge"
        );
    }

    #[test]
    fn short_responses_are_not_version_2() {
        let mut sent = Authenticate::read(&published_authenticate()).unwrap();
        assert!(sent.is_version_2());
        for length in [24, 1, 0] {
            sent.nt_response.truncate(length);
            assert!(!sent.is_version_2(), "{length}");
            assert!(published().verify(&sent, "Password").is_err());
        }
    }

    #[test]
    fn the_challenge_names_the_domain_and_the_time() {
        let domain = Domain::default();
        let made = Challenged::new(&negotiate(0xe208_8297), &terms(&domain, None)).unwrap();
        let info = target_info(&terms(&domain, None)).unwrap();
        assert!(made.message().ends_with(&info));
        for name in ["CONTOSO", "contoso.com", "EX1", "ex1.contoso.com"] {
            let name = utf16(name);
            assert!(info.windows(name.len()).any(|part| part == name));
        }
        let time = 0x01dc_5b00_0000_0000_u64.to_le_bytes();
        let has_time = |info: &[u8]| info.windows(8).any(|part| part == time);
        assert!(has_time(&info));
        let without = terms(&domain, Some(ChallengeFault::WithoutTimestamp));
        assert!(!has_time(&target_info(&without).unwrap()));
        let without = terms(&domain, Some(ChallengeFault::WithoutTargetInfo));
        assert_eq!(target_info(&without), None);
        assert!(Challenged::new(b"NTLMSSP\0\x03\0\0\0", &terms(&domain, None)).is_none());
    }
}
