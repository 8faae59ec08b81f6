//! Plain old XML, the oldest dialect: what Outlook asks at `/autodiscover/autodiscover.xml`.
//!
//! It asks for addresses of services; it will never ask for the settings of a mail client, though
//! servers send those along.
//!
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/pox-autodiscover-web-service-reference-for-exchange>

use std::fmt;

use super::target;
use crate::envelope::{self, RequestError};
use crate::read as xml;
use crate::tree::Element;

/// What the server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// `Action` = `settings`.
    Settings(Settings),
    /// `Action` = `redirectAddr`: ask again under this address.
    RedirectAddress(String),
    /// `Action` = `redirectUrl`: ask again at this URL.
    RedirectUrl(String),
    /// `Error`.
    Refused(Refusal),
}

/// The settings that say where EWS is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// `User/AutoDiscoverSMTPAddress`: the primary address of the mailbox.
    pub smtp_address: Option<String>,
    /// `Account/MicrosoftOnline` = `True`: the mailbox is in Exchange Online.
    pub microsoft_online: bool,
    /// Every protocol that names an EWS endpoint, in document order.
    pub endpoints: Vec<Endpoint>,
}

/// One EWS endpoint and the protocol block it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// `Protocol/Type`, or the attribute of that name.
    pub protocol: Protocol,
    /// `EwsUrl`; where that is missing `ASUrl`, the same service under its older name.
    pub url: String,
}

/// `Protocol/Type`.
///
/// <https://learn.microsoft.com/exchange/client-developer/web-service-reference/type-pox>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// `EXCH`: inside the organization's network.
    Exch,
    /// `EXPR`: from outside.
    Expr,
    /// `EXHTTP`: either, in Exchange 2013 and later.
    Exhttp,
    /// `WEB`: what browsers are given.
    Web,
    /// Anything else, as it came.
    Unknown(String),
}

/// `Error`: the server will not say.
///
/// <https://learn.microsoft.com/exchange/client-developer/web-service-reference/error-pox>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// `ErrorCode`; 500 is "no such address", 600 a request the server does not understand, 601 no
    /// provider for it. `None` where it is missing or no number.
    ///
    /// <https://learn.microsoft.com/exchange/client-developer/web-service-reference/errorcode-pox>
    pub code: Option<u16>,
    /// `Message`, in the server's language.
    pub message: Option<String>,
}

impl Settings {
    /// The endpoint for clients inside the organization's network.
    #[must_use]
    pub fn internal_ews_url(&self) -> Option<&str> {
        self.ews_url(&Protocol::Exch)
    }

    /// The endpoint for all others.
    #[must_use]
    pub fn external_ews_url(&self) -> Option<&str> {
        self.ews_url(&Protocol::Expr)
    }

    /// The first endpoint of that protocol.
    #[must_use]
    pub fn ews_url(&self, protocol: &Protocol) -> Option<&str> {
        let mut endpoints = self.endpoints.iter();
        endpoints
            .find(|endpoint| endpoint.protocol == *protocol)
            .map(|endpoint| endpoint.url.as_str())
    }
}

impl Protocol {
    /// The value on the wire, for example `EXCH`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Exch => "EXCH",
            Self::Expr => "EXPR",
            Self::Exhttp => "EXHTTP",
            Self::Web => "WEB",
            Self::Unknown(other) => other,
        }
    }
}

impl From<&str> for Protocol {
    fn from(value: &str) -> Self {
        match value {
            "EXCH" => Self::Exch,
            "EXPR" => Self::Expr,
            "EXHTTP" => Self::Exhttp,
            "WEB" => Self::Web,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a reply is no answer of this dialect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Not even XML that can be read.
    #[error(transparent)]
    Xml(#[from] crate::ReadError),
    /// XML with another root than `Autodiscover`.
    #[error("the reply is XML, but no Autodiscover answer: {root}")]
    NotAutodiscover {
        /// Local name of the root element, at most 200 characters.
        root: String,
    },
    /// Neither settings, nor a redirect with a target, nor an error in it.
    #[error("the Autodiscover answer holds no answer")]
    NoAnswer,
}

/// A request for the settings of `address`, with the content type `text/xml`.
///
/// # Errors
/// The address is empty, too long, or holds a control character.
pub fn request(address: &str) -> Result<String, RequestError> {
    let address = envelope::content(address)?;
    Ok(format!(
        concat!(
            r#"<?xml version="1.0" encoding="utf-8"?>"#,
            r#"<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006">"#,
            r#"<Request><EMailAddress>{address}</EMailAddress><AcceptableResponseSchema>"#,
            r#"http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"#,
            r#"</AcceptableResponseSchema></Request></Autodiscover>"#,
        ),
        address = address,
    ))
}

/// Reads the answer. Elements are matched by local name; an error outranks a redirect, and that
/// settings.
///
/// Never panics; memory is bounded by the limits of [`crate::read()`].
///
/// # Errors
/// The bytes are no answer; [`ReadError`] says what they are instead.
pub fn read(body: &[u8]) -> Result<Answer, ReadError> {
    let root = xml::document(body)?;
    if root.name != "Autodiscover" {
        return Err(ReadError::NotAutodiscover {
            root: root.name.chars().take(200).collect(),
        });
    }
    let response = root.child("Response").ok_or(ReadError::NoAnswer)?;
    let account = response.child("Account");
    let error = response.child("Error").or_else(|| account?.child("Error"));
    if let Some(error) = error {
        return Ok(Answer::Refused(Refusal {
            code: error.child_text("ErrorCode").and_then(|c| c.parse().ok()),
            message: error.child_text("Message"),
        }));
    }
    let account = account.ok_or(ReadError::NoAnswer)?;
    let action = account.child_text("Action").unwrap_or_default();
    let redirect = |name| account.child_text(name).and_then(|text| target(&text));
    match action.to_ascii_lowercase().as_str() {
        "redirectaddr" => redirect("RedirectAddr").map(Answer::RedirectAddress),
        "redirecturl" => redirect("RedirectUrl").map(Answer::RedirectUrl),
        "settings" => Some(Answer::Settings(settings(response, account))),
        _ => None,
    }
    .ok_or(ReadError::NoAnswer)
}

fn settings(response: &Element, account: &Element) -> Settings {
    let user = response.child("User");
    let online = account.child_text("MicrosoftOnline");
    Settings {
        smtp_address: user.and_then(|user| user.child_text("AutoDiscoverSMTPAddress")),
        microsoft_online: online.is_some_and(|online| online.eq_ignore_ascii_case("true")),
        endpoints: account
            .children_named("Protocol")
            .filter_map(endpoint)
            .collect(),
    }
}

fn endpoint(protocol: &Element) -> Option<Endpoint> {
    let kind = protocol.child_text("Type");
    let kind = kind.as_deref().or_else(|| protocol.attribute("Type"))?;
    let url = protocol
        .child_text("EwsUrl")
        .or_else(|| web_url(protocol))
        .or_else(|| protocol.child_text("ASUrl"))?;
    Some(Endpoint {
        protocol: Protocol::from(kind.trim()),
        url: target(&url)?,
    })
}

/// `WEB` has its addresses one level down, for the outside first: browsers are mostly there.
fn web_url(protocol: &Element) -> Option<String> {
    let sides = ["External", "Internal"].into_iter();
    sides
        .filter_map(|side| protocol.child(side)?.child("Protocol"))
        .find_map(|inner| {
            inner
                .child_text("EwsUrl")
                .or_else(|| inner.child_text("ASUrl"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::autodiscover::MAX_URL;

    #[test]
    fn a_request_is_the_documented_document() {
        insta::assert_snapshot!(request("o'neil&co@contoso.com").unwrap().replace("><", ">\n<"), @r#"
        <?xml version="1.0" encoding="utf-8"?>
        <Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006">
        <Request>
        <EMailAddress>o&apos;neil&amp;co@contoso.com</EMailAddress>
        <AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema>
        </Request>
        </Autodiscover>
        "#);
        assert_eq!(request(""), Err(RequestError::Empty));
    }

    // Shape: Microsoft Learn, "POX Autodiscover response for Exchange"; EwsUrl as Exchange 2010 and
    // later have it, EXHTTP as Exchange 2013 and later have it.
    #[test]
    fn settings_name_endpoints() {
        let answer = account(
            r"<AccountType>email</AccountType><Action>settings</Action><MicrosoftOnline>False</MicrosoftOnline>
              <Protocol><Type>EXCH</Type><Server>8d9@contoso.com</Server><ServerVersion>73C286D4</ServerVersion>
              <ASUrl>https://mail.contoso.local/old.asmx</ASUrl><EwsUrl>https://mail.contoso.local/EWS/Exchange.asmx</EwsUrl></Protocol>
              <Protocol><Type>EXPR</Type><Server>mail.contoso.com</Server><ASUrl>https://mail.contoso.com/EWS/Exchange.asmx</ASUrl></Protocol>
              <Protocol><Type>WEB</Type><Internal><OWAUrl AuthenticationMethod='Basic, Fba'>https://owa.contoso.local/</OWAUrl>
              <Protocol><Type>EXCH</Type><ASUrl>https://web.contoso.local/EWS/Exchange.asmx</ASUrl></Protocol></Internal></Protocol>
              <Protocol><Type>EXHTTP</Type><Server>mail.contoso.com</Server></Protocol>
              <Protocol Type='mapiHttp' Version='1'><MailStore><ExternalUrl>https://mail.contoso.com/mapi</ExternalUrl></MailStore></Protocol>",
        );
        let Ok(Answer::Settings(settings)) = answer else {
            panic!("no settings: {answer:?}")
        };
        assert_eq!(
            settings.internal_ews_url(),
            Some("https://mail.contoso.local/EWS/Exchange.asmx"),
            "the newer name is preferred"
        );
        assert_eq!(
            settings.external_ews_url(),
            Some("https://mail.contoso.com/EWS/Exchange.asmx")
        );
        assert_eq!(
            settings.ews_url(&Protocol::Web),
            Some("https://web.contoso.local/EWS/Exchange.asmx")
        );
        assert_eq!(settings.endpoints.len(), 3, "the others have none");
        assert_eq!(settings.smtp_address.as_deref(), Some("user1@contoso.com"));
        assert!(!settings.microsoft_online);
    }

    #[test]
    fn a_type_may_be_an_attribute_and_the_cloud_says_so() {
        let answer = account(
            "<Action>SETTINGS</Action><MicrosoftOnline>True</MicrosoftOnline><Protocol Type='EXPR'><EwsUrl>https://outlook.office365.com/EWS/Exchange.asmx</EwsUrl></Protocol><Protocol><EwsUrl>https://nobody</EwsUrl></Protocol>",
        );
        let Ok(Answer::Settings(settings)) = answer else {
            panic!("no settings: {answer:?}")
        };
        assert!(settings.microsoft_online);
        assert_eq!(settings.endpoints.len(), 1);
        assert_eq!(settings.internal_ews_url(), None);
        assert!(settings.external_ews_url().is_some());
    }

    // Shape: Microsoft Learn, Action (POX), RedirectAddr (POX), RedirectUrl (POX).
    #[test]
    fn redirects_need_their_target() {
        let to = "<Action>redirectAddr</Action><RedirectAddr>user1@contoso.mail.onmicrosoft.com</RedirectAddr>";
        assert_eq!(
            account(to),
            Ok(Answer::RedirectAddress(
                "user1@contoso.mail.onmicrosoft.com".into()
            ))
        );
        let to = "<Action>redirectUrl</Action><RedirectUrl>https://b.contoso.com/autodiscover/autodiscover.xml</RedirectUrl>";
        assert_eq!(
            account(to),
            Ok(Answer::RedirectUrl(
                "https://b.contoso.com/autodiscover/autodiscover.xml".into()
            ))
        );
        let long = format!(
            "<Action>redirectUrl</Action><RedirectUrl>https://a.b/{}</RedirectUrl>",
            "c".repeat(MAX_URL)
        );
        for none in [
            "<Action>redirectUrl</Action>",
            "<Action>redirectAddr</Action><RedirectUrl>https://a.b/c</RedirectUrl>",
            "<Action>elsewhere</Action><RedirectUrl>https://a.b/c</RedirectUrl>",
            "<RedirectUrl>https://a.b/c</RedirectUrl>",
            &long,
        ] {
            assert_eq!(account(none), Err(ReadError::NoAnswer), "{none}");
        }
    }

    // Shape: Microsoft Learn, Error (POX), with the words of an Exchange 2013 for an unknown address.
    #[test]
    fn an_error_has_code_and_words() {
        let refused = read(
            br#"<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"><Response>
            <Error Time="06:52:18.0417463" Id="2788311204"><ErrorCode>500</ErrorCode><Message>The email address can't be found.</Message><DebugData/></Error>
            </Response></Autodiscover>"#,
        );
        let expected = Refusal {
            code: Some(500),
            message: Some("The email address can't be found.".into()),
        };
        assert_eq!(refused, Ok(Answer::Refused(expected)));
        let inner = account("<Action>settings</Action><Error><ErrorCode>-1</ErrorCode></Error>");
        let expected = Refusal {
            code: None,
            message: None,
        };
        assert_eq!(inner, Ok(Answer::Refused(expected)));
    }

    #[test]
    fn other_documents_are_named() {
        assert_eq!(
            read(b"<s:Envelope/>"),
            Err(ReadError::NotAutodiscover {
                root: "Envelope".into()
            })
        );
        assert_eq!(read(b"<Autodiscover/>"), Err(ReadError::NoAnswer));
        assert_eq!(
            read(b"<html><body>"),
            Err(ReadError::Xml(crate::ReadError::NotXml { html: true }))
        );
        let too_large = vec![b' '; crate::MAX_BODY + 1];
        assert!(matches!(
            read(&too_large),
            Err(ReadError::Xml(crate::ReadError::TooLarge { .. }))
        ));
    }

    fn account(inner: &str) -> Result<Answer, ReadError> {
        let xml = format!(
            r#"<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"><Response xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"><User><AutoDiscoverSMTPAddress>user1@contoso.com</AutoDiscoverSMTPAddress></User><Account>{inner}</Account></Response></Autodiscover>"#
        );
        read(xml.as_bytes())
    }
}
