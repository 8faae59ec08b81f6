//! Lines that are lists of addresses themselves, as mail programs copy them: `Anna <a@x>; Ben <b@x>`.
//!
//! Takes all of a line or nothing, so that no address gets lost beside another: one part that is
//! none makes the line a row like any other.

use contract::SmtpAddress;

use super::{records::Record, row::trim};

/// One address of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    /// As it is written, with the name before it.
    pub(super) text: &'a str,
    /// The address.
    pub(super) address: SmtpAddress,
}

/// The addresses of a record of a list without header; `None` if anything else is in it.
pub(super) fn of_record(record: &Record) -> Option<Vec<Entry<'_>>> {
    let filled = || record.cells().filter(|cell| !trim(cell).is_empty());
    // Quotes are those of addresses (`"john doe"@x`, `"Berg, Anna" <a@x>`) before they are those of
    // CSV; a single address in several cells has a column beside it.
    of_text(record.written())
        .filter(|entries| entries.len() > 1 || filled().count() == 1)
        .or_else(|| of_cells(filled()))
}

/// The addresses of a line that are parted by `;`, tabs or `,`; `None` if anything else is in it.
pub(super) fn of_text(text: &str) -> Option<Vec<Entry<'_>>> {
    if text.contains(['\n', '\r']) {
        return None;
    }
    let mut all = Vec::new();
    for part in parts(text, |c| matches!(c, ';' | '\t')) {
        let pieces = parts(part, |c| c == ',').into_iter();
        let entries: Option<Vec<_>> = pieces
            .filter(|piece| !trim(piece).is_empty())
            .map(entry)
            .collect();
        match entries {
            Some(entries) => all.extend(entries),
            // `Berg, Anna <a@x>`
            None => all.push(entry(part)?),
        }
    }
    (!all.is_empty()).then_some(all)
}

fn of_cells<'a>(cells: impl Iterator<Item = &'a str>) -> Option<Vec<Entry<'a>>> {
    let mut all = Vec::new();
    for cell in cells {
        all.extend(of_text(cell)?);
    }
    (!all.is_empty()).then_some(all)
}

/// One address; a second `<` would hide another one before it.
fn entry(text: &str) -> Option<Entry<'_>> {
    let text = trim(text);
    let address = SmtpAddress::parse(text).ok()?;
    (parts(text, |c| c == '<').len() <= 2).then_some(Entry { text, address })
}

/// Parts a text wherever it is not quoted. A quote within a word, or without its other one, is none.
fn parts(text: &str, at: impl Fn(char) -> bool) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut from, mut before) = (0, 0, ' ');
    for (here, c) in text.char_indices() {
        if here < from {
            continue;
        }
        if c == '"' && opens_after(before) {
            let rest = here + 1;
            from = closing(&text[rest..]).map_or(rest, |length| rest + length);
        } else if at(c) {
            parts.push(&text[start..here]);
            start = here + c.len_utf8();
        }
        before = c;
    }
    parts.push(&text[start..]);
    parts
}

fn opens_after(before: char) -> bool {
    before.is_whitespace()
        || matches!(before, ';' | ',' | '<' | ':')
        || SmtpAddress::is_invisible(before)
}

/// How far a quote reaches, with the one that closes it; `\` makes the next character a plain one
/// (RFC 5321 §4.1.2).
fn closing(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::of_text;

    fn addresses(text: &str) -> Option<Vec<String>> {
        let entries = of_text(text)?;
        Some(
            entries
                .into_iter()
                .map(|entry| entry.address.to_string())
                .collect(),
        )
    }

    #[test]
    fn every_part_of_a_line_is_an_address() {
        for (text, expected) in [
            ("a@x", &["a@x"][..]),
            ("a@x,b@x , c@x", &["a@x", "b@x", "c@x"]),
            ("a@x;b@x; ;c@x;", &["a@x", "b@x", "c@x"]),
            ("a@x\tb@x", &["a@x", "b@x"]),
            ("a@x, Ben <b@x>; c@x", &["a@x", "b@x", "c@x"]),
            ("Anna <a@x>; Ben <b@x>", &["a@x", "b@x"]),
            ("Berg, Anna <a@x>; Coe, Ben <b@x>", &["a@x", "b@x"]),
            ("\"Berg; Anna\" <a@x>, \"Coe, Ben\" <b@x>", &["a@x", "b@x"]),
            ("\"An <na\" <a@x>;a@x <a@x>", &["a@x", "a@x"]),
            ("\"a,b\"@x;\"c\\\";d\"@x", &["\"a,b\"@x", "\"c\\\";d\"@x"]),
            ("5\" wide <a@x>; 6\" wide <b@x>", &["a@x", "b@x"]),
            ("Anna \"<a@x>; Ben <b@x>", &["a@x", "b@x"]),
            ("SMTP:a@x;smtp:\"b c\"@x", &["a@x", "\"b c\"@x"]),
            ("\u{200b}a@x\u{200b};\u{202a}b@x\u{202c}", &["a@x", "b@x"]),
        ] {
            let expected = expected.iter().map(|&text| text.to_owned()).collect();
            assert_eq!(addresses(text), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn one_part_that_is_none_makes_it_no_list() {
        for text in [
            "",
            " ;, \t",
            "Anna",
            "a@x,Anna",
            "Anna;a@x;b@x",
            "a@x,b@x,Anna <c@x>,Munich",
            "a@x\nb@x",
            "a@x b@x",
            "Anna <a@x> Ben <b@x>",
            "Berg, Anna <a@x>, Coe, Ben <b@x>",
            "\"a@x\",\"b@x\"",
        ] {
            assert_eq!(addresses(text), None, "{text:?}");
        }
    }
}
