//! What a KDC says instead of giving a ticket (`KRB-ERROR`, RFC 4120 §5.9.1), and what it comes to. Only its
//! word about the password is a refusal; whatever else is in the way says nothing about the account.

use super::der::{elements, field, integer, only};
use crate::HandshakeError;

/// `KDC_ERR_C_PRINCIPAL_UNKNOWN`.
pub(super) const UNKNOWN_CLIENT: u32 = 6;
/// `KDC_ERR_ETYPE_NOSUPP`.
const NO_COMMON_KEY: u32 = 14;
/// `KDC_ERR_PREAUTH_FAILED`.
const PREAUTH_FAILED: u32 = 24;
/// `KRB_AP_ERR_BAD_INTEGRITY`.
const BAD_INTEGRITY: u32 = 31;
/// `KDC_ERR_PREAUTH_REQUIRED`: not an obstacle, but the next question.
pub(super) const PREAUTH_REQUIRED: u32 = 25;
/// `KDC_ERR_WRONG_REALM`: the account is in another realm (RFC 6806 §7).
pub(super) const WRONG_REALM: u32 = 68;
/// `PA-ETYPE-INFO2` (RFC 4120 §5.2.7.5).
const ETYPE_INFO2: u32 = 19;
/// Rounds of PBKDF2 that AES keys are made with unless said otherwise (RFC 3962 §4).
const ROUNDS: [u8; 4] = [0, 0, 0x10, 0];

/// A `KRB-ERROR`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct KrbError {
    pub(super) code: u32,
    /// The KDC's clock, `20261122170301Z`.
    time: String,
    /// Where the client is, with [`WRONG_REALM`].
    pub(super) client_realm: Option<String>,
    data: Vec<u8>,
}

/// How a KDC wants a key made from the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyHint {
    /// Number of the encryption type (RFC 3962: 17 and 18).
    pub(super) kind: u32,
    /// Absent: the default of the realm and the name.
    pub(super) salt: Option<Vec<u8>>,
    /// The rounds are the usual ones; others cannot be made here.
    pub(super) usual: bool,
}

/// Who asked whom for what, for sentences.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) realm: &'a str,
    pub(super) service: &'a str,
}

impl KrbError {
    /// Reads one; `None` for other messages.
    pub(super) fn read(message: &[u8]) -> Option<Self> {
        let fields = only(only(message, 0x7e)?, 0x30)?;
        let text = |tag| {
            let ((_, text), _) = super::der::split(field(fields, tag)?)?;
            Some(String::from_utf8_lossy(text).into_owned())
        };
        Some(Self {
            code: integer(field(fields, 0xa6)?)?,
            time: text(0xa4).unwrap_or_default(),
            client_realm: text(0xa7),
            data: field(fields, 0xac)
                .and_then(|data| only(data, 0x04))
                .unwrap_or_default()
                .to_vec(),
        })
    }

    /// The KDC has no key that can be made here, as if it had said so itself.
    pub(super) fn no_common_key() -> Self {
        Self {
            code: NO_COMMON_KEY,
            ..Self::default()
        }
    }

    /// In answer to a proof of the password: "cannot be decrypted" is another word for "wrong".
    pub(super) fn after_proof(mut self) -> Self {
        if self.code == BAD_INTEGRITY {
            self.code = PREAUTH_FAILED;
        }
        self
    }

    /// How to make the key, in the order in which the KDC likes it.
    pub(super) fn key_hints(&self) -> Vec<KeyHint> {
        key_hints(&self.data)
    }

    /// What it comes to.
    pub(super) fn meaning(&self, names: Names<'_>) -> HandshakeError {
        use HandshakeError::{AccountRevoked, NoTicket, PasswordExpired, Refused};
        let Names { realm, service } = names;
        match self.code {
            UNKNOWN_CLIENT => NoTicket(format!("the domain {realm} doesn't know this account")),
            7 => NoTicket(format!(
                "the domain {realm} knows no service {service}; `setspn -Q {service}` shows who has this SPN"
            )),
            8 => NoTicket(format!(
                "more than one account holds the SPN {service}; `setspn -X` lists them"
            )),
            12 => NoTicket(format!(
                "a policy of the domain {realm} doesn't allow this account a ticket from this computer now"
            )),
            NO_COMMON_KEY => NoTicket(format!(
                "the domain {realm} has no AES key for the account or for {service}, and this program takes no weaker one"
            )),
            18 => AccountRevoked(format!(
                "the domain {realm} says that the account is locked, disabled or expired"
            )),
            23 => PasswordExpired(format!(
                "the domain {realm} says that the password has expired"
            )),
            PREAUTH_FAILED => Refused(format!(
                "the domain controller of {realm} refused the password"
            )),
            37 => NoTicket(format!(
                "the domain controller's clock ({}) and this computer's are too far apart for Kerberos",
                clock(&self.time)
            )),
            WRONG_REALM => NoTicket(format!("the account is in another domain than {realm}")),
            code => NoTicket(format!(
                "the domain controller of {realm} answered with Kerberos error {code}"
            )),
        }
    }
}

/// Entries of `PA-ETYPE-INFO2` among pre-authentication data (`METHOD-DATA`).
pub(super) fn key_hints(method_data: &[u8]) -> Vec<KeyHint> {
    let info = elements(only(method_data, 0x30).unwrap_or_default()).find_map(|(_, entry)| {
        let kind = integer(field(entry, 0xa1)?)?;
        (kind == ETYPE_INFO2).then(|| only(field(entry, 0xa2)?, 0x04))?
    });
    elements(info.and_then(|info| only(info, 0x30)).unwrap_or_default())
        .filter_map(|(_, entry)| {
            Some(KeyHint {
                kind: integer(field(entry, 0xa0)?)?,
                salt: field(entry, 0xa1)
                    .and_then(super::der::split)
                    .map(|((_, salt), _)| salt.to_vec()),
                usual: field(entry, 0xa2).is_none_or(|rounds| only(rounds, 0x04) == Some(&ROUNDS)),
            })
        })
        .collect()
}

/// `2026-11-22 17:03 UTC` of `20261122170301Z`.
fn clock(time: &str) -> String {
    let sound = time.len() == 15 && time[..14].bytes().all(|byte| byte.is_ascii_digit());
    if !sound {
        return "unknown".to_owned();
    }
    let part = |from: usize, to: usize| &time[from..to];
    format!(
        "{}-{}-{} {}:{} UTC",
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(8, 10),
        part(10, 12)
    )
}

#[cfg(test)]
pub(super) mod tests {
    use super::{KeyHint, KrbError, Names, key_hints};
    use crate::HandshakeError;
    use crate::kerberos::der::element;

    /// A `KRB-ERROR` as MIT's and Microsoft's KDCs write it.
    pub(in super::super) fn krb_error(code: u8, data: &[u8]) -> Vec<u8> {
        let integer = |tag: u8, value: u8| element(tag, &[&element(0x02, &[&[value]])]);
        let realm = element(0xa9, &[&element(0x1b, &[b"CONTOSO.TEST"])]);
        let names = element(0x30, &[&element(0x1b, &[b"krbtgt"])]);
        let server = element(
            0xaa,
            &[&element(
                0x30,
                &[&integer(0xa0, 2), &element(0xa1, &[&names])],
            )],
        );
        let fields = [
            integer(0xa0, 5),
            integer(0xa1, 30),
            element(0xa4, &[&element(0x18, &[b"20261122170301Z"])]),
            integer(0xa5, 9),
            integer(0xa6, code),
            realm,
            server,
            element(0xac, &[&element(0x04, &[data])]),
        ];
        element(0x7e, &[&element(0x30, &[&fields.concat()])])
    }

    /// `METHOD-DATA` with one `PA-ETYPE-INFO2` of one kind.
    pub(in super::super) fn key_hint(kind: u8) -> Vec<u8> {
        let kind = element(0xa0, &[&element(0x02, &[&[kind]])]);
        let info = element(0x30, &[&element(0x30, &[&kind])]);
        let number = element(0xa1, &[&element(0x02, &[&[19]])]);
        let data = element(0xa2, &[&element(0x04, &[&info])]);
        element(0x30, &[&element(0x30, &[&number, &data])])
    }

    fn meaning(code: u8) -> HandshakeError {
        let names = Names {
            realm: "CONTOSO.TEST",
            service: "HTTP/mail.contoso.test",
        };
        KrbError::read(&krb_error(code, &[]))
            .expect("an error")
            .meaning(names)
    }

    #[test]
    fn only_the_kdc_s_word_about_the_password_is_a_refusal() {
        use HandshakeError as H;
        assert!(matches!(meaning(24), H::Refused(_)));
        assert!(matches!(meaning(18), H::AccountRevoked(_)));
        assert!(matches!(meaning(23), H::PasswordExpired(_)));
        let mut sentences = Vec::new();
        for code in [6, 7, 8, 12, 14, 31, 37, 60, 68] {
            let H::NoTicket(sentence) = meaning(code) else {
                panic!("{code} says nothing about the password")
            };
            assert!(
                !sentences.contains(&sentence),
                "{code} has its own sentence"
            );
            sentences.push(sentence);
        }
        assert!(
            sentences[1].contains("HTTP/mail.contoso.test"),
            "{sentences:?}"
        );
        assert!(
            sentences[6].contains("2026-11-22 17:03 UTC"),
            "{sentences:?}"
        );
    }

    #[test]
    fn the_salt_is_bytes() {
        // RFC 4120 §5.2.7.5, with a salt that is not ASCII.
        let entry = |kind: u8, salt: &[u8], rounds: &[u8]| {
            let kind = element(0xa0, &[&element(0x02, &[&[kind]])]);
            let salt = element(0xa1, &[&element(0x1b, &[salt])]);
            let rounds = element(0xa2, &[&element(0x04, &[rounds])]);
            element(0x30, &[&kind, &salt, &rounds])
        };
        let info = element(
            0x30,
            &[
                &entry(18, "CONTOSO.TESTjürgen".as_bytes(), &[0, 0, 0x10, 0]),
                &entry(17, b"x", &[0, 1, 0, 0]),
            ],
        );
        let kind = element(0xa1, &[&element(0x02, &[&[19]])]);
        let data = element(0xa2, &[&element(0x04, &[&info])]);
        let other = element(0xa1, &[&element(0x02, &[&[2]])]);
        let none = element(0xa2, &[&element(0x04, &[])]);
        let method = element(
            0x30,
            &[
                &element(0x30, &[&other, &none]),
                &element(0x30, &[&kind, &data]),
            ],
        );
        let hint = |kind, salt: &str, usual| KeyHint {
            kind,
            salt: Some(salt.as_bytes().to_vec()),
            usual,
        };
        let expected = [hint(18, "CONTOSO.TESTjürgen", true), hint(17, "x", false)];
        assert_eq!(key_hints(&method), expected);
        let error = KrbError::read(&krb_error(25, &method)).expect("an error");
        assert_eq!(error.key_hints(), expected);
    }

    #[test]
    fn damage_is_no_error() {
        let whole = krb_error(25, b"x");
        for end in 0..whole.len() {
            assert_eq!(KrbError::read(&whole[..end]), None, "cut off at {end}");
        }
    }
}
