//! The dialect of a list: what stands before its first line, and what parts its cells.
//!
//! Decides from text that is already read; never reads.

use contract::SmtpAddress;

use super::{entries, records::Separator};

/// What a line before the first record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Preamble {
    /// Blank, or the `#TYPE` line of Windows PowerShell's `Export-Csv`.
    Skip,
    /// Excel's `sep=;`, with the separator if it is one of ours.
    Sep(Option<Separator>),
    /// None of them: the first record.
    No,
}

impl Preamble {
    pub(super) fn is_skipped(self) -> bool {
        self != Self::No
    }

    pub(super) fn named(self) -> Option<Separator> {
        match self {
            Self::Sep(separator) => separator,
            Self::Skip | Self::No => None,
        }
    }
}

/// What a line before the first record is.
pub(super) fn preamble(line: &str) -> Preamble {
    if line.trim().is_empty() {
        return Preamble::Skip;
    }
    let line = line.trim_start_matches([' ', '"']);
    if is_type_line(line) {
        return Preamble::Skip;
    }
    match line.get(..4) {
        Some(key) if key.eq_ignore_ascii_case("sep=") => {
            Preamble::Sep(match line[4..].chars().next() {
                Some(',') => Some(Separator::Comma),
                Some(';') => Some(Separator::Semicolon),
                Some('\t') => Some(Separator::Tab),
                Some('\\') if line[5..].starts_with('t') => Some(Separator::Tab),
                _ => None,
            })
        }
        _ => Preamble::No,
    }
}

/// `#TYPE System.Management.Automation.PSCustomObject`, which `Export-Csv` writes unless told not to:
/// <https://learn.microsoft.com/powershell/module/microsoft.powershell.utility/export-csv>.
pub(super) fn is_type_line(text: &str) -> bool {
    let (key, rest) = text.split_at_checked(5).unwrap_or_default();
    key.eq_ignore_ascii_case("#type")
        && (rest.is_empty() || rest.starts_with([' ', '\t', ',', ';', '"']))
}

/// The separator that is most frequent in the first record, outside its quotes; at a tie the tab,
/// then the semicolon, because commas also stand in names: `Berg, Anna <a@x>; Coe, Ben <b@x>`.
pub(super) fn separator(head: &str) -> Separator {
    let [mut tabs, mut semicolons, mut commas] = [0; 3];
    let mut quoted = false;
    let mut before = ',';
    let mut end = head.len();
    for (at, c) in head.char_indices() {
        match c {
            '"' if quoted => quoted = false,
            '"' if matches!(before, ',' | ';' | '\t' | '"') => quoted = true,
            _ if quoted => {}
            '\n' | '\r' => {
                end = at;
                break;
            }
            '\t' => tabs += 1,
            ';' => semicolons += 1,
            ',' => commas += 1,
            _ => {}
        }
        before = c;
    }
    match tabs.max(semicolons).max(commas) {
        0 => Separator::Lines,
        most if most == tabs => Separator::Tab,
        most if most == semicolons => Separator::Semicolon,
        _ if tabs + semicolons == 0 && is_named_address(&head[..end]) => Separator::Lines,
        _ if semicolons > 0 && entries::of_text(&head[..end]).is_some() => Separator::Semicolon,
        _ => Separator::Comma,
    }
}

/// `Berg, Anna <anna@contoso.com>`: one entry of an address book, its comma parts nothing.
fn is_named_address(line: &str) -> bool {
    let line = line.trim();
    line.ends_with('>') && line.matches('<').count() == 1 && SmtpAddress::parse(line).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{Preamble, Separator, preamble, separator};

    #[test]
    fn the_first_record_shows_the_separator() {
        for (head, expected) in [
            ("anna@contoso.com\nbob@contoso.com,Bob", Separator::Lines),
            ("Name,Mail\na;b;c;d", Separator::Comma),
            ("Name;Mail\r\na,b,c", Separator::Semicolon),
            ("Name\tMail\ra,b,c", Separator::Tab),
            ("\"Berg, Anna, Dr.\";anna@contoso.com", Separator::Semicolon),
            ("Berg, Anna;anna@contoso.com", Separator::Semicolon),
            ("\"a\nb;c\";d,e,f", Separator::Comma),
            ("5\" screen;Mail\nx,y,z", Separator::Semicolon),
            ("Berg, Anna <anna@contoso.com>\nBerg", Separator::Lines),
            (
                "Anna <anna@contoso.com>, Bob <bob@contoso.com>",
                Separator::Comma,
            ),
            ("Sales;Anna <anna@contoso.com>", Separator::Semicolon),
            ("Berg, Anna <a@x>; Coe, Ben <b@x>\n", Separator::Semicolon),
            ("Berg, Anna <a@x>; Coe, Ben, Dr.", Separator::Comma),
            ("", Separator::Lines),
        ] {
            assert_eq!(separator(head), expected, "{head:?}");
        }
    }

    #[test]
    fn lines_before_the_header_are_known() {
        for (line, expected) in [
            ("", Preamble::Skip),
            (" \t", Preamble::Skip),
            (
                "#TYPE Selected.Microsoft.Exchange.Data.Directory.Management.Mailbox",
                Preamble::Skip,
            ),
            ("#type x;;;", Preamble::Skip),
            ("#typewriter@contoso.com", Preamble::No),
            ("sep=;", Preamble::Sep(Some(Separator::Semicolon))),
            ("SEP=,", Preamble::Sep(Some(Separator::Comma))),
            ("\"sep=\t\"", Preamble::Sep(Some(Separator::Tab))),
            ("sep=|", Preamble::Sep(None)),
            ("sep@contoso.com", Preamble::No),
            ("é", Preamble::No),
            ("\"", Preamble::No),
        ] {
            assert_eq!(preamble(line), expected, "{line:?}");
        }
    }
}
