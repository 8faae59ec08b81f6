//! The little of DER (X.690) that goes beyond `picky`: the shells around a token, and messages of a KDC
//! whose text is not ASCII. Reads and writes single elements; knows no types.

/// An element: tag, contents.
pub(crate) type Element<'a> = (u8, &'a [u8]);

/// Writes an element; `parts` are its contents.
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = vec![tag];
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let bytes = length.to_be_bytes();
            let digits = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
            out.push(0x80 | u8::try_from(digits.len()).expect("a length has at most 8 bytes"));
            out.extend_from_slice(digits);
        }
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

/// Reads the first element; and what comes after it.
pub(crate) fn split(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(*first), rest),
        0x81..=0x84 => {
            let digits = rest.get(..usize::from(first & 0x7f))?;
            let length = digits
                .iter()
                .fold(0, |sum: usize, digit| sum << 8 | usize::from(*digit));
            (length, &rest[digits.len()..])
        }
        _ => return None,
    };
    Some(((*tag, rest.get(..length)?), &rest[length..]))
}

/// The contents of the only element, which has this tag.
pub(crate) fn only(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let ((found, contents), _) = split(bytes)?;
    (found == tag).then_some(contents)
}

/// The elements one after the other, up to the first damaged one.
pub(crate) fn elements(mut bytes: &[u8]) -> impl Iterator<Item = Element<'_>> {
    std::iter::from_fn(move || {
        let (element, rest) = split(bytes)?;
        bytes = rest;
        Some(element)
    })
}

/// The contents of the first element with this tag.
pub(crate) fn field(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    elements(bytes)
        .find(|(found, _)| *found == tag)
        .map(|(_, contents)| contents)
}

/// An INTEGER of up to 32 bits, as Kerberos has them.
pub(crate) fn integer(bytes: &[u8]) -> Option<u32> {
    let digits = only(bytes, 0x02)?;
    (digits.len() <= 4).then(|| {
        digits
            .iter()
            .fold(0, |sum, digit| sum << 8 | u32::from(*digit))
    })
}

#[cfg(test)]
mod tests {
    use super::{element, elements, integer, split};

    #[test]
    fn what_is_written_is_read() {
        for length in [0, 1, 0x7f, 0x80, 0xff, 0x100, 70_000] {
            let contents = vec![7; length];
            let written = element(0x30, &[&contents, &[]]);
            let (element, rest) = split(&written).expect("sound");
            assert_eq!(element, (0x30, contents.as_slice()), "{length}");
            assert!(rest.is_empty());
        }
        assert_eq!(integer(&[2, 2, 1, 0]), Some(256));
    }

    #[test]
    fn damage_is_no_panic() {
        let whole = element(
            0x30,
            &[&element(0x02, &[&[5]]), &element(0x04, &[&[1, 2, 3]])],
        );
        for end in 0..whole.len() {
            assert!(split(&whole[..end]).is_none(), "cut off at {end}");
        }
        assert_eq!(elements(&[0x02, 0x84, 0xff, 0xff, 0xff, 0xff]).count(), 0);
        assert_eq!(elements(&[0x02, 0x80]).count(), 0, "no indefinite lengths");
    }
}
