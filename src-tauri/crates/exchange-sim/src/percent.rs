//! Percent-encoding (RFC 3986 section 2.1) undone, in paths and queries. Refuses nothing: what is no
//! encoding stays as it is.

/// A parameter of the query, its name in any case; an empty one is none.
pub(crate) fn parameter(query: &str, name: &str) -> Option<String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let mut named = pairs.filter(|(found, _)| decoded(found).eq_ignore_ascii_case(name));
    let (_, value) = named.next()?;
    (!value.is_empty()).then(|| decoded(value))
}

/// Text with its encoding undone.
pub(crate) fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let code = (byte == b'%')
            .then(|| after.get(..2).and_then(hex))
            .flatten();
        out.push(code.unwrap_or(byte));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn hex(digits: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(digits).ok()?;
    let both = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    both.then(|| u8::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_encoding_stays_as_it_is() {
        assert_eq!(decoded("a%4"), "a%4");
        assert_eq!(decoded("%zz%+1%41"), "%zz%+1A");
    }

    #[test]
    fn names_of_parameters_may_be_encoded() {
        let query = "a=1&%24select=id%2CdisplayName&b=";
        assert_eq!(
            parameter(query, "$Select").as_deref(),
            Some("id,displayName")
        );
        assert_eq!(parameter(query, "b"), None);
    }
}
