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

/// The first thing after white space, declaration and comments is an HTML document.
pub(crate) fn looks_like_html(body: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&body[..body.len().min(4096)]).to_ascii_lowercase();
    let mut rest = head.trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<?") => "?>",
            _ if rest.starts_with("<!--") => "-->",
            _ => break,
        };
        match rest.split_once(end) {
            Some((_, after)) => rest = after.trim_start(),
            None => return false,
        }
    }
    let tag = |name: &str| {
        let after = rest.strip_prefix(name);
        after.is_some_and(|after| {
            !after.starts_with(|c: char| c.is_ascii_alphanumeric() || "-_:.".contains(c))
        })
    };
    ["<!doctype html", "<html", "<head", "<body"]
        .into_iter()
        .any(tag)
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
