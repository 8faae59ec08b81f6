//! A plain reader of small XML documents into a tree, with namespaces resolved and byte offsets
//! kept for error answers; and the escaping of text. Takes no DTD and no entities but the five.

use quick_xml::NsReader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;

/// Deepest nesting taken: a request has less than ten levels.
const MAX_DEPTH: usize = 64;

/// Namespaces of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Namespace {
    Soap,
    Messages,
    Types,
    /// Of Autodiscover's SOAP requests.
    Autodiscover,
    /// Of Autodiscover's plain XML requests.
    Outlook,
    /// Of WS-Addressing.
    Addressing,
    Other,
}

/// An element with everything in it.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) namespace: Namespace,
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Element>,
    pub(crate) text: String,
    /// Byte offset just behind its start tag.
    pub(crate) offset: usize,
}

/// What is wrong with a document, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) offset: usize,
    pub(crate) text: String,
}

impl Violation {
    pub(crate) fn new(offset: usize, text: impl Into<String>) -> Self {
        Self {
            offset,
            text: text.into(),
        }
    }
}

impl Element {
    /// The first child of this name.
    pub(crate) fn child(&self, namespace: Namespace, name: &str) -> Option<&Self> {
        self.children.iter().find(|c| c.is(namespace, name))
    }

    pub(crate) fn is(&self, namespace: Namespace, name: &str) -> bool {
        self.namespace == namespace && self.name == name
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }
}

/// Reads a whole document.
pub(crate) fn parse(body: &[u8]) -> Result<Element, Violation> {
    let text = std::str::from_utf8(body)
        .map_err(|e| Violation::new(e.valid_up_to(), "Invalid character in the given encoding."))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = NsReader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        let event = match reader.read_resolved_event() {
            Ok((namespace, event)) => (known(&namespace), event),
            Err(e) => {
                return Err(Violation::new(
                    position(reader.error_position()),
                    e.to_string(),
                ));
            }
        };
        let offset = position(reader.buffer_position());
        match event {
            (namespace, Event::Start(tag)) => {
                if open.len() >= MAX_DEPTH {
                    return Err(Violation::new(offset, "The document is nested too deeply."));
                }
                open.push(element(namespace?, &tag, offset)?);
            }
            (namespace, Event::Empty(tag)) => {
                let done = element(namespace?, &tag, offset)?;
                close(done, &mut open, &mut root)?;
            }
            (_, Event::End(_)) => {
                let done = open.pop().expect("the reader checks that end tags match");
                close(done, &mut open, &mut root)?;
            }
            (_, Event::Eof) => break,
            (_, other) => characters(&other, &mut open, offset)?,
        }
    }
    if let Some(element) = open.last() {
        let text = format!(
            "Unexpected end of file. The element '{}' is not closed.",
            element.name
        );
        return Err(Violation::new(body.len(), text));
    }
    root.ok_or_else(|| Violation::new(0, "Root element is missing."))
}

/// Line and column of a byte offset, both from 1.
pub(crate) fn line_and_position(body: &[u8], offset: usize) -> (usize, usize) {
    let before = &body[..offset.min(body.len())];
    let lines = before.split(|&b| b == b'\n').count();
    let column = before.iter().rev().take_while(|&&b| b != b'\n').count() + 1;
    (lines, column)
}

/// Text as content or attribute value; characters that XML 1.0 has no place for are replaced.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

fn position(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

/// Unknown prefixes are violations; unknown namespaces are merely not ours.
fn known(namespace: &ResolveResult<'_>) -> Result<Namespace, Violation> {
    match namespace {
        ResolveResult::Bound(namespace) => Ok(match namespace.into_inner() {
            "http://schemas.xmlsoap.org/soap/envelope/" => Namespace::Soap,
            "http://schemas.microsoft.com/exchange/services/2006/messages" => Namespace::Messages,
            "http://schemas.microsoft.com/exchange/services/2006/types" => Namespace::Types,
            "http://schemas.microsoft.com/exchange/2010/Autodiscover" => Namespace::Autodiscover,
            "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006" => {
                Namespace::Outlook
            }
            "http://www.w3.org/2005/08/addressing" => Namespace::Addressing,
            _ => Namespace::Other,
        }),
        ResolveResult::Unbound => Ok(Namespace::Other),
        ResolveResult::Unknown(prefix) => Err(Violation::new(
            0,
            format!("'{prefix}' is an undeclared prefix."),
        )),
    }
}

fn element(
    namespace: Namespace,
    tag: &BytesStart<'_>,
    offset: usize,
) -> Result<Element, Violation> {
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|e| Violation::new(offset, e.to_string()))?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|e| Violation::new(offset, e.to_string()))?;
        attributes.push((
            attribute.key.local_name().into_inner().to_owned(),
            value.into_owned(),
        ));
    }
    Ok(Element {
        namespace,
        name: tag.local_name().into_inner().to_owned(),
        attributes,
        children: Vec::new(),
        text: String::new(),
        offset,
    })
}

fn close(done: Element, open: &mut [Element], root: &mut Option<Element>) -> Result<(), Violation> {
    if let Some(parent) = open.last_mut() {
        parent.children.push(done);
    } else if root.is_some() {
        return Err(Violation::new(
            done.offset,
            "There are multiple root elements.",
        ));
    } else {
        *root = Some(done);
    }
    Ok(())
}

fn characters(event: &Event<'_>, open: &mut [Element], offset: usize) -> Result<(), Violation> {
    let text = match event {
        Event::Text(text) => text.xml10_content().into_owned(),
        Event::CData(data) => data.xml10_content().into_owned(),
        Event::GeneralRef(reference) => match resolve(reference) {
            Some(c) => c.to_string(),
            None => return Err(Violation::new(offset, "Reference to undeclared entity.")),
        },
        Event::DocType(_) => {
            return Err(Violation::new(
                offset,
                "For security reasons DTD is prohibited.",
            ));
        }
        _ => return Ok(()),
    };
    match open.last_mut() {
        Some(element) => element.text.push_str(&text),
        None if text.trim().is_empty() => {}
        None => return Err(Violation::new(offset, "Data at the root level is invalid.")),
    }
    Ok(())
}

fn resolve(reference: &quick_xml::events::BytesRef<'_>) -> Option<char> {
    if reference.is_char_ref() {
        return reference.resolve_char_ref().ok().flatten();
    }
    match &**reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_text_with_entities_and_cdata() {
        let root = parse(b"<a b='1&amp;2'>x&lt;<![CDATA[<y>]]>&#65;<c/></a>").unwrap();
        assert_eq!(root.text, "x<<y>A");
        assert_eq!(root.attribute("b"), Some("1&2"));
        assert_eq!(root.children[0].name, "c");
    }

    #[test]
    fn refuses_what_is_not_well_formed() {
        for bad in [
            "",
            "text",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a>&nope;</a>",
            "<!DOCTYPE a><a/>",
            "<p:a/>",
            "<a b=1/>",
        ] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad:?} must be refused");
        }
        let deep = "<a>".repeat(1_000);
        assert!(parse(deep.as_bytes()).unwrap_err().text.contains("deeply"));
    }

    #[test]
    fn counts_lines_and_positions_from_one() {
        assert_eq!(line_and_position(b"ab\ncd", 4), (2, 2));
        assert_eq!(line_and_position(b"", 0), (1, 1));
    }

    #[test]
    fn escapes_what_would_break_an_answer() {
        assert_eq!(
            escape("<a&\"b\">\u{1}"),
            "&lt;a&amp;&quot;b&quot;&gt;\u{fffd}"
        );
    }
}
