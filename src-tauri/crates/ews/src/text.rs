//! From bytes to text that is safe to keep: one encoding, no control characters, bounded length.
//!
//! It guesses no encoding: Exchange sends UTF-8, and what is not is no answer of its.

use crate::read::{MAX_TEXT, ReadError};

/// The body as text without its byte order mark; only UTF-8 is accepted.
pub(crate) fn decode(body: &[u8]) -> Result<&str, ReadError> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    if body.trim_ascii().is_empty() {
        return Err(ReadError::Empty);
    }
    let html = looks_like_html(body);
    if html || body.trim_ascii_start().first() != Some(&b'<') {
        return Err(ReadError::NotXml { html });
    }
    std::str::from_utf8(body).map_err(|error| match error.error_len() {
        None => ReadError::Truncated,
        Some(_) => ReadError::Malformed {
            reason: format!("not UTF-8 at byte {}", error.valid_up_to()),
        },
    })
}

/// Adds `more` to `text` up to [`MAX_TEXT`] bytes; what was cut ends in an ellipsis.
pub(crate) fn append(text: &mut String, more: &str) {
    const ELLIPSIS: char = '…';
    for character in more.chars().map(printable) {
        if text.len() + character.len_utf8() + ELLIPSIS.len_utf8() > MAX_TEXT {
            if !text.ends_with(ELLIPSIS) {
                text.push(ELLIPSIS);
            }
            return;
        }
        text.push(character);
    }
}

/// `character`, or U+FFFD for a control character other than tab and line feed: texts of servers
/// end up in terminals.
pub(crate) fn printable(character: char) -> char {
    if character.is_control() && !matches!(character, '\t' | '\n') {
        char::REPLACEMENT_CHARACTER
    } else {
        character
    }
}

/// Whether [`append`] to nothing would take it in as it stands.
pub(crate) fn is_clean(text: &str) -> bool {
    text.len() + '…'.len_utf8() <= MAX_TEXT && is_printable(text)
}

/// Whether every character of it is [`printable`] as it stands.
pub(crate) fn is_printable(text: &str) -> bool {
    // Byte by byte first: nearly every text is plain ASCII.
    text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || text.chars().all(|c| printable(c) == c)
}

/// The first thing after white space, declaration and comments is an HTML document.
pub(crate) fn looks_like_html(body: &[u8]) -> bool {
    let mut rest = body[..body.len().min(4096)].trim_ascii_start();
    loop {
        let end: &[u8] = match rest {
            _ if rest.starts_with(b"<?") => b"?>",
            _ if rest.starts_with(b"<!--") => b"-->",
            _ => break,
        };
        match rest.windows(end.len()).position(|part| part == end) {
            Some(at) => rest = rest[at + end.len()..].trim_ascii_start(),
            None => return false,
        }
    }
    let tag = |name: &[u8]| {
        let Some((start, after)) = rest.split_at_checked(name.len()) else {
            return false;
        };
        let goes_on = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_:.".contains(byte);
        start.eq_ignore_ascii_case(name) && !after.first().is_some_and(goes_on)
    };
    let documents: [&[u8]; 4] = [b"<!doctype html", b"<html", b"<head", b"<body"];
    documents.into_iter().any(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_recognized_in_its_disguises() {
        for html in [
            "<!DOCTYPE html><html></html>",
            "\r\n<HTML>",
            "<!doctype HTML PUBLIC \"-//W3C//DTD XHTML 1.0\" \"x\"><html/>",
            "<?xml version=\"1.0\"?><!-- {57A118C6} -->\n<!DOCTYPE html>",
            "\u{FEFF}<html lang=\"en\"",
            "<head><title>Sign in",
        ] {
            assert_eq!(
                decode(html.as_bytes()),
                Err(ReadError::NotXml { html: true }),
                "{html}"
            );
        }
    }

    #[test]
    fn html_inside_xml_is_no_html() {
        for xml in [
            "<s:Envelope><![CDATA[<html>]]></s:Envelope>",
            "<headline/>",
            "<!-- <html> --><a/>",
            "<html:x/>",
        ] {
            assert_eq!(decode(xml.as_bytes()), Ok(xml));
        }
    }

    #[test]
    fn other_bodies_are_named_for_what_they_are() {
        assert_eq!(decode(b""), Err(ReadError::Empty));
        assert_eq!(decode(b"\xEF\xBB\xBF \r\n"), Err(ReadError::Empty));
        assert_eq!(
            decode(b"The specified server version is invalid."),
            Err(ReadError::NotXml { html: false })
        );
        assert_eq!(
            decode(b"{\"error\":1}"),
            Err(ReadError::NotXml { html: false })
        );
        assert_eq!(
            decode(b"\xFF\xFE<\0a\0/\0>\0"),
            Err(ReadError::NotXml { html: false }),
            "UTF-16 is refused"
        );
        assert_eq!(
            decode(b"<a>\xC3"),
            Err(ReadError::Truncated),
            "cut within a character"
        );
        assert!(matches!(
            decode(b"<a>\xFF</a>"),
            Err(ReadError::Malformed { .. })
        ));
        assert_eq!(decode(b"\xEF\xBB\xBF<a/>"), Ok("<a/>"));
    }
}
