//! The SOAP 1.1 envelope every request travels in: version header, impersonation header, body.
//!
//! It writes text only, and refuses an identity it should not send; it will never send one.

use std::borrow::Cow;

use quick_xml::escape::escape;

/// Longest identity or search text that is sent, in bytes of UTF-8.
///
/// Ours, not the protocol's: an SMTP address has at most 320 characters, a SID far fewer.
pub const MAX_IDENTITY: usize = 1024;

/// Whom the service account impersonates: the one child of `t:ConnectingSID`.
///
/// The variants are public so that a caller may match on them. The constructors check the value;
/// every `request` function checks it again, so that an empty identity is never sent.
///
/// <https://learn.microsoft.com/exchange/client-developer/web-service-reference/connectingsid>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ConnectingSid {
    /// `t:SmtpAddress`: any SMTP address of the mailbox. The default since Exchange 2010.
    SmtpAddress(String),
    /// `t:PrimarySmtpAddress`: the primary address only; an alias is answered with
    /// `ErrorNonPrimarySmtpAddress` and the right address.
    PrimarySmtpAddress(String),
    /// `t:PrincipalName`: the user principal name, which need not be the mail address.
    PrincipalName(String),
    /// `t:SID`: the security identifier in SDDL form, `S-1-5-21-…`.
    Sid(String),
}

impl ConnectingSid {
    /// An SMTP address, primary or not.
    ///
    /// # Errors
    /// The value is empty, longer than [`MAX_IDENTITY`], or holds a control character.
    pub fn smtp_address(value: &str) -> Result<Self, RequestError> {
        checked(value).map(|value| Self::SmtpAddress(value.to_owned()))
    }

    /// The primary SMTP address.
    ///
    /// # Errors
    /// As [`ConnectingSid::smtp_address`].
    pub fn primary_smtp_address(value: &str) -> Result<Self, RequestError> {
        checked(value).map(|value| Self::PrimarySmtpAddress(value.to_owned()))
    }

    /// A user principal name.
    ///
    /// # Errors
    /// As [`ConnectingSid::smtp_address`].
    pub fn principal_name(value: &str) -> Result<Self, RequestError> {
        checked(value).map(|value| Self::PrincipalName(value.to_owned()))
    }

    /// A security identifier.
    ///
    /// # Errors
    /// As [`ConnectingSid::smtp_address`].
    pub fn sid(value: &str) -> Result<Self, RequestError> {
        checked(value).map(|value| Self::Sid(value.to_owned()))
    }

    /// The identity as it is sent, before escaping.
    #[must_use]
    pub fn value(&self) -> &str {
        match self {
            Self::SmtpAddress(value)
            | Self::PrimarySmtpAddress(value)
            | Self::PrincipalName(value)
            | Self::Sid(value) => value,
        }
    }

    /// Local name of the element, `SID` in capitals as the schema has it.
    fn element(&self) -> &'static str {
        match self {
            Self::SmtpAddress(_) => "SmtpAddress",
            Self::PrimarySmtpAddress(_) => "PrimarySmtpAddress",
            Self::PrincipalName(_) => "PrincipalName",
            Self::Sid(_) => "SID",
        }
    }
}

/// The schema a request declares in `t:RequestServerVersion/@Version`.
///
/// <https://learn.microsoft.com/exchange/client-developer/web-service-reference/requestserverversion>
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum SchemaVersion {
    /// Accepted from Exchange 2013 SP1 to Exchange SE: what is sent first.
    #[default]
    Exchange2013Sp1,
    /// The one step down, for servers that refuse the other.
    Exchange2010Sp2,
}

impl SchemaVersion {
    /// The value on the wire, for example `Exchange2013_SP1`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exchange2013Sp1 => "Exchange2013_SP1",
            Self::Exchange2010Sp2 => "Exchange2010_SP2",
        }
    }
}

/// Why a request was not written. Each of these would be answered about somebody else, or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Nothing but white space.
    #[error("an empty identity is never sent")]
    Empty,
    /// A control character, or one that XML 1.0 cannot carry.
    #[error("the identity holds the character U+{:04X}, which cannot be sent", u32::from(*.0))]
    ForbiddenCharacter(char),
    /// More than [`MAX_IDENTITY`] bytes.
    #[error("the identity is {0} bytes long, more than {MAX_IDENTITY}")]
    TooLong(usize),
    /// `GetFolder` without a folder is no valid request.
    #[error("no folder was asked for")]
    NoFolders,
}

/// The whole request around `operation`, which is XML of the `m:` and `t:` namespaces.
///
/// The namespaces are spelled `http://`; some Microsoft samples print `https://`, which servers
/// refuse as a schema error.
pub(crate) fn wrap(
    operation: &str,
    version: SchemaVersion,
    impersonate: Option<&ConnectingSid>,
) -> Result<String, RequestError> {
    let impersonation = match impersonate {
        Some(identity) => impersonation_header(identity)?,
        None => String::new(),
    };
    Ok(format!(
        concat!(
            r#"<?xml version="1.0" encoding="utf-8"?>"#,
            r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/""#,
            r#" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages""#,
            r#" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">"#,
            r#"<soap:Header><t:RequestServerVersion Version="{version}"/>{impersonation}</soap:Header>"#,
            r#"<soap:Body>{operation}</soap:Body></soap:Envelope>"#,
        ),
        version = version.as_str(),
        impersonation = impersonation,
        operation = operation,
    ))
}

/// `value` checked and escaped, ready to stand between two tags.
pub(crate) fn content(value: &str) -> Result<Cow<'_, str>, RequestError> {
    checked(value).map(escape)
}

/// Text of several lines, checked and escaped like [`content`]; `\n` and tab may stand in it.
pub(crate) fn prose(value: &str) -> Result<Cow<'_, str>, RequestError> {
    checked_but_for(value, &['\n', '\t']).map(escape)
}

/// `t:DistinguishedFolderId` of `mailbox`, or of whoever is asking or impersonated.
///
/// <https://learn.microsoft.com/exchange/client-developer/web-service-reference/distinguishedfolderid>
pub(crate) fn distinguished_folder(
    name: &str,
    mailbox: Option<&str>,
) -> Result<String, RequestError> {
    let Some(mailbox) = mailbox else {
        return Ok(format!(r#"<t:DistinguishedFolderId Id="{name}"/>"#));
    };
    let mailbox = content(mailbox)?;
    Ok(format!(
        r#"<t:DistinguishedFolderId Id="{name}"><t:Mailbox><t:EmailAddress>{mailbox}</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>"#
    ))
}

fn impersonation_header(identity: &ConnectingSid) -> Result<String, RequestError> {
    let element = identity.element();
    let value = content(identity.value())?;
    Ok(format!(
        "<t:ExchangeImpersonation><t:ConnectingSID><t:{element}>{value}</t:{element}>\
         </t:ConnectingSID></t:ExchangeImpersonation>"
    ))
}

pub(crate) fn checked(value: &str) -> Result<&str, RequestError> {
    checked_but_for(value, &[])
}

fn checked_but_for<'a>(value: &'a str, allowed: &[char]) -> Result<&'a str, RequestError> {
    if value.trim().is_empty() {
        return Err(RequestError::Empty);
    }
    if value.len() > MAX_IDENTITY {
        return Err(RequestError::TooLong(value.len()));
    }
    match value.chars().find(|&c| {
        (c.is_control() && !allowed.contains(&c)) || matches!(c, '\u{FFFE}' | '\u{FFFF}')
    }) {
        Some(forbidden) => Err(RequestError::ForbiddenCharacter(forbidden)),
        None => Ok(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_constructor_refuses_what_must_not_be_sent() {
        let constructors = [
            ConnectingSid::smtp_address,
            ConnectingSid::primary_smtp_address,
            ConnectingSid::principal_name,
            ConnectingSid::sid,
        ];
        for construct in constructors {
            assert_eq!(construct(""), Err(RequestError::Empty));
            assert_eq!(
                construct(" \t\n\u{a0}"),
                Err(RequestError::Empty),
                "white space is empty"
            );
            assert_eq!(
                construct("a\0b"),
                Err(RequestError::ForbiddenCharacter('\0'))
            );
            assert_eq!(
                construct("a\r\nb"),
                Err(RequestError::ForbiddenCharacter('\r'))
            );
            assert_eq!(
                construct("a\u{FFFF}"),
                Err(RequestError::ForbiddenCharacter('\u{FFFF}'))
            );
            assert_eq!(
                construct(&"é".repeat(513)),
                Err(RequestError::TooLong(1026)),
                "bytes, not characters"
            );
            assert!(construct(&"a".repeat(MAX_IDENTITY)).is_ok());
        }
    }

    #[test]
    fn an_identity_built_by_hand_is_checked_as_well() {
        let identity = ConnectingSid::Sid(String::new());
        assert_eq!(
            wrap("", SchemaVersion::default(), Some(&identity)),
            Err(RequestError::Empty)
        );
    }

    #[test]
    fn each_identity_stands_in_its_own_element() {
        let cases = [
            (
                ConnectingSid::SmtpAddress("a".into()),
                "<t:SmtpAddress>a</t:SmtpAddress>",
            ),
            (
                ConnectingSid::PrimarySmtpAddress("a".into()),
                "<t:PrimarySmtpAddress>a</t:PrimarySmtpAddress>",
            ),
            (
                ConnectingSid::PrincipalName("a".into()),
                "<t:PrincipalName>a</t:PrincipalName>",
            ),
            (ConnectingSid::Sid("a".into()), "<t:SID>a</t:SID>"),
        ];
        for (identity, element) in cases {
            let request = wrap("", SchemaVersion::default(), Some(&identity)).unwrap();
            assert!(request.contains(element), "{identity:?} not in {request}");
        }
    }

    #[test]
    fn the_errors_read_as_sentences() {
        insta::assert_snapshot!(RequestError::ForbiddenCharacter('\u{7}'), @"the identity holds the character U+0007, which cannot be sent");
        insta::assert_snapshot!(RequestError::TooLong(2000), @"the identity is 2000 bytes long, more than 1024");
    }
}
