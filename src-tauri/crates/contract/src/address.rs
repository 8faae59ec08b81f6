//! SMTP addresses, parsed once.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Longest address that is accepted, in bytes (RFC 5321 §4.5.3.1.3: a path of 256 with its brackets).
const MAX_BYTES: usize = 254;
/// Longest local part, in bytes (RFC 5321 §4.5.3.1.1).
const MAX_LOCAL: usize = 64;

/// An SMTP address as RFC 5321 spells it, with UTF-8 local parts (RFC 6531) and one-label domains.
///
/// Keeps the first spelling; two addresses are equal ignoring case.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(transparent)]
#[ts(export, type = "string")]
pub struct SmtpAddress(String);

/// Why a text is not an SMTP address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing there.
    #[error("the address is empty")]
    Empty,
    /// Over 254 bytes.
    #[error("the address is longer than 254 bytes")]
    TooLong,
    /// A line break, tab or other control character, or one that shows nothing
    /// ([`SmtpAddress::is_invisible`]).
    #[error("the address contains a line break or another control character")]
    Control,
    /// No `@`, or nothing before or after it.
    #[error("the address needs one name, an @ and a domain")]
    Shape,
    /// The part before the `@` breaks RFC 5321.
    #[error("the part before the @ is not allowed in an address")]
    Local,
    /// The part after the `@` is no domain.
    #[error("the part after the @ is not a domain name")]
    Domain,
}

impl SmtpAddress {
    /// Reads `anna@contoso.com`, `Anna Berg <anna@contoso.com>` or `smtp:anna@contoso.com`; blanks and
    /// invisible characters around the address do not count.
    ///
    /// # Errors
    /// What is wrong with the text, as [`AddressError`].
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let blank = |c: char| c == ' ' || c == '\u{a0}' || Self::is_invisible(c);
        let text = unwrap(text.trim_matches(blank));
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        if text
            .chars()
            .any(|c| c.is_control() || Self::is_invisible(c))
        {
            return Err(AddressError::Control);
        }
        if text.len() > MAX_BYTES {
            return Err(AddressError::TooLong);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(AddressError::Shape)?;
        if local.is_empty() || domain.is_empty() {
            return Err(AddressError::Shape);
        }
        if local.len() > MAX_LOCAL || !is_local(local) {
            return Err(AddressError::Local);
        }
        if !is_domain(domain) {
            return Err(AddressError::Domain);
        }
        Ok(Self(text.to_owned()))
    }

    /// Whether a character shows nothing: soft hyphen, zero width, or the direction of writing, which
    /// come along when text is copied from mail and web pages
    /// (`Default_Ignorable_Code_Point`: <https://www.unicode.org/reports/tr44/>). Around an address
    /// they are left out, within one they are refused.
    #[must_use]
    pub const fn is_invisible(c: char) -> bool {
        matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
        )
    }

    /// The address as first spelled.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two spellings of one address share.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }

    /// The part before the `@`.
    #[must_use]
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// The part after the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl PartialEq for SmtpAddress {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}
impl Eq for SmtpAddress {}

impl std::hash::Hash for SmtpAddress {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl fmt::Display for SmtpAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for SmtpAddress {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// `Name <a@b>` becomes `a@b`; a leading `smtp:` (any case, as in proxyAddresses) goes.
fn unwrap(text: &str) -> &str {
    let inner = match (text.rfind('<'), text.strip_suffix('>')) {
        (Some(at), Some(head)) => {
            head[at + 1..].trim_matches(|c: char| c.is_whitespace() || SmtpAddress::is_invisible(c))
        }
        _ => text,
    };
    match inner.get(..5) {
        Some(prefix) if prefix.eq_ignore_ascii_case("smtp:") => {
            inner[5..].trim_matches(SmtpAddress::is_invisible)
        }
        _ => inner,
    }
}

/// Dot-string or quoted-string (RFC 5321 §4.1.2), UTF-8 allowed (RFC 6531 §3.3).
fn is_local(local: &str) -> bool {
    if let Some(quoted) = local
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        let mut escaped = false;
        for c in quoted.chars() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => return false,
                _ => {}
            }
        }
        return !escaped && !quoted.is_empty();
    }
    local
        .split('.')
        .all(|atom| !atom.is_empty() && atom.chars().all(is_atom))
}

fn is_atom(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || "!#$%&'*+-/=?^_`{|}~".contains(c)
        || (!c.is_ascii() && !c.is_whitespace())
}

/// Dot-separated labels, or an address literal in brackets (RFC 5321 §4.1.3).
fn is_domain(domain: &str) -> bool {
    if let Some(literal) = domain
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        let literal = literal.strip_prefix("IPv6:").unwrap_or(literal);
        return literal.parse::<std::net::IpAddr>().is_ok();
    }
    domain.split('.').all(|label| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| {
                c.is_ascii_alphanumeric()
                    || c == '-'
                    || c == '_'
                    || (!c.is_ascii() && c.is_alphanumeric())
            })
    })
}

#[cfg(test)]
mod tests {
    use super::{AddressError, SmtpAddress};

    #[test]
    fn real_addresses_are_read() {
        for (text, expected) in [
            ("anna@contoso.com", "anna@contoso.com"),
            (" Anna Berg <anna@contoso.com> ", "anna@contoso.com"),
            ("SMTP:anna@contoso.com", "anna@contoso.com"),
            ("o'brien+tag@sub.contoso.com", "o'brien+tag@sub.contoso.com"),
            ("jürgen@contoso.com", "jürgen@contoso.com"),
            ("root@localhost", "root@localhost"),
            ("\"a b\"@contoso.com", "\"a b\"@contoso.com"),
            (
                "DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}@contoso.com",
                "DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}@contoso.com",
            ),
        ] {
            assert_eq!(
                SmtpAddress::parse(text).map(|a| a.0),
                Ok(expected.to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn the_rest_says_why_not() {
        for (text, error) in [
            ("", AddressError::Empty),
            ("anna", AddressError::Shape),
            ("@contoso.com", AddressError::Shape),
            ("anna@", AddressError::Shape),
            ("anna@contoso..com", AddressError::Domain),
            ("anna@-contoso.com", AddressError::Domain),
            ("anna berg@contoso.com", AddressError::Local),
            ("anna..berg@contoso.com", AddressError::Local),
            ("anna@contoso.com\nbcc: x", AddressError::Control),
        ] {
            assert_eq!(SmtpAddress::parse(text), Err(error), "{text:?}");
        }
        let long = format!("{}@contoso.com", "a".repeat(250));
        assert_eq!(SmtpAddress::parse(&long), Err(AddressError::TooLong));
    }

    #[test]
    fn what_shows_nothing_goes_at_the_ends_and_is_refused_inside() {
        let ranges = [
            '\u{ad}'..='\u{ad}',
            '\u{61c}'..='\u{61c}',
            '\u{200b}'..='\u{200f}',
            '\u{202a}'..='\u{202e}',
            '\u{2060}'..='\u{2064}',
            '\u{2066}'..='\u{2069}',
            '\u{feff}'..='\u{feff}',
        ];
        for c in ranges.into_iter().flatten() {
            for text in [
                format!("{c}anna@contoso.com{c}"),
                format!("{c} {c}anna@contoso.com\u{a0}{c}"),
                format!("{c}An{c}na <{c}anna@contoso.com{c}>{c}"),
                format!("{c}smtp:{c}anna@contoso.com"),
            ] {
                let read = SmtpAddress::parse(&text).map(|address| address.0);
                assert_eq!(read, Ok("anna@contoso.com".to_owned()), "{text:?}");
            }
            for text in [
                format!("an{c}na@contoso.com"),
                format!("anna{c}@contoso.com"),
                format!("anna@{c}contoso.com"),
                format!("anna@contoso{c}.com"),
                format!("\"an{c}na\"@contoso.com"),
                format!("Anna <an{c}na@contoso.com>"),
            ] {
                assert_eq!(
                    SmtpAddress::parse(&text),
                    Err(AddressError::Control),
                    "{text:?}"
                );
            }
            assert_eq!(
                SmtpAddress::parse(&c.to_string()),
                Err(AddressError::Empty),
                "{c:?}"
            );
        }
    }

    #[test]
    fn case_does_not_tell_addresses_apart() {
        let one = SmtpAddress::parse("Anna@Contoso.com").expect("valid");
        let two = SmtpAddress::parse("anna@contoso.COM").expect("valid");
        assert_eq!(one, two);
        assert_eq!(one.as_str(), "Anna@Contoso.com", "the first spelling stays");
    }
}
