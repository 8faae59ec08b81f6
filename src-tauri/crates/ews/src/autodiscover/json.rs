//! Version 2 of Autodiscover: a GET without credentials, and a small JSON object for an answer.
//!
//! Offered by Exchange Online, and by Exchange 2016 CU3 and later. It asks for the EWS endpoint
//! alone; nobody is logged on, so it will never say anything about rights.
//!
//! No page of Microsoft's specifies the format; Microsoft's own use of it is the script
//! `Get-ProtocolEndpointViaAutoDv2` of <https://github.com/microsoft/CSS-Exchange>.

use serde_json::{Map, Value};

use super::target;
use crate::envelope::{self, RequestError};
use crate::text;

/// Largest answer that is read, in bytes: 64 KiB. A real one has about 80 bytes.
pub const MAX_BODY: usize = 64 * 1024;

/// What the server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// `{"Protocol":"EWS","Url":"…"}`
    Endpoint {
        /// `Url`, not checked further than that it is one word and no longer than
        /// [`MAX_URL`](super::MAX_URL).
        url: String,
    },
    /// `{"ErrorCode":"…","ErrorMessage":"…"}`
    Refused {
        /// For example `UserNotFound`, `ProtocolNotSupported`, `InternalServerError`.
        code: String,
        /// In the server's words.
        message: Option<String>,
    },
}

/// Why a reply is no answer of this dialect; nothing is known about the address then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No bytes but white space.
    #[error("the reply is empty")]
    Empty,
    /// Not JSON at all; an HTML page is what most web servers answer.
    #[error("the reply is {}", if *.html { "an HTML page" } else { "not JSON" })]
    NotJson {
        /// It is an HTML page.
        html: bool,
    },
    /// More than [`MAX_BODY`] bytes.
    #[error("the reply is too large: more than {MAX_BODY} bytes")]
    TooLarge,
    /// The reply ends in the middle: worth asking again.
    #[error("the reply ends in the middle")]
    Truncated,
    /// It begins like JSON and is none.
    #[error("the reply is malformed JSON: line {line}, column {column}")]
    Malformed {
        /// From 1.
        line: usize,
        /// From 1, in bytes.
        column: usize,
    },
    /// An endpoint for something that was not asked for.
    #[error("the reply is about another protocol: {protocol}")]
    OtherProtocol {
        /// As it came, at most 200 characters.
        protocol: String,
    },
    /// JSON with neither a usable URL nor an error in it.
    #[error("the JSON holds no answer")]
    NoAnswer,
}

/// Path and query for the EWS endpoint of `address`, to be asked of `https://<host>`.
///
/// Everything but letters, digits and `-._~@` is percent-encoded (RFC 3986 §2.1).
///
/// # Errors
/// The address is empty, too long, or holds a control character.
pub fn path(address: &str) -> Result<String, RequestError> {
    let address = envelope::checked(address)?.trim();
    let mut path = String::from("/autodiscover/autodiscover.json/v1.0/");
    for byte in address.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.extend(['%', hex(byte >> 4), hex(byte & 0xF)]);
        }
    }
    path.push_str("?Protocol=EWS");
    Ok(path)
}

/// Reads the answer. Names are matched without regard to case; an error outranks a URL.
///
/// Never panics; memory is bounded by [`MAX_BODY`] and the depth that the JSON reader allows (128).
///
/// # Errors
/// The bytes are no answer; [`ReadError`] says what they are instead.
pub fn read(body: &[u8]) -> Result<Answer, ReadError> {
    if body.len() > MAX_BODY {
        return Err(ReadError::TooLarge);
    }
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    match body.trim_ascii_start().first() {
        None => return Err(ReadError::Empty),
        Some(b'{' | b'[') => {}
        Some(_) => {
            let html = text::looks_like_html(body);
            return Err(ReadError::NotJson { html });
        }
    }
    let value = serde_json::from_slice(body).map_err(|error| explain(&error))?;
    let Value::Object(object) = value else {
        return Err(ReadError::NoAnswer);
    };
    if let Some(refused) = refused(&object) {
        return Ok(refused);
    }
    let url = word(&object, "Url").and_then(target);
    let url = url.ok_or(ReadError::NoAnswer)?;
    match word(&object, "Protocol") {
        Some(other) if !other.eq_ignore_ascii_case("EWS") => Err(ReadError::OtherProtocol {
            protocol: other.chars().take(200).map(text::printable).collect(),
        }),
        _ => Ok(Answer::Endpoint { url }),
    }
}

/// `ErrorCode` at the top, or `error.code` as Microsoft's newer services have it.
fn refused(object: &Map<String, Value>) -> Option<Answer> {
    let inner = field(object, "error").and_then(Value::as_object);
    let code = word(object, "ErrorCode").or_else(|| word(inner?, "code"))?;
    let message = word(object, "ErrorMessage").or_else(|| word(inner?, "message"));
    Some(Answer::Refused {
        code: kept(code),
        message: message.map(kept),
    })
}

/// A string that says something, under that name.
fn word<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    field(object, name)?
        .as_str()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

fn field<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let mut fields = object.iter();
    fields
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

/// As long, and as printable, as the texts of XML answers.
fn kept(word: &str) -> String {
    let mut kept = String::new();
    text::append(&mut kept, word);
    kept
}

fn explain(error: &serde_json::Error) -> ReadError {
    if error.is_eof() {
        return ReadError::Truncated;
    }
    ReadError::Malformed {
        line: error.line(),
        column: error.column(),
    }
}

fn hex(digit: u8) -> char {
    let digit = char::from_digit(u32::from(digit), 16).expect("half a byte is below sixteen");
    digit.to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stands_in_the_path_encoded() {
        assert_eq!(
            path("user1@contoso.com").unwrap(),
            "/autodiscover/autodiscover.json/v1.0/user1@contoso.com?Protocol=EWS"
        );
        assert_eq!(
            path("a/../b?c=d#e&f+g%é @contoso.com").unwrap(),
            "/autodiscover/autodiscover.json/v1.0/a%2F..%2Fb%3Fc%3Dd%23e%26f%2Bg%25%C3%A9%20@contoso.com?Protocol=EWS"
        );
        assert_eq!(path(" "), Err(RequestError::Empty));
        assert_eq!(
            path("a\r\nHost: b"),
            Err(RequestError::ForbiddenCharacter('\r'))
        );
    }

    // Shape: the answer of outlook.office365.com and of Exchange 2019 for an on-premises mailbox.
    #[test]
    fn an_endpoint_is_read() {
        let endpoint =
            read(br#"{"Protocol":"EWS","Url":"https://mail.contoso.com/EWS/Exchange.asmx"}"#);
        let url = "https://mail.contoso.com/EWS/Exchange.asmx".to_owned();
        assert_eq!(endpoint, Ok(Answer::Endpoint { url }));
        let odd =
            "\u{FEFF} { \"more\": [1, {}], \"protocol\": \"Ews\", \"url\": \" https://a.b/c \" }";
        let url = "https://a.b/c".to_owned();
        assert_eq!(read(odd.as_bytes()), Ok(Answer::Endpoint { url }));
    }

    // Shape: the answer of Exchange Online to a protocol it does not know.
    #[test]
    fn a_refusal_outranks_a_url() {
        let refused = read(
            br#"{"ErrorCode":"ProtocolNotSupported","ErrorMessage":"The given protocol value \u0027x\u0027 is invalid.","Url":"https://a.b/c"}"#,
        );
        assert_eq!(
            refused,
            Ok(Answer::Refused {
                code: "ProtocolNotSupported".into(),
                message: Some("The given protocol value 'x' is invalid.".into())
            })
        );
        let refused = read(br#"{"error":{"code":"UserNotFound","message":""}}"#);
        assert_eq!(
            refused,
            Ok(Answer::Refused {
                code: "UserNotFound".into(),
                message: None
            })
        );
    }

    #[test]
    fn words_of_the_server_are_bounded_and_printable() {
        let long = format!(
            r#"{{"ErrorCode":"\u001b[2J","ErrorMessage":"{}"}}"#,
            "x".repeat(MAX_BODY / 2)
        );
        let Ok(Answer::Refused { code, message }) = read(long.as_bytes()) else {
            panic!("not refused")
        };
        assert_eq!(code, "\u{FFFD}[2J");
        assert!(message.unwrap().len() <= crate::MAX_TEXT);
    }

    #[test]
    fn what_is_no_answer_is_named() {
        assert_eq!(read(b" \r\n"), Err(ReadError::Empty));
        assert_eq!(
            read(b"<!DOCTYPE html><html>"),
            Err(ReadError::NotJson { html: true })
        );
        assert_eq!(read(b"Not found"), Err(ReadError::NotJson { html: false }));
        assert_eq!(read(b"{\"Url\":\"https://a"), Err(ReadError::Truncated));
        assert!(matches!(
            read(b"{\"Url\":,}"),
            Err(ReadError::Malformed { line: 1, column: 8 })
        ));
        assert_eq!(
            read(br#"{"Protocol":"ActiveSync","Url":"https://a.b/c"}"#),
            Err(ReadError::OtherProtocol {
                protocol: "ActiveSync".into()
            })
        );
        for nothing in [
            "{}",
            "[]",
            r#"{"Url":""}"#,
            r#"{"Url":7}"#,
            r#"{"Url":"a b"}"#,
            r#"{"ErrorCode":""}"#,
            r#"[{"Url":"https://a.b/c"}]"#,
        ] {
            assert_eq!(
                read(nothing.as_bytes()),
                Err(ReadError::NoAnswer),
                "{nothing}"
            );
        }
    }

    #[test]
    fn size_and_depth_are_bounded() {
        let padded = |length: usize| {
            let mut body = b"{}".to_vec();
            body.resize(length, b' ');
            read(&body)
        };
        assert_eq!(padded(MAX_BODY), Err(ReadError::NoAnswer));
        assert_eq!(padded(MAX_BODY + 1), Err(ReadError::TooLarge));
        assert!(matches!(
            read("[".repeat(MAX_BODY).as_bytes()),
            Err(ReadError::Malformed { .. })
        ));
    }
}
