//! From the bytes of a reply to an [`Answer`], or to the reason why they are none.
//!
//! It believes nothing about the sender: not the status, not the content type, not the operation.

use crate::answer::{Answer, Body};
use crate::fault::Fault;
use crate::message::ResponseMessage;
use crate::server_version::ServerVersion;
use crate::text;
use crate::tree::{self, Element};

/// Largest reply that is read, in bytes: 1 MiB. Answers to the requests of this crate are a few KiB.
pub const MAX_BODY: usize = 1024 * 1024;
/// Deepest nesting of elements. EWS needs about 12.
pub const MAX_DEPTH: usize = 32;
/// Most elements of an answer. A full `ResolveNames` answer of 100 hits has about 700; `ExpandDL`
/// has five a member and no pages, so that [`MAX_BODY`] ends first, after some 4,000 members.
pub const MAX_ELEMENTS: usize = 40_000;
/// Most attributes of one element, namespace declarations included.
pub const MAX_ATTRIBUTES: usize = 64;
/// Longest text of one element, in bytes: 4 KiB. Longer texts are cut and end in an ellipsis;
/// attributes are identities and are never cut: longer ones are refused.
pub const MAX_TEXT: usize = 4096;

/// Why a reply is no EWS answer. None of these says anything about rights.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No bytes but white space.
    #[error("the reply is empty")]
    Empty,
    /// Not XML at all: HTML, plain text, UTF-16.
    #[error("the reply is {}", if *.html { "an HTML page" } else { "not XML" })]
    NotXml {
        /// It is an HTML page, such as a log-on page or the error page of a proxy.
        html: bool,
    },
    /// One of the limits of this module; a reply beyond them is not read further.
    #[error("the reply is too large: more than {limit} {what}")]
    TooLarge {
        /// What there is too much of, in the plural.
        what: &'static str,
        /// How much would have been read.
        limit: usize,
    },
    /// Elements nested deeper than [`MAX_DEPTH`].
    #[error("the reply is nested more than {MAX_DEPTH} elements deep")]
    TooDeep,
    /// A document type declaration, which SOAP forbids and which can define entities.
    #[error("the reply has a document type declaration")]
    Doctype,
    /// The reply ends in the middle: worth asking again.
    #[error("the reply ends in the middle")]
    Truncated,
    /// Not well-formed, and not for lack of an end.
    #[error("the reply is malformed XML: {reason}")]
    Malformed {
        /// What is wrong, in at most 200 characters; it may quote the reply.
        reason: String,
    },
    /// Well-formed XML with another root than `Envelope`.
    #[error("the reply is XML, but no SOAP envelope: {root}")]
    NotSoap {
        /// Local name of the root element, at most 200 characters.
        root: String,
    },
    /// A SOAP envelope with neither a fault nor a response message in it.
    #[error("the SOAP envelope holds no answer")]
    NoAnswer,
}

/// Reads any EWS answer. Elements are matched by local name; namespaces are ignored.
///
/// Never panics; memory is bounded by the limits of this module.
///
/// # Errors
/// The bytes are no EWS answer; [`ReadError`] says what they are instead.
pub fn read(body: &[u8]) -> Result<Answer, ReadError> {
    let envelope = envelope(body)?;
    let soap_body = envelope.child("Body").ok_or(ReadError::NoAnswer)?;
    Ok(Answer {
        server_version: envelope
            .child("Header")
            .and_then(ServerVersion::from_header),
        body: answer(soap_body).ok_or(ReadError::NoAnswer)?,
    })
}

/// The envelope of any SOAP answer.
pub(crate) fn envelope(body: &[u8]) -> Result<Element<'_>, ReadError> {
    let envelope = document(body)?;
    if envelope.name != "Envelope" {
        return Err(ReadError::NotSoap {
            root: envelope.name.chars().take(200).collect(),
        });
    }
    Ok(envelope)
}

/// The root of any XML answer.
pub(crate) fn document(body: &[u8]) -> Result<Element<'_>, ReadError> {
    if body.len() > MAX_BODY {
        return Err(ReadError::TooLarge {
            what: "bytes",
            limit: MAX_BODY,
        });
    }
    tree::parse(text::decode(body)?)
}

/// A fault outranks everything else; `None` if there is nothing to read.
fn answer(soap_body: &Element) -> Option<Body> {
    if let Some(fault) = soap_body.child("Fault") {
        return Some(Body::Fault(Fault::from_element(fault)));
    }
    let messages: Vec<_> = soap_body.children().flat_map(messages).collect();
    (!messages.is_empty()).then_some(Body::Messages(messages))
}

/// `ResponseMessages/*`; some operations (`GetRoomLists`) have their response stand for its only message.
fn messages(response: &Element) -> Vec<ResponseMessage> {
    if response.attribute("ResponseClass").is_some() {
        return vec![ResponseMessage::from_element(response)];
    }
    let listed = response
        .children_named("ResponseMessages")
        .flat_map(Element::children);
    listed.map(ResponseMessage::from_element).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ResponseClass, ResponseCode};

    // Shape: Microsoft Learn, GetFolder operation, with the header of an Exchange 2019 answer.
    #[test]
    fn an_answer_names_its_server() {
        let answer = read(
            br#"<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>
            <h:ServerVersionInfo MajorVersion="15" MinorVersion="2" MajorBuildNumber="1748" MinorBuildNumber="10" Version="V2017_07_11" xmlns:h="t"/></s:Header>
            <s:Body><m:GetFolderResponse xmlns:m="m"><m:ResponseMessages><m:GetFolderResponseMessage ResponseClass="Success">
            <m:ResponseCode>NoError</m:ResponseCode></m:GetFolderResponseMessage></m:ResponseMessages></m:GetFolderResponse></s:Body></s:Envelope>"#,
        )
        .unwrap();
        assert_eq!(answer.server_version.unwrap().to_string(), "15.2.1748.10");
        let Body::Messages(messages) = answer.body else {
            panic!("not messages")
        };
        assert_eq!(messages.len(), 1);
        assert!(messages[0].is_success());
    }

    #[test]
    fn a_missing_header_is_no_obstacle() {
        let answer = read(b"\xEF\xBB\xBF<Envelope><Body><Fault><faultcode>a:ErrorServerBusy</faultcode></Fault></Body></Envelope>").unwrap();
        assert_eq!(answer.server_version, None);
        let Body::Fault(fault) = answer.body else {
            panic!("not a fault")
        };
        assert_eq!(fault.code, ResponseCode::ErrorServerBusy);
    }

    // Shape: Microsoft Learn, GetRoomLists operation: the class stands on the response itself.
    #[test]
    fn a_response_may_be_its_own_message() {
        let answer = read(br#"<Envelope><Body><GetRoomListsResponse ResponseClass="Error"><MessageText>No.</MessageText><ResponseCode>ErrorAccessDenied</ResponseCode></GetRoomListsResponse></Body></Envelope>"#).unwrap();
        let Body::Messages(messages) = answer.body else {
            panic!("not messages")
        };
        assert_eq!(messages[0].class, ResponseClass::Error);
        assert_eq!(messages[0].code, ResponseCode::ErrorAccessDenied);
    }

    #[test]
    fn an_envelope_without_an_answer_is_never_an_empty_success() {
        for body in [
            "",
            "<Body/>",
            "<Body><X/></Body>",
            "<Body><R><ResponseMessages/></R></Body>",
            "<Header/>",
        ] {
            let xml = format!("<Envelope>{body}</Envelope>");
            assert_eq!(read(xml.as_bytes()), Err(ReadError::NoAnswer), "{xml}");
        }
    }

    #[test]
    fn other_xml_is_named() {
        let root = |xml: &[u8]| read(xml).unwrap_err();
        assert_eq!(
            root(b"<a:Autodiscover/>"),
            ReadError::NotSoap {
                root: "Autodiscover".into()
            }
        );
        assert_eq!(
            root(b"<envelope/>"),
            ReadError::NotSoap {
                root: "envelope".into()
            }
        );
    }

    #[test]
    fn the_size_limit_is_exact() {
        let padded = |length: usize| {
            let mut body = b"<a/>".to_vec();
            body.resize(length, b' ');
            read(&body).unwrap_err()
        };
        assert_eq!(padded(MAX_BODY), ReadError::NotSoap { root: "a".into() });
        assert_eq!(
            padded(MAX_BODY + 1),
            ReadError::TooLarge {
                what: "bytes",
                limit: MAX_BODY
            }
        );
    }

    #[test]
    fn the_errors_read_as_sentences() {
        insta::assert_snapshot!(ReadError::NotXml { html: true }, @"the reply is an HTML page");
        insta::assert_snapshot!(ReadError::NotXml { html: false }, @"the reply is not XML");
        insta::assert_snapshot!(ReadError::TooLarge { what: "bytes", limit: MAX_BODY }, @"the reply is too large: more than 1048576 bytes");
    }
}
