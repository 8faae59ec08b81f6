//! As much DER as tokens and certificates need: elements with one-byte tags, read and written.
//! Lengths come from outside and are never trusted.

pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;

/// One element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    /// Tag, length and content.
    pub(crate) whole: &'a [u8],
}

impl<'a> Element<'a> {
    /// The first element, and what follows it.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (&tag, rest) = bytes.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            if digits.is_empty() || digits.len() > 4 {
                return None;
            }
            let length = digits.iter().fold(0, |n, &d| n << 8 | usize::from(d));
            (length, rest)
        };
        let (content, rest) = rest.split_at_checked(length)?;
        let whole = &bytes[..bytes.len() - rest.len()];
        Some((
            Self {
                tag,
                content,
                whole,
            },
            rest,
        ))
    }

    /// The elements inside.
    pub(crate) fn children(&self) -> Option<Vec<Self>> {
        let mut rest = self.content;
        let mut children = Vec::new();
        while !rest.is_empty() {
            let (child, after) = Self::read(rest)?;
            children.push(child);
            rest = after;
        }
        Some(children)
    }

    /// The element inside, when there is one alone.
    pub(crate) fn child(&self) -> Option<Self> {
        let (child, rest) = Self::read(self.content)?;
        rest.is_empty().then_some(child)
    }
}

/// An element of this tag around these contents.
pub(crate) fn write(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let length: usize = contents.iter().map(|content| content.len()).sum();
    let mut out = vec![tag];
    if let Ok(short @ 0..0x80) = u8::try_from(length) {
        out.push(short);
    } else {
        let digits = length.to_be_bytes();
        let zeros = digits.iter().take_while(|&&digit| digit == 0).count();
        let count = u8::try_from(digits.len() - zeros).expect("a length has few digits");
        out.push(0x80 | count);
        out.extend(&digits[zeros..]);
    }
    for content in contents {
        out.extend(*content);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_at_any_length() {
        for length in [0, 1, 127, 128, 255, 256, 70_000] {
            let content = vec![7; length];
            let written = write(SEQUENCE, &[&write(OCTET_STRING, &[&content])]);
            let (element, rest) = Element::read(&written).unwrap();
            assert!(rest.is_empty());
            assert_eq!(element.child().unwrap().content, content);
            for cut in [0, 1, written.len() - 1] {
                assert_eq!(Element::read(&written[..cut]), None, "{length} {cut}");
            }
        }
        assert_eq!(Element::read(&[0x30, 0x80]), None, "no indefinite lengths");
    }
}
