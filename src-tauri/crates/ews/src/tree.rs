//! A small tree of an answer: local names, texts, attributes; bounded in depth, number and length.
//!
//! Namespaces are dropped on purpose: Exchange 2010 and some proxies use other ones than the
//! schema has. It resolves no entity but XML's own five and numeric references, and reads no DTD.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::read::{MAX_ATTRIBUTES, MAX_DEPTH, MAX_ELEMENTS, MAX_TEXT, ReadError};
use crate::text::{append, is_clean, is_printable, printable};

/// An element by its local name, with its own text trimmed and no longer than [`MAX_TEXT`]. What
/// stands in the document as it is read is borrowed from it: an answer of a mailbox that opens is
/// read without copying a text.
#[derive(Debug, Default)]
pub(crate) struct Element<'d> {
    pub(crate) name: &'d str,
    pub(crate) text: Cow<'d, str>,
    attributes: Vec<(&'d str, Cow<'d, str>)>,
    children: Vec<Element<'d>>,
}

impl<'d> Element<'d> {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| &**value)
    }

    pub(crate) fn children(&self) -> impl Iterator<Item = &Element<'d>> {
        self.children.iter()
    }

    pub(crate) fn children_named(&self, name: &str) -> impl Iterator<Item = &Element<'d>> {
        self.children.iter().filter(move |child| child.name == name)
    }

    pub(crate) fn child(&self, name: &str) -> Option<&Element<'d>> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Text of the first child of that name that has any.
    pub(crate) fn child_text(&self, name: &str) -> Option<String> {
        self.children_named(name)
            .find(|child| !child.text.is_empty())
            .map(|child| child.text.clone().into_owned())
    }

    /// Text of the first descendant of that name that has any; a direct child comes first.
    pub(crate) fn descendant_text(&self, name: &str) -> Option<&str> {
        let direct = self
            .children_named(name)
            .find(|child| !child.text.is_empty());
        direct.map(|child| &*child.text).or_else(|| {
            self.children()
                .find_map(|child| child.descendant_text(name))
        })
    }

    /// All text inside, one space between elements, no longer than [`MAX_TEXT`].
    pub(crate) fn whole_text(&self) -> Option<String> {
        let mut text = String::new();
        self.gather(&mut text);
        (!text.is_empty()).then_some(text)
    }

    fn gather(&self, into: &mut String) {
        if !into.is_empty() && !self.text.is_empty() {
            append(into, " ");
        }
        append(into, &self.text);
        self.children.iter().for_each(|child| child.gather(into));
    }
}

/// Parses a whole document.
pub(crate) fn parse(document: &str) -> Result<Element<'_>, ReadError> {
    let mut reader = Reader::from_str(document);
    let mut tree = Tree::of(document);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => tree.open(&tag)?,
            Ok(Event::Empty(tag)) => {
                tree.open(&tag)?;
                tree.close();
            }
            Ok(Event::End(_)) => tree.close(),
            Ok(Event::Text(text)) => tree.push(text.xml10_content())?,
            Ok(Event::CData(text)) => tree.push(text.xml10_content())?,
            Ok(Event::GeneralRef(reference)) => tree.push(resolve(&reference)?.into())?,
            Ok(Event::DocType(_)) => return Err(ReadError::Doctype),
            Ok(Event::Decl(_) | Event::PI(_) | Event::Comment(_)) => {}
            Ok(Event::Eof) => return tree.finish(),
            Err(error) => {
                let at = usize::try_from(reader.error_position()).unwrap_or(document.len());
                return Err(explain(&error, document.get(at..).unwrap_or_default()));
            }
        }
    }
}

/// The elements still open, outermost first, and the root once it is closed.
struct Tree<'d> {
    document: &'d str,
    open: Vec<Element<'d>>,
    root: Option<Element<'d>>,
    elements: usize,
}

impl<'d> Tree<'d> {
    fn of(document: &'d str) -> Self {
        Self {
            document,
            open: Vec::with_capacity(8),
            root: None,
            elements: 0,
        }
    }

    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), ReadError> {
        if self.root.is_some() {
            return Err(malformed("more than one root element"));
        }
        if self.open.len() == MAX_DEPTH {
            return Err(ReadError::TooDeep);
        }
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return Err(ReadError::TooLarge {
                what: "elements",
                limit: MAX_ELEMENTS,
            });
        }
        self.open.push(Element {
            name: self.name(tag)?,
            attributes: self.attributes(tag)?,
            ..Element::default()
        });
        Ok(())
    }

    fn close(&mut self) {
        // The reader has matched this end to its start, so there is one to close.
        let Some(mut element) = self.open.pop() else {
            return;
        };
        match &mut element.text {
            Cow::Borrowed(text) => *text = text.trim_end(),
            Cow::Owned(text) => text.truncate(text.trim_end().len()),
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
    }

    fn push(&mut self, text: Cow<'d, str>) -> Result<(), ReadError> {
        let Some(element) = self.open.last_mut() else {
            return match (text.trim().is_empty(), &self.root) {
                (true, _) => Ok(()),
                (false, None) => Err(ReadError::NotXml { html: false }),
                (false, Some(_)) => Err(malformed("text after the root element")),
            };
        };
        if !element.text.is_empty() {
            append(element.text.to_mut(), &text);
            return Ok(());
        }
        match text {
            Cow::Borrowed(text) if is_clean(text.trim_start()) => {
                element.text = text.trim_start().into();
            }
            text => append(element.text.to_mut(), text.trim_start()),
        }
        Ok(())
    }

    fn finish(self) -> Result<Element<'d>, ReadError> {
        self.root.ok_or(ReadError::Truncated)
    }

    /// The local name. It is shown where something else was expected, so that it is held to what XML
    /// allows in so far as matters there.
    fn name(&self, tag: &BytesStart<'_>) -> Result<&'d str, ReadError> {
        let name = self.own(tag.local_name().as_ref());
        if name.is_empty() {
            return Err(malformed("an element without a name"));
        }
        if name.len() > MAX_TEXT {
            return Err(ReadError::TooLarge {
                what: "bytes of a name",
                limit: MAX_TEXT,
            });
        }
        if !is_printable(name) || name.contains(['\t', '\n']) {
            return Err(malformed("a control character in the name of an element"));
        }
        Ok(name)
    }

    /// The attributes but for namespace declarations. The number is limited before the reader looks
    /// for duplicates, which takes time in its square.
    fn attributes(&self, tag: &BytesStart<'_>) -> Result<Vec<(&'d str, Cow<'d, str>)>, ReadError> {
        let mut attributes = Vec::new();
        for (count, attribute) in tag.attributes().enumerate() {
            if count == MAX_ATTRIBUTES {
                return Err(ReadError::TooLarge {
                    what: "attributes of an element",
                    limit: MAX_ATTRIBUTES,
                });
            }
            let attribute = attribute.map_err(|error| malformed(&error.to_string()))?;
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| malformed(&error.to_string()))?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            if value.len() > MAX_TEXT {
                // Identities are compared: two that differ in their tails must not be cut to one.
                return Err(ReadError::TooLarge {
                    what: "bytes of an attribute",
                    limit: MAX_TEXT,
                });
            }
            let value = match value {
                Cow::Borrowed(value) if is_clean(value) => Cow::Borrowed(self.own(value)),
                value => value.chars().map(printable).collect(),
            };
            attributes.push((self.own(attribute.key.local_name().as_ref()), value));
        }
        Ok(attributes)
    }

    /// A part of the document that outlives the event it was read from.
    fn own(&self, part: &str) -> &'d str {
        if part.is_empty() {
            return "";
        }
        let at = part
            .as_ptr()
            .addr()
            .wrapping_sub(self.document.as_ptr().addr());
        let own = self.document.get(at..at.wrapping_add(part.len()));
        own.expect("the reader hands out parts of the document it reads")
    }
}

fn resolve(reference: &BytesRef<'_>) -> Result<String, ReadError> {
    match reference.resolve_char_ref() {
        Ok(Some(character)) => Ok(character.to_string()),
        Ok(None) => match resolve_predefined_entity(reference) {
            Some(text) => Ok(text.to_owned()),
            None => Err(malformed(&format!("unknown entity {}", &**reference))),
        },
        Err(error) => Err(malformed(&error.to_string())),
    }
}

/// Whether the document is wrong or only cut short; `rest` starts where the error is.
fn explain(error: &Error, rest: &str) -> ReadError {
    match error {
        Error::Syntax(SyntaxError::UnclosedDoctype) => ReadError::Doctype,
        Error::Syntax(SyntaxError::InvalidBangMarkup) if rest.len() > "<![CDATA[".len() => {
            malformed(&error.to_string())
        }
        // All other syntax errors of the reader mean that the input ended within a markup.
        Error::Syntax(_) => ReadError::Truncated,
        Error::IllFormed(IllFormedError::UnclosedReference) if !rest.contains('<') => {
            ReadError::Truncated
        }
        _ => malformed(&error.to_string()),
    }
}

fn malformed(reason: &str) -> ReadError {
    // The reason may quote the document, which is not ours and may be long.
    ReadError::Malformed {
        reason: reason.chars().take(200).map(printable).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_prefix_and_texts_their_margins() {
        let root = parse("<?xml version='1.0'?><a:b xmlns:a='x' a:c=' v&#33; '><!-- no --> one &amp; <![CDATA[<two>]]>\r\n <d/></a:b>").unwrap();
        assert_eq!(root.name, "b");
        assert_eq!(root.text, "one & <two>");
        assert_eq!(root.attribute("c"), Some(" v! "));
        assert_eq!(root.attribute("a"), None, "declarations are no attributes");
    }

    #[test]
    fn a_text_is_cut_at_the_limit() {
        let long = format!("<a>{}</a>", "é".repeat(MAX_TEXT));
        let root = parse(&long).unwrap();
        assert!(
            root.text.len() <= MAX_TEXT && root.text.len() > MAX_TEXT - 8,
            "{}",
            root.text.len()
        );
        assert!(
            root.text.ends_with("é…"),
            "a cut text shows that it was cut"
        );
    }

    #[test]
    fn control_characters_do_not_come_through() {
        let root = parse("<a b='&#27;[2J'>x&#27;[31m\u{9b}y&#9;z</a>").unwrap();
        assert_eq!(root.text, "x\u{FFFD}[31m\u{FFFD}y\tz");
        assert_eq!(root.attribute("b"), Some("\u{FFFD}[2J"));
    }

    #[test]
    fn a_name_may_be_shown() {
        // Found by fuzzing: the reader takes anything up to white space for a name.
        for name in ["s:Envelope\u{1}", "a\u{1b}[2J", "\u{9b}", "p:\0"] {
            let xml = format!("<{name} b='c'/>");
            let parsed = parse(&xml);
            assert!(
                matches!(parsed, Err(ReadError::Malformed { .. })),
                "{name:?}: {parsed:?}"
            );
        }
        let long = |length: usize| format!("<a:{}/>", "b".repeat(length));
        assert!(parse(&long(MAX_TEXT)).is_ok());
        assert!(matches!(
            parse(&long(MAX_TEXT + 1)),
            Err(ReadError::TooLarge { .. })
        ));
    }

    #[test]
    fn every_limit_is_exact() {
        let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert!(parse(&nested(MAX_DEPTH)).is_ok());
        assert_eq!(
            parse(&nested(MAX_DEPTH + 1)).unwrap_err(),
            ReadError::TooDeep
        );

        let wide = |count: usize| format!("<r>{}</r>", "<a/>".repeat(count - 1));
        assert!(parse(&wide(MAX_ELEMENTS)).is_ok());
        assert!(matches!(
            parse(&wide(MAX_ELEMENTS + 1)),
            Err(ReadError::TooLarge {
                what: "elements",
                ..
            })
        ));

        let rich = |count: usize| {
            let attributes: Vec<_> = (0..count).map(|n| format!("a{n}=''")).collect();
            format!("<r {}/>", attributes.join(" "))
        };
        assert!(parse(&rich(MAX_ATTRIBUTES)).is_ok());
        assert!(matches!(
            parse(&rich(MAX_ATTRIBUTES + 1)),
            Err(ReadError::TooLarge { .. })
        ));

        let long = |length: usize| format!("<r a='{}'/>", "x".repeat(length));
        assert!(parse(&long(MAX_TEXT)).is_ok());
        assert!(
            matches!(parse(&long(MAX_TEXT + 1)), Err(ReadError::TooLarge { .. })),
            "never cut an identity"
        );
    }

    #[test]
    fn what_was_cut_short_is_told_from_what_is_wrong() {
        for cut in [
            "<a",
            "<a b='",
            "<a b=\"x",
            "<a>",
            "<a><b></b>",
            "<a>text",
            "<a>&am",
            "<a><!",
            "<a><!-",
            "<a><![CDATA[x",
            "<!-- x",
            "<?xml version='1.0'?>",
            "<?xml ",
            "<a></a",
        ] {
            assert_eq!(parse(cut).unwrap_err(), ReadError::Truncated, "{cut}");
        }
        for wrong in [
            "<a></b>",
            "</a>",
            "<a/><b/>",
            "<a/>text",
            "<a b=1/>",
            "<a b='1' b='2'/>",
            "<a>&nbsp;</a>",
            "<a b='&nbsp;'/>",
            "<a>&amp</a>",
            "<a>&#xZZ;</a>",
            "<a>&#0;</a>",
            "< a/>",
            "<a><!oops></a>",
        ] {
            assert!(
                matches!(parse(wrong), Err(ReadError::Malformed { .. })),
                "{wrong}: {:?}",
                parse(wrong)
            );
        }
    }

    #[test]
    fn a_document_type_is_refused() {
        for xml in [
            "<!DOCTYPE a><a/>",
            "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
            "<!doctype a><a/>",
            "<!DOCTYPE a [<!ENTITY",
        ] {
            assert_eq!(parse(xml).unwrap_err(), ReadError::Doctype, "{xml}");
        }
    }
}
